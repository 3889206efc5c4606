import { afterEach, describe, expect, test } from '@jest/globals';
import type { CleanupResource, JsonObject } from '@resoto/worker-core/plugin';

import { startFakeAws } from '../../test/fake-aws.ts';
import type { FakeAws } from '../../test/fake-aws.ts';
import { useEndpoint } from '../../test/replay.ts';
import { pluginContext, vendorError, writeClient } from '../../test/test-run.ts';
import type { Answers } from '../../test/test-run.ts';
import { declared } from '../aws-kind.ts';
import { collector } from '../collector.ts';
import { applyTags, changeTags } from './change-tags.ts';
import { callsOfTags } from './tag-calls.ts';

describe('several changes', () => {
  test('of a volume go in one call for each direction', async () => {
    const { asked, change } = tagging('aws_ec2_volume', { id: 'vol-1' }, {});

    await expect(change({ remove: ['a', 'b'], update: { c: '1', d: '' } })).resolves.toEqual(new Map());

    expect(asked).toEqual([
      { call: 'DeleteTags', input: { Resources: ['vol-1'], Tags: [{ Key: 'a' }, { Key: 'b' }] } },
      {
        call: 'CreateTags',
        input: {
          Resources: ['vol-1'],
          Tags: [
            { Key: 'c', Value: '1' },
            { Key: 'd', Value: '' },
          ],
        },
      },
    ]);
  });

  test('of which one is refused are tried one by one', async () => {
    const { change } = tagging('aws_iam_role', { name: 'r' }, { TagRole: refusing('aws:x') });

    const failed = await change({ remove: [], update: { 'aws:x': '1', owner: 'me' } });

    expect([...failed.keys()]).toEqual(['aws:x']);
  });

  test('that are denied are not', async () => {
    const { asked, change } = tagging('aws_iam_role', { name: 'r' }, { TagRole: vendorError('AccessDenied', 403) });

    await expect(change({ remove: [], update: { a: '1', b: '2' } })).rejects.toMatchObject({
      code: 'missing_permission',
      hint: 'Allow iam:TagRole.',
    });
    expect(asked).toHaveLength(1);
  });

  test('fail in part: what was done is not an error', async () => {
    const { change } = tagging('aws_sns_topic', { arn: 'arn:t' }, { UntagResource: vendorError('AuthorizationError') });

    const failed = await change({ remove: ['a'], update: { b: '1' } });

    expect([...failed.keys()]).toEqual(['a']);
  });
});

describe.each(taggedKinds())('of the tags of %s', (kind) => {
  test('those are set that the vendor takes, and the others are told', async () => {
    const tooLong = 'k'.repeat(129);
    const { asked, change } = tagging(kind, named, refusingEverywhere(tooLong));

    const failed = await change({ remove: ['old'], update: { [tooLong]: '1', owner: 'me', empty: '' } });

    expect([...failed.keys()]).toEqual([tooLong]);
    const accepted = asked.filter(({ input }) => !JSON.stringify(input).includes(tooLong));
    expect(JSON.stringify(accepted)).toContain('owner');
    expect(JSON.stringify(accepted)).toContain('empty');
  });

  test('those of AWS itself are not touched', async () => {
    const { asked, change } = tagging(kind, named, present);

    const failed = await change({ remove: ['aws:createdBy'], update: { 'AWS:name': '1', owner: 'me' } });

    expect([...failed]).toEqual([
      ['aws:createdBy', expect.objectContaining({ code: 'reserved_tag' })],
      ['AWS:name', expect.objectContaining({ code: 'reserved_tag' })],
    ]);
    expect(JSON.stringify(asked)).not.toMatch(/aws:(createdBy|name)/i);
  });
});

test('tags of AWS alone are no reason to ask', async () => {
  const { asked, change } = tagging('aws_iam_role', { name: 'r' }, {});

  await expect(change({ remove: ['aws:x'], update: {} })).rejects.toMatchObject({ code: 'reserved_tag' });
  expect(asked).toEqual([]);
});

test('a resource that is just being changed is tried again', async () => {
  const answers = [vendorError('OperationAborted', 409), {}];
  const { asked, change } = tagging('aws_s3_bucket', { name: 'b' }, { PutBucketTagging: () => answers.shift() });

  await expect(change({ remove: [], update: { a: '1' } })).resolves.toEqual(new Map());

  expect(asked.map(({ call }) => call)).toEqual([
    ...['GetBucketTagging', 'PutBucketTagging'],
    // Whoever changed it may have changed its tags.
    ...['GetBucketTagging', 'PutBucketTagging'],
  ]);
});

