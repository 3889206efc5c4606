/** What a cleanup finds that is not as it should be: each has a named end, nothing is deleted by it, and the rest goes on. */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { stringifyJson, type JsonObject } from '@resoto/worker-core';

import { AcmeCleanup } from './acme-cleanup.ts';
import type { AcmeCloud } from './acme-cloud.ts';
import { until, type CoreProgram } from './core-program.ts';
import { call } from './http.ts';
import { connected, type WorkerProgram } from './worker-program.ts';

let acme: AcmeCleanup;
let core: CoreProgram;
let cloud: AcmeCloud;

beforeEach(async () => {
  acme = await AcmeCleanup.start(['a', 'b', 'c']);
  ({ core, cloud } = acme);
});

afterEach(() => acme.end());

test('marked nodes that cannot be deleted are refused with the reason, and the others are deleted (no. 6)', async () => {
  const worker = await acme.collected();
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
  await acme.mark();

  const run = await acme.cleanUp();

  expect(run.answers['cleanup']).toEqual({ 'resoto.worker-collector': 'action_done' });
  expect(cloud.deleted).toEqual(['c', 'b', 'a']);
  const refused = (await worker.hasLogged('deletion refused', 4)).map(({ id, reason }) => [id, reason]);
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
    await acme.configure({ cleanup_dry_run: dryRun });
    const worker = await acme.collected();
    await acme.mark();

    const plan = await acme.command('plan');
    await acme.cleanUp();

    expect(plan.stdout).toContain('1 resources are deleted in 1 wave, 2 stay.');
    expect(plan.stdout).toContain('  refused, it is the default\n    acme_box  default  one  eu\n');
    expect(cloud.deleted).toEqual(deleted);
    await worker.hasLogged('cleanup ended');
    const stays = [...worker.logged('deletion refused'), ...worker.logged('deletion blocked')];
    expect(stays.map(({ name, reason }) => [name, reason])).toEqual([
      ['default', 'it is the default'],
      ['net', 'blocked by acme_box default (refused: it is the default)'],
    ]);
  },
);

describe('a journal', () => {
  test.each([
    ['worker', { worker: 'somebody.else' }],
    ['core', { core: 'http://127.0.0.1:1' }],
    ['graph', { graph: 'other' }],
  ])('of another %s is set aside and named, and nothing is deleted by it', async (_, different) => {
    const first = await acme.collected();
    await first.kill('SIGTERM');
    await writeJournal([head(different), boxCall('c')]);
    const worker = await acme.startWorker();

    expect(await worker.hasLogged('a journal of a cleanup was set aside')).toMatchObject([{ code: 'journal_foreign' }]);
    expect(cloud.deleted).toEqual([]);
    await acme.mark();
    await acme.cleanUp();

    expect(cloud.deleted).toEqual(['c', 'b', 'a']);
    expect((await journals()).filter((name) => name.startsWith('journal.ndjson.'))).toHaveLength(1);
  });

  test('that is none is set aside and named', async () => {
    const first = await acme.collected();
    await first.kill('SIGTERM');
    await writeJournal(['{"something":"else"}']);
    const worker = await acme.startWorker();
    await acme.mark();
    await acme.cleanUp();

    expect(await worker.hasLogged('a journal of a cleanup was set aside')).toMatchObject([{ code: 'journal_broken' }]);
    expect(cloud.deleted).toEqual(['c', 'b', 'a']);
  });

  test('that was cut in the middle of a line counts up to there: each resource is deleted once', async () => {
    const first = await acme.collected();
    await first.kill('SIGTERM');
    await writeJournal([head({}), boxCall('c')], '{"is":"answer","call":1,"ans');
    const worker = await acme.startWorker();
    await worker.hasLogged('the interrupted cleanup is told');
    expect(cloud.deleted).toEqual([]);
    await acme.mark();

    await acme.cleanUp();

    expect(cloud.deleted).toEqual(['c', 'b', 'a']);
    expect(await acme.cleaned()).toBe(3);
    expect(worker.logged('a journal of a cleanup was set aside')).toEqual([]);
  });
});

describe('a core that is lost in the middle of a cleanup', () => {
  let worker: WorkerProgram;

  beforeEach(async () => {
    await acme.configure({ cleanup_dry_run: false, shutdown_grace: '2s' });
    worker = await acme.collected();
    await acme.mark();
    const held = cloud.hold('b');
    await core.startWorkflow('cleanup');
    await held.reached;
    await core.kill();
    held.release();
    await worker.hasLogged('resource deleted', 2);
  });

  test('stops deletions until it is back and answers what may still be deleted', async () => {
    expect(cloud.deleted).toEqual(['c', 'b']);

    await core.start();
    await connected(worker, 2);
    await until('the rest is cleaned', async () => (await acme.cleaned()) === 3);

    expect(cloud.deleted).toEqual(['c', 'b', 'a']);
    expect(await worker.hasLogged('cleanup ended')).toMatchObject([{ outcomes: { deleted: 3 } }]);
  });

  test('does not hold up a worker that is stopped, and what it did is told with the next start', async () => {
    await worker.kill('SIGTERM');

    expect(cloud.deleted).toEqual(['c', 'b']);
    expect(worker.logged('resource skipped').map(({ name }) => name)).toEqual(['a']);
    await core.start();
    await acme.startWorker();
    await until('it is told', async () => (await acme.cleaned()) >= 2);
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
  await mkdir(join(acme.directory, 'state/cleanup'), { recursive: true });
  await writeFile(join(acme.directory, 'state/cleanup/journal.ndjson'), `${lines.join('\n')}\n${rest}`);
}

function journals(): Promise<string[]> {
  return readdir(join(acme.directory, 'state/cleanup'));
}
