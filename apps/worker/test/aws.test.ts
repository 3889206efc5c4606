import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { awsReplay, graphDiff, moto, shared, type RunningServer } from '@resoto/tools-shared';
import { describeWith } from '@resoto/tools-shared/jest';
import { parseBody } from '@resoto/worker-core/testing';

import { awsEnvironment } from './aws-environment.ts';
import { AwsProxy } from './aws-proxy.ts';
import { CoreProgram } from './core-program.ts';
import type { Graph } from './graph.ts';
import { killPrograms } from './program.ts';
import { startWorker, startWorkerProgram } from './worker-program.ts';

const replay = await awsReplay();
const emulator = await moto();
const diff = await graphDiff();
const files = shared();

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'aws-'));
});

afterAll(async () => {
  await killPrograms();
  await rm(directory, { recursive: true });
});

describeWith('AWS over recorded answers', [replay, diff, files], () => {
  let server: RunningServer;
  let core: CoreProgram;
  let whole: Graph;

  beforeAll(async () => {
    const fixtures = files.path('reference/aws/fixtures');
    server = await replay.start(['--fixtures', fixtures, '--only', 'ec2,pricing']);
    core = await CoreProgram.start();
    await core.configure({ resotoworker: { collector: ['aws'] } });
    await startWorker({ uri: core.uri, directory, env: awsEnvironment(server.url) });
    await core.finished(await core.startCollect());
    whole = await core.graph();
  });

  afterAll(async () => {
    await server.stop();
    await core.remove();
  });

  test('the graph at the core is the one of the reference', async () => {
    const golden = files.path('reference/aws/golden/r39/ec2.ndjson');
    const { nodes } = parseBody(await readFile(golden, 'utf8'));
    const root = nodes.find(({ reported }) => reported['kind'] === 'graph_root')?.id ?? '';
    const file = join(directory, 'stored.ndjson');
    await writeFile(file, bodyOf(whole, root));

    const times = ['ctime', 'mtime', 'atime'].flatMap((name) => ['--ignore', `reported.${name}`]);
    const { report } = await diff.compare(golden, file, ['--sections', 'reported', ...times]);

    expect(report).toMatch(/nodes found 100\.0 % \(\d+\/\d+, 0 extra\), nodes equal 100\.0 %.*edges 100\.0 %/);
  });

  describe('when something goes wrong, the graph stays whole', () => {
    test('denied calls: what they found before is kept, and the permissions are named', async () => {
      await configure({ deny: 'ec2:DescribeVolumes,ec2:DescribeSubnets' });

      const { id, answers } = await core.finished(await core.startCollect());
      await configure({ deny: '' });

      const messages = (await core.log(id)).map(({ message }) => message).join('\n');
      expect(answers['collect']).toEqual({ 'resoto.worker-collector': 'action_done' });
      expect(messages).toContain('ec2:DescribeVolumes');
      expect(messages).toContain('ec2:DescribeSubnets');
      expect(await core.graph()).toEqual(whole);
      expect(await carriedKinds()).toEqual(['aws_ec2_subnet', 'aws_ec2_volume', 'aws_ec2_volume_type']);
    });

    test('throttled calls, pages of one and slow answers', async () => {
      await configure({ throttle: '5', 'page-size': '1', 'latency-ms': '5' });

      const { id } = await core.finished(await core.startCollect());
      await configure({ throttle: '0', 'page-size': '0', 'latency-ms': '0' });

      expect((await core.log(id)).filter(({ level }) => level === 'error')).toEqual([]);
      expect(await core.graph()).toEqual(whole);
      expect(await carriedKinds()).toEqual([]);
    });

    test('no login', async () => {
      await configure({ deny: 'sts:*' });

      const { id, answers } = await core.finished(await core.startCollect());
      await configure({ deny: '' });

      expect(answers['collect']).toEqual({ 'resoto.worker-collector': 'action_error' });
      expect((await core.log(id)).map(({ message }) => message).join('\n')).toContain('Cannot log in to AWS');
      expect(await core.graph()).toEqual(whole);
    });
  });

  async function configure(options: Readonly<Record<string, string>>): Promise<void> {
    const answer = await fetch(`${server.url}/_config?${new URLSearchParams(options).toString()}`, { method: 'POST' });
    if (!answer.ok) throw new Error(`The server refused its options: ${await answer.text()}`);
  }

  async function carriedKinds(): Promise<readonly string[]> {
    const rows = await core.search('/metadata.carried == true');
    const kinds = rows.flatMap((row) => (row.type === 'node' ? [row.reported['kind'] as string] : []));
    return [...new Set(kinds)].toSorted();
  }
});

describeWith('AWS over moto', [emulator], () => {
  test('local collects it because credentials are at hand', async () => {
    const server = await emulator.start();
    const local = startWorkerProgram({
      args: ['local', '--once', '--port', '0', '--override', 'aws.region=us-east-1', 'aws.collect=aws_ec2_*,aws_vpc*'],
      env: { ...awsEnvironment(server.url), HOME: directory },
    });
    const code = await local.ended;
    await server.stop();

    // The emulator does not know every call.
    expect([0, 3]).toContain(code);
    expect(local.stdout()).toMatch(/^Collecting aws\n/);
    expect(local.stdout()).toMatch(/^ {2}aws_ec2_subnet +[1-9]/m);
    expect(local.stdout()).toMatch(/^ {2}aws_vpc +1$/m);
  });

  test('everything is asked through the proxy of the environment, logins too', async () => {
    const server = await emulator.start();
    const proxy = await AwsProxy.start(server.url);
    const profile = join(directory, 'config');
    await writeFile(
      profile,
      '[profile one]\nrole_arn = arn:aws:iam::123456789012:role/one\ncredential_source = Environment\n',
    );
    const local = startWorkerProgram({
      args: ['local', '--once', '--port', '0', '--override', 'aws.region=us-east-1', 'aws.collect=aws_vpc*'],
      env: {
        ...awsEnvironment('http://aws.invalid:5000'),
        ...{ AWS_CONFIG_FILE: profile, AWS_PROFILE: 'one', http_proxy: proxy.url, HOME: directory },
      },
    });
    await local.ended;
    await proxy.stop();
    await server.stop();

    expect(local.stdout()).toMatch(/^ {2}aws_vpc +1$/m);
    expect(proxy.calls.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['AssumeRole', 'GetCallerIdentity', 'DescribeVpcs']),
    );
  });
});

/** A stored graph as it would be uploaded. */
function bodyOf({ nodes, edges }: Graph, root: string): string {
  const uploaded = (id: string): string => (id === 'root' ? root : id);
  const lines = [
    ...nodes.map(({ id, reported }) => ({ id: uploaded(id), reported })),
    ...edges.map((edge) => {
      const [from = '', type, to = ''] = edge.split(' ');
      return { from: uploaded(from), to: uploaded(to), edge_type: type };
    }),
  ];
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}
