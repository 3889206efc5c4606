import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '@resoto/worker-core';

import { AcmeCloud, acmePackage } from './acme-cloud.ts';
import { CoreProgram, until, type Run } from './core-program.ts';
import { call, callJson } from './http.ts';
import { killPrograms } from './program.ts';
import { Proxy } from './proxy.ts';
import { connected, installProgram, startWorkerProgram, type WorkerProgram } from './worker-program.ts';

const subscriber = 'fix.worker-collector';
const boxes = Array.from({ length: 20 }, (_, index) => ({ id: `box-${index}` }));
const cleaning = { cleanup: true, cleanup_max_share: 1 };

describe('the life of a worker at a core of Fix Inventory', () => {
  let directory: string;
  let cloud: AcmeCloud;
  let core: CoreProgram;
  let proxy: Proxy;
  let worker: WorkerProgram;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'fix-life-'));
    cloud = await AcmeCloud.start();
    core = await CoreProgram.start({ generation: 'fix' });
    proxy = await Proxy.start(() => core.port);
    await core.configure(
      { fixworker: { collector: [], web_port: 0 }, acme: { endpoint: cloud.endpoint } },
      'fix.worker',
    );
    const main = await installProgram(directory, { acme: acmePackage });
    worker = startWorkerProgram({
      main: new URL('./main-fix.ts', main),
      args: ['--resotocore-uri', proxy.uri, '--subscriber-id', 'fix.worker'],
      env: {
        HOME: directory,
        FIXWORKER_DATA: join(directory, 'state'),
        FIXWORKER_OVERRIDE0: 'fixworker.collector=acme',
        FIXWORKER_OVERRIDE1: 'resotoworker.shutdown_grace=90s',
      },
    });
    await connected(worker);
  });

  beforeEach(() => {
    cloud.accounts = { one: boxes };
    cloud.deleted.length = 0;
    cloud.tagged.length = 0;
    proxy.reset();
  });

  afterAll(async () => {
    await killPrograms();
    await proxy.stop();
    await cloud.stop();
    await core.remove();
    await rm(directory, { recursive: true });
  });

  test('begins with its document, its kinds and its subscription under the new names', async () => {
    await collect();

    const { fixworker } = await callJson<JsonObject>(`${core.uri}/config/fix.worker`);
    expect(fixworker).toMatchObject({ pool_size: 5, graph: 'fix' });
    expect(await core.isRegistered(subscriber)).toBe(true);
    expect(await worker.hasLogged('worker started')).toMatchObject([
      { subscriber: 'fix.worker', collectors: ['acme'] },
    ]);
    const model = JSON.stringify(await callJson(`${core.uri}/graph/fix/model`));
    expect(model).toContain('"acme_box"');
    expect(model).toContain('"box_size"');
  });

  test('a collect brings its graph as the new core wants it', async () => {
    const run = await collect();

    const found = await core.search('is(acme_box)');
    expect(found).toHaveLength(boxes.length);
    expect(JSON.stringify(found)).not.toMatch(/phantom|"cleaned":false/);
    const [upload] = proxy.requestsOf('POST', '/graph/fix/merge');
    expect(upload?.headers).toMatchObject({ 'fix-worker-task-id': run.id });
  });

  test('a tag task changes a box in the cloud and at the core', async () => {
    await collect();

    await execute('search id == box-7 | tag update owner jane');

    expect(cloud.tagged).toEqual(['box-7']);
    expect(await core.search('/reported.tags.owner == jane')).toMatchObject([{ reported: { id: 'box-7' } }]);
  });

  test('a cleanup that is a dry run changes nothing anywhere, and leaves the plan', async () => {
    await configure({ ...cleaning, cleanup_dry_run: true });
    await collect();
    await execute('search id == box-1 or id == box-2 | clean');

    const run = await core.finished(await core.startWorkflow('cleanup'));

    expect(run.answers['cleanup']).toEqual({ [subscriber]: 'action_done' });
    expect([cloud.deleted, cloud.tagged]).toEqual([[], []]);
    expect(proxy.requests.filter(({ method, path }) => method === 'PATCH' && path.endsWith('/nodes'))).toEqual([]);
    expect(await core.search('/metadata.cleaned == true')).toEqual([]);
    const plan: unknown = JSON.parse(await readFile(join(directory, 'state/cleanup/dry-run.json'), 'utf8'));
    expect(plan).toMatchObject({ graph: 'fix', summary: { deleted: 2, stay: 0 } });
  });

  test('a cleanup deletes what is marked, and nothing else', async () => {
    await configure({ ...cleaning, cleanup_dry_run: false });
    await collect();
    await execute('search id == box-1 or id == box-2 | clean');

    const run = await core.finished(await core.startWorkflow('cleanup'));

    expect(run.answers['cleanup']).toEqual({ [subscriber]: 'action_done' });
    expect(cloud.deleted.toSorted()).toEqual(['box-1', 'box-2']);
    expect(await core.search('/metadata.cleaned == true')).toHaveLength(2);
  });

  test('a core that is killed and comes back has its worker back', async () => {
    const connections = worker.logged('connected to the core').length;

    await core.kill();
    await core.start();
    await connected(worker, connections + 1);
    await collect();

    expect(await core.search('is(acme_box)')).toHaveLength(boxes.length);
  });

  test('a marked setting starts it again in place', async () => {
    const connections = worker.logged('connected to the core').length;

    await configure({ web_path: '/mounted' });
    await connected(worker, connections + 1);
    await collect();

    expect(await worker.hasLogged('the worker starts again with its new settings')).toHaveLength(1);
    const { url } = (await worker.hasLogged('web server started', 2)).at(-1) as { readonly url: string };
    expect(await (await fetch(new URL('/mounted/metrics', url))).text()).toContain('fix_worker_connected');
  });

  test('SIGTERM ends it with exit code 0', async () => {
    expect(await worker.kill('SIGTERM')).toBe(0);
    expect(worker.logged('worker is stopping').at(-1)).toMatchObject({ reason: 'stopped', grace: 90 });
    expect(worker.stderr()).not.toMatch(/"(ERROR|CRITICAL)"/);
  });

  async function collect(): Promise<Run> {
    const run = await core.finished(await core.startCollect());
    expect(run.answers['collect']).toEqual({ [subscriber]: 'action_done' });
    return run;
  }

  async function configure(fixworker: JsonObject): Promise<void> {
    await call(`${core.uri}/config/fix.worker`, { method: 'PATCH', body: { fixworker } });
    const { revision } = await document();
    await until('the worker knows it', () => worker.stderr().includes(revision));
  }

  /** Revision of the document, as the core tells it. */
  async function document(): Promise<{ readonly revision: string }> {
    const { headers } = await fetch(`${core.uri}/config/fix.worker`);
    return { revision: headers.get('Fix-Config-Revision') ?? '' };
  }

  async function execute(command: string): Promise<void> {
    await call(`${core.uri}/cli/execute?graph=fix&section=reported`, { method: 'POST', body: command });
  }
});
