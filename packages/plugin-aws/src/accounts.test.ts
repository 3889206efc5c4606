import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { AccountJob, JsonObject } from '@resoto/worker-core/plugin';

import { findAccounts } from './accounts.ts';
import { startFakeAws } from '../test/fake-aws.ts';
import type { FakeAnswer, FakeAws, FakeCall } from '../test/fake-aws.ts';
import { defaults } from '../test/test-run.ts';

/** Accounts by access key; assumed roles get the id of their account as key. */
const owners: Record<string, string> = { AKMAIN: '111111111111', AKDEV: '222222222222' };

let aws: FakeAws;
let directory: string;
const environment = { ...process.env };

beforeAll(async () => {
  aws = await startFakeAws(answer);
  directory = await mkdtemp(join(tmpdir(), 'aws-'));
});

afterAll(async () => {
  aws.stop();
  await rm(directory, { recursive: true });
});

beforeEach(() => {
  aws.calls.length = 0;
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: aws.url,
    AWS_SHARED_CREDENTIALS_FILE: join(directory, 'none'),
    AWS_CONFIG_FILE: join(directory, 'none'),
    AWS_EC2_METADATA_DISABLED: 'true',
  });
});

afterEach(() => {
  process.env = { ...environment };
});

function answer({ action, key, parameters }: FakeCall): FakeAnswer {
  const account = owners[key] ?? key;
  switch (action) {
    case 'GetCallerIdentity':
      return key === 'AKBAD'
        ? { error: 'InvalidClientTokenId' }
        : `<Account>${account}</Account><Arn>arn</Arn><UserId>u</UserId>`;
    case 'AssumeRole': {
      const [, id = ''] = /::(\d+):role/.exec(parameters.get('RoleArn') ?? '') ?? [];
      const expiration = new Date(Date.now() + 3_600_000).toISOString();
      return `<Credentials><AccessKeyId>${id}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>${expiration}</Expiration></Credentials>`;
    }
    case 'ListAccountAliases':
      return `<AccountAliases>${account === '111111111111' ? '<member>main</member>' : ''}</AccountAliases><IsTruncated>false</IsTruncated>`;
    case 'DescribeAccount':
      return { Account: { Name: 'in the organization' } };
    case 'ListAccounts':
      return { Accounts: ['111111111111', '222222222222', '333333333333'].map((Id) => ({ Id })) };
    default:
      return { error: 'InvalidAction' };
  }
}

async function find(config: JsonObject = {}): Promise<{ accounts: AccountJob[]; reports: string[] }> {
  const reports: string[] = [];
  const accounts: AccountJob[] = [];
  const context = {
    config: { ...defaults, ...config },
    generation: 'resoto' as const,
    log: { trace() {}, debug() {}, info() {}, warn() {}, error() {} },
    signal: new AbortController().signal,
    report: (_level: string, message: string) => void reports.push(message),
  };
  for await (const account of findAccounts(context)) accounts.push(account);
  return { accounts, reports };
}

async function writeCredentials(text: string): Promise<void> {
  const path = join(directory, 'credentials');
  await writeFile(path, text);
  process.env['AWS_SHARED_CREDENTIALS_FILE'] = path;
}

test('the key of the configuration leads to its account', async () => {
  const { accounts } = await find({ access_key_id: 'AKMAIN', secret_access_key: 'secret' });

  expect(accounts).toEqual([
    { id: '111111111111', name: 'main', data: { partition: 'aws', profile: null, role: null } },
  ]);
});

test('an account without alias is called what its organization calls it', async () => {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'AKDEV', AWS_SECRET_ACCESS_KEY: 'secret' });

  const { accounts } = await find();

  expect(accounts.map(({ name }) => name)).toEqual(['in the organization']);
});

test('every profile of the credentials file that can log in is collected, roles too (no. 24)', async () => {
  await writeCredentials(
    '[default]\naws_access_key_id=AKMAIN\naws_secret_access_key=x\n[dev]\nrole_arn=arn:aws:iam::222222222222:role/r\nsource_profile=default\n[notes]\nregion=us-east-1\n',
  );

  const { accounts, reports } = await find();

  expect(accounts.map(({ id, data }) => [id, data['profile']])).toEqual([
    ['111111111111', 'default'],
    ['222222222222', 'dev'],
  ]);
  expect(reports).toEqual([]);
});

test('a profile that cannot log in is reported, and the others go on', async () => {
  await writeCredentials(
    '[bad]\naws_access_key_id=AKBAD\naws_secret_access_key=x\n[good]\naws_access_key_id=AKMAIN\naws_secret_access_key=x\n',
  );

  const { accounts, reports } = await find();

  expect(accounts.map(({ id }) => id)).toEqual(['111111111111']);
  expect(reports).toEqual([expect.stringContaining('AWS profile "bad" cannot be used')]);
});

test('a profile that is not there is named together with those that are', async () => {
  await writeCredentials(
    '[default]\naws_access_key_id=AKMAIN\naws_secret_access_key=x\n[dev]\naws_access_key_id=AKDEV\naws_secret_access_key=x\n',
  );

  await expect(find({ profiles: ['prod'] })).rejects.toMatchObject({
    code: 'unknown_profile',
    message: expect.stringMatching(
      /^Cannot read AWS profile "prod": no such section in .* Sections there: default, dev\.$/,
    ),
  });
});

test('without any credentials the login fails', async () => {
  await expect(find()).rejects.toMatchObject({ code: 'login_failed' });
});

test('all accounts of the organization are collected with the role, the current one without', async () => {
  const { accounts } = await find({
    access_key_id: 'AKMAIN',
    secret_access_key: 'x',
    role: 'collect',
    scrape_org: true,
    scrape_exclude_account: ['333333333333'],
  });

  expect(accounts.map(({ id, data }) => [id, data['role']])).toEqual([
    ['222222222222', 'collect'],
    ['111111111111', null],
  ]);
});

test('the current account can be collected with the role as well, or be left out', async () => {
  const { accounts } = await find({
    access_key_id: 'AKMAIN',
    secret_access_key: 'x',
    role: 'collect',
    scrape_org: true,
    assume_current: true,
    do_not_scrape_current: true,
  });

  expect(accounts.map(({ id }) => id)).toEqual(['111111111111', '222222222222', '333333333333']);
});

test('listed accounts are collected with the role', async () => {
  const { accounts } = await find({
    access_key_id: 'AKMAIN',
    secret_access_key: 'x',
    role: 'collect',
    account: ['222222222222'],
  });

  expect(accounts.map(({ id, data }) => [id, data['role']])).toEqual([['222222222222', 'collect']]);
  expect(aws.calls.find(({ action }) => action === 'ListAccountAliases')?.key).toBe('222222222222');
});

test.each([
  [{ assume_current: true }, /do_not_scrape_current/],
  [{ profiles: ['a', 'b'], account: ['1'] }, /more than one profile/],
])('settings that contradict each other are refused: %j', async (config, message) => {
  await expect(find(config)).rejects.toMatchObject({
    code: 'wrong_configuration',
    message: expect.stringMatching(message),
  });
});
