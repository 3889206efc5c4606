import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { JsonObject, StoredResource } from '@resoto/worker-core/plugin';

import { startFakeAws } from '../test/fake-aws.ts';
import type { FakeAws } from '../test/fake-aws.ts';
import { useEndpoint } from '../test/replay.ts';
import { pluginContext } from '../test/test-run.ts';
import { awsCommand } from './aws-command.ts';
import { collector } from './collector.ts';

/** In place of the program of the vendor: says what it was called with, or does what its first argument says. */
const program = `#!/usr/bin/env node
const [what, text = ''] = process.argv.slice(2);
if (what === 'say') process.stdout.write(text);
else if (what === 'fail') process.stderr.write('\\nAn error occurred: ' + text + '\\n', () => process.exit(254));
else if (what === 'wait') setTimeout(() => {}, 60_000);
else process.stdout.write(JSON.stringify({ args: process.argv.slice(2), ...process.env }));
`;

const environment = { ...process.env };
let directory: string;
let sts: FakeAws;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'aws-command-'));
  await writeFile(join(directory, 'aws'), program, { mode: 0o755 });
  sts = await startFakeAws(({ parameters }) => {
    const role = (parameters.get('RoleArn') ?? '').replace(/^arn:/, '');
    const expiration = new Date(Date.now() + 3_600_000).toISOString();
    return `<Credentials><AccessKeyId>${role}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>${expiration}</Expiration></Credentials>`;
  });
  useEndpoint(sts.url);
  Object.assign(process.env, {
    PATH: [directory, dirname(process.execPath)].join(delimiter),
    AWS_SESSION_TOKEN: 'old',
    AWS_DEFAULT_PROFILE: 'old',
  });
  delete process.env['AWS_REGION'];
  delete process.env['AWS_DEFAULT_REGION'];
});

afterEach(async () => {
  sts.stop();
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, environment);
  await rm(directory, { recursive: true });
});

describe('the command aws gets', () => {
  test('after a search role and region of the resource, with its arguments as they are', async () => {
    const called = await callOf(['ec2', 'create-x', '--role', 'a b', '--region=eu-x', '--account'], resource());

    expect(called).toMatchObject({
      args: ['ec2', 'create-x', '--role', 'a b', '--region=eu-x', '--account'],
      AWS_ACCESS_KEY_ID: 'aws-cn:iam::123456789012:role/collector',
      AWS_SESSION_TOKEN: 't',
      AWS_DEFAULT_REGION: 'cn-north-1',
      AWS_REGION: 'cn-north-1',
    });
  });

  test('by itself the key of the settings, and no session token of others', async () => {
    const called = await callOf(['s3', 'ls'], undefined, { access_key_id: 'AKIA', secret_access_key: 'secret' });

    expect(called).toMatchObject({ AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: 'secret' });
    expect(called).toMatchObject({ AWS_DEFAULT_REGION: 'us-east-1' });
    expect(called).not.toHaveProperty('AWS_SESSION_TOKEN');
    expect(called).not.toHaveProperty('AWS_DEFAULT_PROFILE');
  });

  test('by itself the region of the environment', async () => {
    process.env['AWS_DEFAULT_REGION'] = 'eu-west-1';

    expect(await callOf(['s3', 'ls'])).toMatchObject({ AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'test' });
  });

  test('account, role and region that are named before the service', async () => {
    const options = ['--account', '999', '--role=admin', '--region', 'us-gov-west-1'];

    const called = await callOf([...options, 's3', 'ls'], undefined, { role: 'usual', role_override: true });

    expect(called).toMatchObject({
      args: ['s3', 'ls'],
      AWS_ACCESS_KEY_ID: 'aws-us-gov:iam::999:role/admin',
      AWS_REGION: 'us-gov-west-1',
    });
  });

  test('in another account the role of the settings', async () => {
    const called = await callOf(['--account', '999', 's3', 'ls'], undefined, { role: 'usual' });

    expect(called).toMatchObject({ AWS_ACCESS_KEY_ID: 'aws:iam::999:role/usual' });
  });
});

describe('the command aws returns', () => {
  test.each([
    ['an object as it is', '{"a": 9007199254740993}\n', { a: 9_007_199_254_740_993n }],
    ['a list as it is', '[1, 2]', [1, 2]],
    ['the only element of a list', '[{"a": 1}]', { a: 1 }],
    ['lines of what is no JSON', 'one\ntwo\n', ['one', 'two']],
    ['the only line', 'one\n', 'one'],
    ['an empty list for nothing', '\n', []],
    ['an empty list for an empty list', '[]', []],
  ])('%s', async (_title, text, result) => {
    expect(await run(['say', text])).toEqual(result);
  });
});

describe('the command aws fails', () => {
  test('with what the program says', async () => {
    await expect(run(['fail', 'AccessDenied'])).rejects.toThrow(/^AWS An error occurred: AccessDenied$/);
  });

  test('where the program is not installed, and says what to do', async () => {
    await rm(join(directory, 'aws'));

    await expect(run(['s3', 'ls'])).rejects.toMatchObject({
      code: 'no_aws_program',
      hint: expect.stringContaining('Install'),
    });
  });

  test.each([
    [['--role', 'admin', 's3', 'ls'], 'aws: --role needs --account'],
    [['--account', '999', 's3', 'ls'], 'aws: there is no role for account 999'],
    [['--region'], 'aws: --region needs a value'],
    [['--profile', 'nobody', 's3', 'ls'], 'Cannot log in to AWS: '],
  ])('with %j, and calls nobody', async (args, message) => {
    await expect(run(args)).rejects.toThrow(message);
    expect(sts.calls).toEqual([]);
  });

  test('when nobody waits for it any more', async () => {
    const signal = AbortSignal.timeout(300);

    await expect(awsCommand.run(undefined, ['wait'], { ...pluginContext(), signal })).rejects.toMatchObject({
      name: 'TimeoutError',
    });
  });
});

function run(args: readonly string[], of?: StoredResource, config: JsonObject = {}) {
  return awsCommand.run(of, args, pluginContext(config));
}

/** What the program was called with. */
async function callOf(args: readonly string[], of?: StoredResource, config: JsonObject = {}): Promise<JsonObject> {
  const called = await run(args, of, config);
  expect(called).toHaveProperty('args');
  return called as JsonObject;
}

function resource(): StoredResource {
  const kind = collector.kinds.find(({ fqn }) => fqn === 'aws_ec2_volume');
  if (kind === undefined) throw new Error('There are no volumes');
  const account = { id: '123456789012', partition: 'aws-cn', role: 'collector' };
  return {
    nodeId: 'n',
    kind,
    reported: { kind: kind.fqn, id: 'v' },
    owners: { account, region: { id: 'cn-north-1' } },
  };
}