describe('tags that are written as a whole', () => {
  const current = { TagSet: [{ Key: 'a', Value: '1' }] };

  test('keep what is not changed', async () => {
    const { asked, change } = tagging('aws_s3_bucket', { name: 'b' }, { GetBucketTagging: current });

    await change({ remove: ['never there'], update: { c: '' } });

    const tags = [...current.TagSet, { Key: 'c', Value: '' }];
    expect(asked.at(-1)).toEqual({ call: 'PutBucketTagging', input: { Bucket: 'b', Tagging: { TagSet: tags } } });
  });

  test('are cleared with the last one', async () => {
    const { asked, change } = tagging('aws_s3_bucket', { name: 'b' }, { GetBucketTagging: current });

    await change({ remove: ['a'], update: {} });

    expect(asked.at(-1)).toEqual({ call: 'DeleteBucketTagging', input: { Bucket: 'b' } });
  });

  test('are not written when they are as they should be', async () => {
    const { asked, change } = tagging(
      'aws_s3_bucket',
      { name: 'b' },
      { GetBucketTagging: vendorError('NoSuchTagSet') },
    );

    await change({ remove: ['a'], update: {} });

    expect(asked.map(({ call }) => call)).toEqual(['GetBucketTagging']);
  });

  test('of a stack keep its template, parameters and capabilities', async () => {
    const stack = {
      StackStatus: 'UPDATE_COMPLETE',
      Capabilities: ['CAPABILITY_AUTO_EXPAND'],
      Parameters: [{ ParameterKey: 'Size', ParameterValue: '3' }],
      Tags: [{ Key: 'aws:made-by', Value: 'x' }],
    };
    const { asked, change } = tagging(
      'aws_cloudformation_stack',
      { name: 's' },
      { DescribeStacks: { Stacks: [stack] } },
    );

    await change({ remove: [], update: { owner: 'me' } });

    expect(asked.at(-1)).toEqual({
      call: 'UpdateStack',
      input: {
        StackName: 's',
        UsePreviousTemplate: true,
        Capabilities: ['CAPABILITY_AUTO_EXPAND', 'CAPABILITY_NAMED_IAM'],
        Parameters: [{ ParameterKey: 'Size', UsePreviousValue: true }],
        Tags: [{ Key: 'owner', Value: 'me' }],
      },
    });
  });
});

test('a tag that instances get when they start is still given to them', async () => {
  const { asked, change } = tagging(
    'aws_autoscaling_group',
    { name: 'web' },
    { DescribeTags: { Tags: [{ Key: 'team', Value: 'a', PropagateAtLaunch: true }] } },
  );

  await change({ remove: [], update: { team: 'b', owner: 'me' } });

  const ofGroup = { ResourceId: 'web', ResourceType: 'auto-scaling-group' };
  expect(asked.at(-1)?.input).toEqual({
    Tags: [
      { ...ofGroup, Key: 'team', Value: 'b', PropagateAtLaunch: true },
      { ...ofGroup, Key: 'owner', Value: 'me', PropagateAtLaunch: false },
    ],
  });
});

test('a stack set with a role of its own keeps it', async () => {
  const described = { AdministrationRoleARN: 'arn:aws:iam::1:role/admin', Parameters: [], Tags: [] };
  const { asked, change } = tagging(
    'aws_cloudformation_stack_set',
    { name: 's' },
    { DescribeStackSet: { StackSet: described } },
  );

  await change({ remove: [], update: { owner: 'me' } });

  expect(asked.at(-1)).toMatchObject({
    call: 'UpdateStackSet',
    input: { StackSetName: 's', AdministrationRoleARN: 'arn:aws:iam::1:role/admin', UsePreviousTemplate: true },
  });
});

test('an address is tagged by its allocation', async () => {
  const reported = { id: '1.2.3.4', ip_allocation_id: 'eipalloc-1' };
  const { asked, change } = tagging('aws_ec2_elastic_ip', reported, {});

  await change({ remove: ['a'], update: {} });

  expect(asked[0]?.input).toMatchObject({ Resources: ['eipalloc-1'] });
});

test('the streams of a log group are not part of its name', async () => {
  const { asked, change } = tagging('aws_cloudwatch_log_group', { arn: 'arn:aws:logs:r:1:log-group:g:*' }, {});

  await change({ remove: [], update: { a: '1' } });

  expect(asked[0]?.input).toEqual({ resourceArn: 'arn:aws:logs:r:1:log-group:g', tags: { a: '1' } });
});

test('a resource that lacks what names it is an error', async () => {
  const { change } = tagging('aws_ec2_elastic_ip', { id: '1.2.3.4' }, {});

  await expect(change({ remove: ['a'], update: {} })).rejects.toMatchObject({ code: 'unnamed_resource' });
});

