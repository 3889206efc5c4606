import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { CreateBucketCommand, GetBucketTaggingCommand, PutBucketTaggingCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { moto, type RunningServer } from '@resoto/tools-shared';
import { describeWith } from '@resoto/tools-shared/jest';

import { awsEnvironment } from './aws-environment.ts';
import { CoreProgram } from './core-program.ts';
import { call } from './http.ts';
import { killPrograms } from './program.ts';
import { startWorker } from './worker-program.ts';

const emulator = await moto();

describeWith('tag tasks of AWS over moto', [emulator], () => {
  let directory: string;
  let server: RunningServer;
  let core: CoreProgram;
  let client: S3Client;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tags-aws-'));
    server = await emulator.start();
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    client = new S3Client({ endpoint: server.url, region: 'us-east-1', credentials, forcePathStyle: true });
    await client.send(new CreateBucketCommand({ Bucket: 'shared' }));
    const Tagging = { TagSet: [{ Key: 'before', Value: 'kept' }] };
    await client.send(new PutBucketTaggingCommand({ Bucket: 'shared', Tagging }));
    core = await CoreProgram.start();
    await core.configure({
      resotoworker: { collector: ['aws'] },
      aws: { region: ['us-east-1'], collect: ['aws_s3_bucket'] },
    });
    await startWorker({ uri: core.uri, directory, env: awsEnvironment(server.url) });
    await core.finished(await core.startCollect());
  });

  afterAll(async () => {
    await killPrograms();
    client.destroy();
    await Promise.all([server.stop(), core.remove()]);
    await rm(directory, { recursive: true });
  });

  test('many tasks on one bucket at the same time lose none of its tags', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `tag-${index}`);

    await Promise.all(names.map((name) => execute(`search is(aws_s3_bucket) | tag update ${name} ${name}`)));

    const expected = Object.fromEntries([['before', 'kept'], ...names.map((name) => [name, name])]) as object;
    expect(await tagsInCloud()).toEqual(expected);
    expect(await tagsInCore()).toEqual(expected);
  });

  test('a key of AWS stays what it is, in the cloud and in the core', async () => {
    const before = await tagsInCloud();

    await execute('search is(aws_s3_bucket) | tag update aws:owner me');

    expect(await tagsInCloud()).toEqual(before);
    expect(await tagsInCore()).toEqual(before);
  });

  async function execute(body: string): Promise<void> {
    await call(`${core.uri}/cli/execute?graph=resoto&section=reported`, { method: 'POST', body });
  }

  async function tagsInCloud(): Promise<object> {
    const { TagSet = [] } = await client.send(new GetBucketTaggingCommand({ Bucket: 'shared' }));
    return Object.fromEntries(TagSet.map(({ Key, Value }) => [Key, Value])) as object;
  }

  async function tagsInCore(): Promise<unknown> {
    const [bucket] = await core.search('is(aws_s3_bucket)');
    return bucket?.reported?.['tags'];
  }
});
