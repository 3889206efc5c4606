import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { AccountJob, Finding, JsonObject } from '@resoto/worker-core/plugin';

import { startFakeAws } from '../test/fake-aws.ts';
import type { FakeAnswer, FakeAws, FakeCall } from '../test/fake-aws.ts';
import { defaults } from '../test/test-run.ts';
import { collector } from './collector.ts';

const account = '111111111111';
const environment = { ...process.env };
let aws: FakeAws;
let arn: string;
let denied: readonly string[];
let simulation: 'allowed' | 'denied';

beforeAll(async () => {
  aws = await startFakeAws(answer);
});

afterAll(() => aws.stop());

beforeEach(() => {
  aws.calls.length = 0;
  arn = `arn:aws:iam::${account}:user/collector`;
  denied = [];
  simulation = 'allowed';
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: aws.url,
    AWS_ACCESS_KEY_ID: 'AK',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
  });
});

afterEach(() => {
  process.env = { ...environment };
});

test('a user that may do everything the kinds declare is fine', async () => {
  const found = await check();

  expect(found.map(({ status }) => status)).toEqual(['ok', 'ok']);
  expect(found[0]?.what).toBe(`logged in as ${arn}`);
  expect(found[1]?.what).toMatch(/^all \d+ permissions to collect are there$/);
});

test('missing permissions are named, and what to do about them', async () => {
  denied = ['ec2:DescribeVolumes', 's3:ListAllMyBuckets'];

  const [, permissions] = await check();

  expect(permissions).toMatchObject({
    status: 'fail',
    what: expect.stringMatching(
      /^2 of \d+ permissions to collect are missing: ec2:DescribeVolumes, s3:ListAllMyBuckets$/,
    ),
    advice: expect.stringContaining('permissions aws --collect'),
  });
});

test('permissions of kinds that are not collected are not asked for', async () => {
  denied = ['s3:ListAllMyBuckets'];

  const [, permissions] = await check({ collect: ['aws_ec2_volume'] });

  expect(permissions?.status).toBe('ok');
  expect(asked()).not.toContain('s3:ListAllMyBuckets');
});

test('each purpose is looked at by itself', async () => {
  denied = ['ec2:DeleteVolume'];

  const found = await check({}, ['collect', 'cleanup']);

  expect(found.map(({ status }) => status)).toEqual(['ok', 'ok', 'fail']);
});

test('the policies of an assumed role are those of the role with its path', async () => {
  arn = `arn:aws:sts::${account}:assumed-role/Collector/session`;

  const [, permissions] = await check();

  expect(permissions?.status).toBe('ok');
  const simulated = aws.calls.filter(({ action }) => action === 'SimulatePrincipalPolicy');
  expect(simulated[0]?.parameters.get('PolicySourceArn')).toBe(`arn:aws:iam::${account}:role/teams/Collector`);
});

test('the root user may do everything', async () => {
  arn = `arn:aws:iam::${account}:root`;

  expect((await check())[1]).toMatchObject({ status: 'ok', what: expect.stringContaining('root') });
});

test('who may not simulate is told what to allow', async () => {
  simulation = 'denied';

  expect((await check())[1]).toMatchObject({
    status: 'warn',
    what: expect.stringContaining('cannot tell'),
    advice: expect.stringContaining('iam:SimulatePrincipalPolicy'),
  });
});

test('credentials of another account are an error', async () => {
  const job: AccountJob = { id: '999999999999', name: 'other', data: { partition: 'aws' } };

  await expect(check({}, ['collect'], job)).rejects.toMatchObject({ code: 'login_failed' });
});

async function check(
  config: JsonObject = {},
  purposes: readonly ('collect' | 'tag' | 'cleanup')[] = ['collect'],
  job: AccountJob = { id: account, name: 'main', data: { partition: 'aws' } },
): Promise<Finding[]> {
  const context = {
    config: { ...defaults, ...config },
    generation: 'resoto',
    log: { trace() {}, debug() {}, info() {}, warn() {}, error() {} },
    signal: new AbortController().signal,
    report() {},
  } as const;
  const found: Finding[] = [];
  for await (const finding of collector.check?.(job, purposes, context) ?? []) found.push(finding);
  return found;
}

function asked(): readonly string[] {
  return aws.calls.flatMap(({ parameters }) => actionsOf(parameters));
}

function actionsOf(parameters: URLSearchParams): readonly string[] {
  return [...parameters].filter(([name]) => name.startsWith('ActionNames.member.')).map(([, action]) => action);
}

function answer({ action, parameters }: FakeCall): FakeAnswer {
  switch (action) {
    case 'GetCallerIdentity':
      return `<Account>${account}</Account><Arn>${arn}</Arn><UserId>u</UserId>`;
    case 'GetRole':
      return `<Role><Arn>arn:aws:iam::${account}:role/teams/Collector</Arn><RoleName>Collector</RoleName></Role>`;
    case 'SimulatePrincipalPolicy': {
      if (simulation === 'denied') return { error: 'AccessDenied' };
      const results = actionsOf(parameters).map(
        (name) =>
          `<member><EvalActionName>${name}</EvalActionName><EvalResourceName>*</EvalResourceName><EvalDecision>${denied.includes(name) ? 'implicitDeny' : 'allowed'}</EvalDecision></member>`,
      );
      return `<EvaluationResults>${results.join('')}</EvaluationResults><IsTruncated>false</IsTruncated>`;
    }
    default:
      return { error: 'AccessDenied' };
  }
}
