import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { AcmeCloud, acmePackage } from './acme-cloud.ts';
import { CoreProgram, until } from './core-program.ts';
import { call, callJson } from './http.ts';
import { killPrograms } from './program.ts';
import { installProgram, startWorker, type WorkerProgram } from './worker-program.ts';

/** Each has to go before the one in front of it. */
const chain = ['a', 'b', 'c', 'd', 'e'];
let core: CoreProgram;
let cloud: AcmeCloud;
let directory: string;
let main: URL;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'crash-'));
  main = await installProgram(directory, { acme: acmePackage });
  cloud = await AcmeCloud.start();
  cloud.accounts = {
    one: chain.map((id, index) => ({ id, ...(index === 4 ? {} : { after: chain[index + 1] ?? '' }) })),
  };
  core = await CoreProgram.start();
  await core.configure({
    resotoworker: { collector: ['acme'], cleanup: true, cleanup_dry_run: false },
    acme: { endpoint: cloud.endpoint },
  });
});

afterEach(async () => {
  await killPrograms();
  await cloud.stop();
  await core.remove();
  await rm(directory, { recursive: true });
});

describe('a worker that is killed in the middle of a cleanup', () => {
  test('goes on when it is started again: nothing is deleted twice, and nothing is forgotten', async () => {
    const worker = await start();
    await core.finished(await core.startCollect());
    await mark();
    let reached = (): void => {};
    const deleting = new Promise<void>((resolve) => (reached = resolve));
    // The box is gone, and the worker never learns it.
    cloud.afterDelete = (id) => (id === 'c' ? (reached(), new Promise(() => {})) : undefined);
    const { id } = await callJson<{ readonly id: string }>(`${core.uri}/workflow/cleanup`, { method: 'POST' });
    await deleting;
    await worker.kill('SIGKILL');
    cloud.afterDelete = () => {};

    const next = await start();
    const run = await core.finished(id);

    expect(run.answers['cleanup']).toEqual({ 'resoto.worker-collector': 'action_done' });
    expect(cloud.deleted).toEqual(['e', 'd', 'c', 'b', 'a']);
    expect(await core.search('/metadata.cleaned == true')).toHaveLength(5);
    expect(next.logged('a cleanup was interrupted').length).toBeGreaterThan(0);
    // Also what the process that was killed did.
    expect(next.logged('cleanup ended')).toMatchObject([{ outcomes: { deleted: 5 } }]);
    expect(await readdir(join(directory, 'state/cleanup'))).toContain('journal.last.ndjson');
  });
});

test('a worker that is stopped finishes what runs and starts nothing more (no. 5)', async () => {
  const worker = await start();
  await core.finished(await core.startCollect());
  await mark();
  let reached = (): void => {};
  const deleting = new Promise<void>((resolve) => (reached = resolve));
  let release = (): void => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  cloud.afterDelete = (id) => (id === 'd' ? (reached(), released) : undefined);
  await call(`${core.uri}/workflow/cleanup`, { method: 'POST' });
  await deleting;

  const ended = worker.kill('SIGTERM');
  await until('the worker is stopping', () => worker.logged('worker is stopping').length > 0);
  release();

  expect(await ended).toBe(0);
  expect(cloud.deleted).toEqual(['e', 'd']);
  expect(await core.search('/metadata.cleaned == true')).toHaveLength(2);
  expect(worker.logged('resource skipped').map(({ reason }) => reason)).toEqual(
    Array.from({ length: 3 }, () => 'the run was stopped: the worker stops'),
  );
});

test('a cleanup of another run waits until the one before it is over, and deletes nothing again (no. 5)', async () => {
  await start();
  await core.finished(await core.startCollect());
  await mark();
  let reached = (): void => {};
  const deleting = new Promise<void>((resolve) => (reached = resolve));
  let release = (): void => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  cloud.afterDelete = (id) => (id === 'd' ? (reached(), released) : undefined);
  const first = await core.startWorkflow('cleanup');
  await deleting;

  const second = await core.startWorkflow('collect_and_cleanup');
  await until('the second one is there', async () => (await core.run(second)).step === 'cleanup');
  const meanwhile = [...cloud.deleted];
  release();
  const runs = [await core.finished(first), await core.finished(second)];

  expect(meanwhile).toEqual(['e', 'd']);
  expect(cloud.deleted).toEqual(['e', 'd', 'c', 'b', 'a']);
  for (const { answers } of runs) {
    expect(answers['cleanup']).toEqual({ 'resoto.worker-collector': 'action_done' });
  }
});

test('neither a collect nor a dry run deletes anything', async () => {
  await core.configure({ resotoworker: { collector: ['acme'], cleanup: true }, acme: { endpoint: cloud.endpoint } });
  const worker = await start();
  await core.finished(await core.startCollect());
  await mark();
  const { id } = await callJson<{ readonly id: string }>(`${core.uri}/workflow/cleanup`, { method: 'POST' });
  await core.finished(id);

  expect(worker.logged('resource dry run')).toHaveLength(5);
  expect(cloud.deleted).toEqual([]);
});

async function mark(): Promise<void> {
  await call(`${core.uri}/cli/execute?graph=resoto&section=reported`, {
    method: 'POST',
    body: 'search is(acme_box) | clean',
  });
}

function start(): Promise<WorkerProgram> {
  return startWorker({ uri: core.uri, directory, main });
}
