import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { AcmeCleanup } from './acme-cleanup.ts';
import type { AcmeCloud } from './acme-cloud.ts';
import { until, type CoreProgram } from './core-program.ts';

let acme: AcmeCleanup;
let core: CoreProgram;
let cloud: AcmeCloud;

beforeEach(async () => {
  acme = await AcmeCleanup.start(['a', 'b', 'c', 'd', 'e']);
  ({ core, cloud } = acme);
});

afterEach(() => acme.end());

describe('a worker that is killed in the middle of a cleanup', () => {
  test('goes on when it is started again: nothing is deleted twice, and nothing is forgotten', async () => {
    const worker = await acme.collected();
    await acme.mark();
    // The box is gone, and the worker never learns it.
    const held = cloud.hold('c');
    const id = await core.startWorkflow('cleanup');
    await held.reached;
    await worker.kill('SIGKILL');

    const next = await acme.startWorker();
    const run = await core.finished(id);

    expect(run.answers['cleanup']).toEqual({ 'resoto.worker-collector': 'action_done' });
    expect(cloud.deleted).toEqual(['e', 'd', 'c', 'b', 'a']);
    expect(await acme.cleaned()).toBe(5);
    // Also what the process that was killed did.
    expect(await next.hasLogged('cleanup ended')).toMatchObject([{ outcomes: { deleted: 5 } }]);
    expect(next.logged('a cleanup was interrupted').length).toBeGreaterThan(0);
    expect(await readdir(join(acme.directory, 'state/cleanup'))).toContain('journal.last.ndjson');
  });
});

test('a worker that is stopped finishes what runs and starts nothing more (no. 5)', async () => {
  const worker = await acme.collected();
  await acme.mark();
  const held = cloud.hold('d');
  await core.startWorkflow('cleanup');
  await held.reached;

  const ended = worker.kill('SIGTERM');
  await worker.hasLogged('worker is stopping');
  held.release();

  expect(await ended).toBe(0);
  expect(cloud.deleted).toEqual(['e', 'd']);
  expect(await acme.cleaned()).toBe(2);
  expect(worker.logged('resource skipped').map(({ reason }) => reason)).toEqual(
    Array.from({ length: 3 }, () => 'the run was stopped: the worker stops'),
  );
});

test('a cleanup of another run waits until the one before it is over, and deletes nothing again (no. 5)', async () => {
  await acme.collected();
  await acme.mark();
  const held = cloud.hold('d');
  const first = await core.startWorkflow('cleanup');
  await held.reached;

  const second = await core.startWorkflow('collect_and_cleanup');
  await until('the second one is there', async () => (await core.run(second)).step === 'cleanup');
  const meanwhile = [...cloud.deleted];
  held.release();
  const runs = [await core.finished(first), await core.finished(second)];

  expect(meanwhile).toEqual(['e', 'd']);
  expect(cloud.deleted).toEqual(['e', 'd', 'c', 'b', 'a']);
  for (const { answers } of runs) {
    expect(answers['cleanup']).toEqual({ 'resoto.worker-collector': 'action_done' });
  }
});

test('a cleanup that the core aborts finishes what runs and starts nothing more; the next one does the rest', async () => {
  const worker = await acme.collected();
  await acme.mark();
  const held = cloud.hold('d');
  const id = await core.startWorkflow('cleanup');
  await held.reached;

  await acme.execute(`workflow stop ${id}`);
  await worker.hasLogged('resource skipped', 3);
  held.release();

  await until('what was deleted is told', async () => (await acme.cleaned()) === 2);
  expect(cloud.deleted).toEqual(['e', 'd']);
  expect(await worker.hasLogged('cleanup ended')).toMatchObject([{ outcomes: { deleted: 2, skipped: 3 } }]);
  await acme.cleanUp();
  expect(cloud.deleted).toEqual(['e', 'd', 'c', 'b', 'a']);
});

test.each([
  { dryRun: true, changes: [] },
  {
    dryRun: false,
    changes: [
      'DELETE /accounts/one/boxes/a',
      'DELETE /accounts/one/boxes/crate',
      'POST /accounts/one/boxes/crate/open',
    ],
  },
])(
  'a collect, a plan and a cleanup change no more than they should (dry run: $dryRun)',
  async ({ dryRun, changes }) => {
    cloud.accounts = { one: [{ id: 'a' }, { id: 'crate', sealed: true }] };
    await acme.configure({ cleanup_dry_run: dryRun });
    const worker = await acme.collected();
    await acme.mark();

    const plan = await acme.command('plan');
    const before = [...cloud.changes];
    await acme.cleanUp();

    expect(plan.stdout).toContain('acme_crate  crate  eu\n      pre-delete step before its deletion');
    expect(before).toEqual([]);
    expect(await worker.hasLogged(dryRun ? 'resource dry run' : 'resource deleted', 2)).toHaveLength(2);
    expect(cloud.changes.toSorted()).toEqual(changes);
  },
);
