/** What a cleanup finds that is not as it should be: each has a named end, nothing is deleted by it, and the rest goes on. */
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { stringifyJson, type JsonObject } from '@resoto/worker-core';

import { AcmeCloud, acmePackage } from './acme-cloud.ts';
import { CoreProgram, until, type Run } from './core-program.ts';
import { call } from './http.ts';
import { killPrograms } from './program.ts';
import { connected, installProgram, startWorker, startWorkerProgram, type WorkerProgram } from './worker-program.ts';

let core: CoreProgram;
let cloud: AcmeCloud;
let directory: string;
let main: URL;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'faults-'));
  main = await installProgram(directory, { acme: acmePackage });
  cloud = await AcmeCloud.start();
  cloud.accounts = { one: [{ id: 'a', after: 'b' }, { id: 'b', after: 'c' }, { id: 'c' }] };
  core = await CoreProgram.start();
  await configure({});
});

afterEach(async () => {
  await killPrograms();
  await cloud.stop();
  await core.remove();
  await rm(directory, { recursive: true });
});

test('marked nodes that cannot be deleted are refused with the reason, and the others are deleted (no. 6)', async () => {
  const worker = await collected();
  await merge([
    node('clouds', { kind: 'cloud', id: 'acme' }, { metadata: { replace: true } }),
    node('homeless', { kind: 'acme_box', id: 'homeless' }, marked),
    node('placeless', { kind: 'acme_account', id: 'one' }),
    node('nowhere', { kind: 'acme_region', id: 'undefined' }),
    node('lost', { kind: 'acme_box', id: 'lost' }, marked),
    node('closed', { kind: 'acme_account', id: 'closed' }, marked),
    node('locked', { kind: 'acme_box', id: 'locked' }, marked),
    ...['root clouds', 'clouds homeless', 'clouds placeless', 'placeless nowhere', 'nowhere lost'].map(edge),
    ...['clouds closed', 'closed locked'].map(edge),
  ]);
  await markAll();

  const run = await cleanUp();

  expect(run.answers['cleanup']).toEqual({ 'resoto.worker-collector': 'action_done' });
  expect(cloud.deleted).toEqual(['c', 'b', 'a']);
  const refused = worker.logged('deletion refused').map(({ id, reason }) => [id, reason]);
  expect(Object.fromEntries(refused)).toEqual({
    homeless: 'its account is not known',
    lost: 'its region is not known',
    closed: expect.stringMatching(/account is not known|cannot be deleted/),
    locked: 'its account closed cannot be reached with this configuration',
  });
});

test.each([
  { dryRun: true, deleted: [] },
  { dryRun: false, deleted: ['c'] },
])(
  'what the plugin never deletes is refused for the same reason by the plan and by the cleanup (dry run: $dryRun)',
  async ({ dryRun, deleted }) => {
    cloud.accounts = {
      one: [{ id: 'net', after: 'default' }, { id: 'default', kept: 'it is the default' }, { id: 'c' }],
    };
    await configure({ cleanup_dry_run: dryRun });
    const worker = await collected();
    await markAll();

    const plan = await command('plan');
    await cleanUp();

    expect(plan.stdout).toContain('1 resources are deleted in 1 wave, 2 stay.');
    expect(plan.stdout).toContain('  refused, it is the default\n    acme_box  default  one  eu\n');
    expect(cloud.deleted).toEqual(deleted);
    await until('the run is told', () => worker.logged('cleanup ended').length > 0);
    const stays = [...worker.logged('deletion refused'), ...worker.logged('deletion blocked')];
    expect(stays.map(({ name, reason }) => [name, reason])).toEqual([
      ['default', 'it is the default'],
      ['net', 'blocked by acme_box default (refused: it is the default)'],
    ]);
  },
);

describe('a journal', () => {
  test('of another worker is set aside and named, and nothing is deleted by it', async () => {
    const first = await collected();
    await first.kill('SIGTERM');
    await writeJournal([head({ worker: 'somebody.else' }), boxCall('c')]);
    const worker = await start();

    await until('the journal is set aside', () => worker.logged('a journal of a cleanup was set aside').length > 0);
    expect(worker.logged('a journal of a cleanup was set aside')).toMatchObject([{ code: 'journal_foreign' }]);
    expect(cloud.deleted).toEqual([]);
    await markAll();
    await cleanUp();

    expect(cloud.deleted).toEqual(['c', 'b', 'a']);
    expect((await journals()).filter((name) => name.startsWith('journal.ndjson.'))).toHaveLength(1);
  });

  test('that is none is set aside and named', async () => {
    const first = await collected();
    await first.kill('SIGTERM');
    await writeJournal(['{"something":"else"}']);
    const worker = await start();
    await markAll();
    await cleanUp();

    expect(worker.logged('a journal of a cleanup was set aside')).toMatchObject([{ code: 'journal_broken' }]);
    expect(cloud.deleted).toEqual(['c', 'b', 'a']);
  });

  test('that was cut in the middle of a line counts up to there: each resource is deleted once', async () => {
    const first = await collected();
    await first.kill('SIGTERM');
    await writeJournal([head({}), boxCall('c')], '{"is":"answer","call":1,"ans');
    const worker = await start();
    await until('the journal was looked into', () => worker.logged('the interrupted cleanup is told').length > 0);
    expect(cloud.deleted).toEqual([]);
    await markAll();

    await cleanUp();

    expect(cloud.deleted).toEqual(['c', 'b', 'a']);
    expect(await core.search('/metadata.cleaned == true')).toHaveLength(3);
    expect(worker.logged('a journal of a cleanup was set aside')).toEqual([]);
  });
});

