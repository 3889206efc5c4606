import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { AcmeCloud, acmePackage } from './acme-cloud.ts';
import { CoreProgram } from './core-program.ts';
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
    await call(`${core.uri}/cli/execute?graph=resoto&section=reported`, {
      method: 'POST',
      body: 'search is(acme_box) | clean',
    });
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
    expect(await readdir(join(directory, 'state/cleanup'))).toContain('journal.last.ndjson');
  });
});

function start(): Promise<WorkerProgram> {
  return startWorker({ uri: core.uri, directory, main });
}
