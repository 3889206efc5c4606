import { describe, expect, test } from '@jest/globals';

import { testRun, vendorError } from '../../../test/test-run.ts';
import { collectStacks, collectStackSets } from './collect.ts';
import { stack } from './kinds.ts';

const stackArn = 'arn:aws:cloudformation:us-east-1:123456789012:stack/web/1';
const web = {
  StackId: stackArn,
  StackName: 'web',
  CreationTime: new Date('2022-05-31T09:27:57.123Z'),
  StackStatus: 'CREATE_COMPLETE',
  Parameters: [{ ParameterKey: 'Size', ParameterValue: 'small' }],
  Tags: [{ Key: 'owner', Value: 'me' }],
};

function made(ResourceType: string, PhysicalResourceId: string | undefined, ResourceStatus = 'CREATE_COMPLETE') {
  return { ResourceType, PhysicalResourceId, ResourceStatus };
}

describe('stacks', () => {
  test('have their parameters and tags', async () => {
    const { run, sink, asked } = testRun({ DescribeStacks: { Stacks: [web] } });

    await collectStacks(run);

    expect(sink.nodes[0]?.reported).toMatchObject({
      id: stackArn,
      name: 'web',
      arn: `arn:aws:cloudformation:us-east-1:123456789012:stack/web/${stackArn}`,
      ctime: '2022-05-31T09:27:57Z',
      stack_status: 'CREATE_COMPLETE',
      stack_status_reason: '',
      stack_parameters: { Size: 'small' },
      tags: { owner: 'me' },
    });
    expect(asked.at(-1)).toEqual({ call: 'ListStackResources', input: { StackName: 'web' } });
  });

  test('refer to what they made, over all pages, each by what CloudFormation calls it', async () => {
    const pages: Record<string, object> = {
      first: {
        StackResourceSummaries: [made('AWS::S3::Bucket', 'logs'), made('AWS::EC2::VPC', 'vpc-1')],
        NextToken: 'second',
      },
      second: {
        StackResourceSummaries: [
          made('AWS::S3::Bucket', 'data'),
          made('AWS::S3::Bucket', 'old', 'DELETE_COMPLETE'),
          made('AWS::SQS::Queue', 'https://sqs.us-east-1.amazonaws.com/123456789012/jobs'),
          made('AWS::EC2::Instance', undefined, 'CREATE_IN_PROGRESS'),
          made('Custom::Thing', 'x'),
        ],
      },
    };
    const { run, sink } = testRun({
      DescribeStacks: { Stacks: [web] },
      ListStackResources: ({ NextToken = 'first' }: { NextToken?: string }) => pages[NextToken],
    });

    await collectStacks(run);

    const found = stack.references.map(({ to, by, read }) => [to, by, read(sink.nodes[0]?.answer)]);
    expect(
      found.filter(([, , values]) => Array.isArray(values) && values.some((value) => value !== undefined)),
    ).toEqual([
      ['aws_vpc', 'id', ['vpc-1']],
      ['aws_s3_bucket', 'name', ['logs', 'data']],
      ['aws_sqs_queue', 'sqs_queue_url', ['https://sqs.us-east-1.amazonaws.com/123456789012/jobs']],
    ]);
  });

  test('are there when their resources are denied', async () => {
    const { run, sink, problems } = testRun({
      DescribeStacks: { Stacks: [web] },
      ListStackResources: vendorError('AccessDenied', 403),
    });

    await collectStacks(run);

    expect(sink.nodes).toHaveLength(1);
    expect(problems).toEqual([expect.objectContaining({ code: 'missing_permission' })]);
  });
});

describe('stack sets', () => {
  const set = { StackSetId: 'base:1', StackSetName: 'base', Status: 'ACTIVE', ManagedExecution: { Active: true } };
  const instance = {
    StackSetId: 'base:1',
    StackId: 'arn:aws:cloudformation:eu-west-1:111111111111:stack/StackSet-base/2',
    Account: '111111111111',
    Region: 'eu-west-1',
    StackInstanceStatus: { DetailedStatus: 'SUCCEEDED' },
  };

  test('have an edge to each of their instances, and one to its stack, wherever it is', async () => {
    const { run, sink, asked } = testRun({
      ListStackSets: { Summaries: [set] },
      ListStackInstances: { Summaries: [instance, { ...instance, StackId: undefined }] },
    });

    await collectStackSets(run);

    expect(asked).toEqual([
      { call: 'ListStackSets', input: { Status: 'ACTIVE', MaxResults: 100 } },
      { call: 'ListStackInstances', input: { StackSetName: 'base:1' } },
    ]);
    expect(sink.nodes.map(({ reported }) => reported)).toMatchObject([
      { id: 'base:1', name: 'base', stack_set_managed_execution: true, stack_set_parameters: {} },
      { id: 'base:1/2/111111111111/eu-west-1', stack_instance_stack_instance_status: 'SUCCEEDED' },
      { id: 'base:1//111111111111/eu-west-1' },
    ]);
    expect(sink.edges).toEqual([
      'base:1 default base:1/2/111111111111/eu-west-1',
      'base:1 delete base:1/2/111111111111/eu-west-1',
      'base:1 default base:1//111111111111/eu-west-1',
      'base:1 delete base:1//111111111111/eu-west-1',
    ]);
    expect(sink.deferred).toEqual([
      `{"node_id":"base:1"} ${JSON.stringify({
        search_criteria: `is(aws_cloudformation_stack) and reported.id="${instance.StackId}"`,
      })}`,
    ]);
  });

  test('are complete when only their instances are denied', async () => {
    const { run, sink, failed } = testRun({
      ListStackSets: { Summaries: [set] },
      ListStackInstances: vendorError('AccessDenied', 403),
    });

    await collectStackSets(run);

    expect(sink.nodes.map(({ kind }) => kind)).toEqual(['aws_cloudformation_stack_set']);
    expect(failed).toEqual(['aws_cloud_formation_stack_instance_summary']);
  });
});
