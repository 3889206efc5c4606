import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';

import { CoreProgram } from './core-program.ts';
import { callJson } from './http.ts';
import { killPrograms } from './program.ts';
import { connected, localCore, startWorkerProgram } from './worker-program.ts';

const main = new URL('../src/main-fix.ts', import.meta.url);

let directory: string;
let core: CoreProgram;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fix-'));
});

beforeEach(async () => {
  core = await CoreProgram.start({ generation: 'fix' });
});

afterEach(async () => {
  await killPrograms();
  await core.remove();
});

afterAll(async () => {
  await rm(directory, { recursive: true });
});

test('a worker with the settings of old collects into the graph of the new core, under the new names', async () => {
  const worker = startWorkerProgram({
    main,
    args: ['--resotocore-uri', core.uri, '--data', join(directory, 'state')],
    env: {
      HOME: directory,
      RESOTOWORKER_OVERRIDE: 'resotoworker.collector=example resotoworker.web_port=0',
      RESOTO_VERBOSE: 'true',
    },
  });
  await connected(worker);

  const run = await core.finished(await core.startCollect());
  const search = startWorkerProgram({ main, args: ['search', 'is(account)', '--fixcore-uri', core.uri] });

  expect(run.answers['collect']).toEqual({ 'fix.worker-collector': 'action_done' });
  expect(await callJson(`${core.uri}/config/fix.worker`)).toHaveProperty('fixworker');
  expect(await search.ended).toBe(0);
  expect(search.stdout()).toContain('example_account');
  expect(await worker.hasLogged('collect ended')).toMatchObject([{ process: 'fixworker' }]);
  expect(await worker.kill('SIGTERM')).toBe(0);
});

test('a worker of its own core says how it is searched', async () => {
  const worker = startWorkerProgram({
    main,
    args: ['local', '--port', '0', '--override', 'fixworker.collector=example'],
    env: { HOME: directory },
  });

  await localCore(worker);

  expect(worker.stdout()).toMatch(/fixworker search 'is\(instance\)' --fixcore-uri http:/);
  expect(await worker.kill('SIGTERM')).toBe(0);
});

test('a plan is about the graph of its generation', async () => {
  const plan = startWorkerProgram({
    main,
    args: ['plan', '--fixcore-uri', core.uri, '--format', 'json', '--data', join(directory, 'plan')],
    env: { HOME: directory },
  });

  expect([await plan.ended, plan.stderr()]).toEqual([0, '']);
  expect(JSON.parse(plan.stdout())).toMatchObject({ graph: 'fix' });
});