describe('a core that is lost in the middle of a cleanup', () => {
  let worker: WorkerProgram;

  beforeEach(async () => {
    worker = await collected();
    await markAll();
    let reached = (): void => {};
    const deleting = new Promise<void>((resolve) => (reached = resolve));
    let release = (): void => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    cloud.afterDelete = (id) => (id === 'b' ? (reached(), released) : undefined);
    await core.startWorkflow('cleanup');
    await deleting;
    await core.kill();
    release();
    await until('the box that was on its way is gone', () => worker.logged('resource deleted').length === 2);
  });

  test('stops deletions until it is back and answers what may still be deleted', async () => {
    expect(cloud.deleted).toEqual(['c', 'b']);

    await core.start();
    await connected(worker, 2);
    await until('the rest is cleaned', async () => (await core.search('/metadata.cleaned == true')).length === 3);

    expect(cloud.deleted).toEqual(['c', 'b', 'a']);
    expect(await worker.hasLogged('cleanup ended')).toMatchObject([{ outcomes: { deleted: 3 } }]);
  });

  test('does not hold up a worker that is stopped, and what it did is told with the next start', async () => {
    await worker.kill('SIGTERM');

    expect(cloud.deleted).toEqual(['c', 'b']);
    expect(worker.logged('resource skipped').map(({ name }) => name)).toEqual(['a']);
    await core.start();
    await start();
    await until('it is told', async () => (await core.search('/metadata.cleaned == true')).length >= 2);
    expect(cloud.deleted.filter((id) => id !== 'a')).toEqual(['c', 'b']);
  });
});

const marked = { desired: { clean: true } };

function node(id: string, reported: JsonObject, sections: JsonObject = {}): JsonObject {
  return { id, reported: { name: id, ...reported }, ...sections };
}

function edge(text: string): JsonObject {
  const [from = '', to = ''] = text.split(' ');
  return { from, to };
}

async function merge(lines: readonly JsonObject[]): Promise<void> {
  const root = { id: 'root', reported: { kind: 'graph_root', name: 'root' } };
  await call(`${core.uri}/graph/resoto/merge`, { method: 'POST', body: [root, ...lines] });
}

function configure(settings: JsonObject): Promise<void> {
  const usual = { collector: ['acme'], cleanup: true, cleanup_dry_run: false, shutdown_grace: '2s' };
  return core.configure({ resotoworker: { ...usual, ...settings }, acme: { endpoint: cloud.endpoint } });
}

/** Runs a command of the program. */
async function command(...args: readonly string[]) {
  const program = startWorkerProgram({
    main,
    args: [...args, '--resotocore-uri', core.uri, '--data', join(directory, 'state')],
    env: { HOME: directory },
  });
  const code = await program.ended;
  return { code, stdout: program.stdout(), stderr: program.stderr() };
}

function head(different: JsonObject): string {
  const own = { worker: 'resoto.worker', core: core.uri, graph: 'resoto', run: 'task/cleanup' };
  return stringifyJson({ is: 'run', format: 1, startedAt: '2024-01-01T00:00:00Z', ...own, ...different });
}

/** The deletion of a box was sent. */
function boxCall(id: string): string {
  const owners = { cloud: { id: 'acme' }, account: { id: 'one' }, region: { id: 'eu' } };
  const resource = {
    nodeId: id,
    kind: 'acme_box',
    reported: { kind: 'acme_box', id },
    metadata: {},
    owners,
    neighbours: [],
  };
  return stringifyJson({
    is: 'call',
    call: 1,
    verb: 'delete',
    account: { cloud: 'acme', id: 'one' },
    resources: [resource],
  });
}

async function writeJournal(lines: readonly string[], rest = ''): Promise<void> {
  await mkdir(join(directory, 'state/cleanup'), { recursive: true });
  await writeFile(join(directory, 'state/cleanup/journal.ndjson'), `${lines.join('\n')}\n${rest}`);
}

function journals(): Promise<string[]> {
  return readdir(join(directory, 'state/cleanup'));
}

async function collected(): Promise<WorkerProgram> {
  const worker = await start();
  await core.finished(await core.startCollect());
  return worker;
}

async function markAll(): Promise<void> {
  await call(`${core.uri}/cli/execute?graph=resoto&section=reported`, {
    method: 'POST',
    body: 'search is(acme_box) | clean',
  });
}

async function cleanUp(): Promise<Run> {
  return core.finished(await core.startWorkflow('cleanup'));
}

function start(): Promise<WorkerProgram> {
  return startWorker({ uri: core.uri, directory, main });
}