test('a kind without tags is an error', async () => {
  const resource = stored('aws_iam_group', { id: 'g' });

  await expect(changeTags(resource, { remove: ['a'], update: {} }, pluginContext())).rejects.toMatchObject({
    message: 'aws_iam_group has no tags that can be changed',
  });
});

describe('the account', () => {
  let aws: FakeAws | undefined;

  afterEach(() => aws?.stop());

  test('is reached by the role and in the partition it was collected with', async () => {
    aws = await startFakeAws(({ action }) =>
      action === 'AssumeRole' ? assumed : '<ResponseMetadata><RequestId>1</RequestId></ResponseMetadata>',
    );
    useEndpoint(aws.url);
    const account = { id: '222222222222', partition: 'aws-us-gov', role: 'Auditor' };
    const resource = stored('aws_iam_role', { name: 'r' }, { account, region: { id: 'us-gov-west-1' } });

    await changeTags(
      resource,
      { remove: ['a'], update: { b: '1' } },
      pluginContext({ access_key_id: 'AKIABASE', secret_access_key: 's' }),
    );
    await changeTags(
      resource,
      { remove: ['a'], update: {} },
      pluginContext({ access_key_id: 'AKIABASE', secret_access_key: 's' }),
    );

    const calls = aws.calls.map(({ action, key, scope }) => `${action} ${key} ${scope}`);
    expect(calls).toEqual([
      'AssumeRole AKIABASE us-gov-west-1/sts',
      'UntagRole ASIAROLE us-gov-west-1/iam',
      'TagRole ASIAROLE us-gov-west-1/iam',
      'UntagRole ASIAROLE us-gov-west-1/iam',
    ]);
    expect(aws.calls[0]?.parameters.get('RoleArn')).toBe('arn:aws-us-gov:iam::222222222222:role/Auditor');
  });

  test('has to be known', async () => {
    const resource = stored('aws_iam_role', { name: 'r' }, {});

    await expect(changeTags(resource, { remove: ['a'], update: {} }, pluginContext())).rejects.toMatchObject({
      code: 'no_account',
    });
  });
});

const assumed = `<Credentials><AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey>
  <SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>`;

function stored(kind: string, reported: JsonObject, owners: CleanupResource['owners'] = {}): CleanupResource {
  const found = collector.kinds.find(({ fqn }) => fqn === kind);
  if (found === undefined) throw new Error(`There is no kind ${kind}`);
  return { nodeId: 'n', kind: found, reported: { kind, ...reported }, owners, metadata: {}, neighbours: [] };
}

function tagging(kind: string, reported: JsonObject, given: Answers) {
  const resource = stored(kind, reported);
  const { client, asked } = writeClient(given);
  const declaration = declared(resource.kind)?.tags;
  if (declaration === undefined) throw new Error(`${kind} has no tags`);
  const change = (changes: Parameters<typeof applyTags>[3]) => applyTags(client, declaration, resource, changes);
  return { asked, change };
}

/** Kinds with tags, without those that are no things of their own. */
function taggedKinds(): string[] {
  return collector.kinds.filter((kind) => !kind.phantom && declared(kind)?.tags !== undefined).map(({ fqn }) => fqn);
}

/** By which resources of all kinds are known. */
const named = {
  id: 'i',
  name: 'n',
  arn: 'arn:aws:x',
  ip_allocation_id: 'eipalloc-1',
  rds_db_cluster_snapshot_arn: 'arn:aws:y',
  sqs_queue_url: 'https://q',
};

/** Answers to calls that tell which tags there are. */
const present: Answers = {
  GetBucketTagging: { TagSet: [{ Key: 'old', Value: '1' }] },
  DescribeStacks: { Stacks: [{ StackStatus: 'UPDATE_COMPLETE', Tags: [{ Key: 'old', Value: '1' }] }] },
  DescribeStackSet: { StackSet: { Tags: [{ Key: 'old', Value: '1' }] } },
};

function refusingEverywhere(key: string): Answers {
  const refuse = (input: object) => (JSON.stringify(input).includes(key) ? vendorError('ValidationError') : {});
  const updates = collector.kinds.flatMap((kind) => {
    const tags = declared(kind)?.tags;
    return tags === undefined ? [] : callsOfTags(tags).filter(({ changes }) => changes);
  });
  return { ...Object.fromEntries(updates.map(({ name }) => [name, refuse])), ...present };
}

function refusing(key: string): (input: { readonly Tags: readonly { readonly Key: string }[] }) => object {
  return ({ Tags }) => {
    if (Tags.some(({ Key }) => Key === key)) throw vendorError('InvalidInput');
    return {};
  };
}
