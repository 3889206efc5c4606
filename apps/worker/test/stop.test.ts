import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '@resoto/worker-core';

import { AcmeCleanup } from './acme-cleanup.ts';
import type { AcmeCloud } from './acme-cloud.ts';
import { until, type CoreProgram } from './core-program.ts';
import { callJson } from './http.ts';
import type { WorkerProgram } from './worker-program.ts';

/** An action plugin that asks the cloud, and does what the answer says: nothing. */
const inspector = {
  entry: `export const plugin = { name: 'inspector', actions: [{
    className: 'Inspector', action: 'cleanup_plan',
    section: { name: 'inspector', description: 'Looks at boxes.', fields: {
      enabled: { type: 'boolean', default: false, description: 'Take part.', restart: true },
      endpoint: { type: 'string', default: '', description: 'Where the cloud answers.' } } },
    load: async () => ({ run: ({ config, signal }) => fetch(new URL('/inspect', config.endpoint), { signal }) }),
  }] };`,
};
const inspectorId = 'resoto.worker-actions-cleanup_plan-Inspector';
const collectorId = 'resoto.worker-collector';

let acme: AcmeCleanup;
let core: CoreProgram;
let cloud: AcmeCloud;
let worker: WorkerProgram;

beforeEach(async () => {
  acme = await AcmeCleanup.start(['a', 'b', 'c'], { inspector });
  ({ core, cloud } = acme);
  await acme.configure({ cleanup_dry_run: false }, { inspector: { enabled: true, endpoint: cloud.endpoint } });
  worker = await acme.collected();
});

afterEach(() => acme.end());

describe('a worker that is told to stop', () => {
  test('finishes the tag tasks that are here, answers later ones with an error, and ends with exit code 0', async () => {
    const held = hold((path) => path.endsWith('/tags'));
    const first = tagged('a');
    await held.reached;

    const ended = worker.kill('SIGTERM');
    await worker.hasLogged('worker is stopping');
    const late = await tagged('b');
    held.release();

    expect(await first).toMatchObject([{ reported: { id: 'a', tags: { owner: 'jane' } } }]);
    expect(late).toMatchObject([{ error: expect.stringContaining('The worker stops and takes no tag any more') }]);
    expect(await ended).toBe(0);
  });

  test('answers what does not end within the grace time with an error, and ends with exit code 0', async () => {
    await changeSetting({ shutdown_grace: '1s' });
    await worker.hasLogged('the configuration has changed');
    const held = hold((path) => path.endsWith('/tags') || path === '/inspect');
    const tags = [tagged('a'), tagged('a')];
    await until('both are sent', async () => (await sentTasks()) === 2);
    tags.push(tagged('b'));
    const run = await core.startWorkflow('cleanup');
    const last = ['/accounts/one/boxes/b/tags', '/inspect'];
    await until('all that was sent has come', () => last.every((path) => held.paths().includes(path)));

    const code = await worker.kill('SIGTERM');

    expect(code).toBe(0);
    for (const answer of await Promise.all(tags)) {
      expect(answer).toMatchObject([{ error: expect.stringContaining('the worker stops') }]);
    }
    await until('the plugin has answered', async () => (await answerOf(run, 'cleanup_plan')) !== undefined);
    expect(await answerOf(run, 'cleanup_plan')).toEqual({ [inspectorId]: 'action_error' });
  });

  test('finishes and answers what an action plugin does, and leaves the next step to the next worker', async () => {
    const held = hold((path) => path === '/inspect');
    const run = await core.startWorkflow('cleanup');
    await held.reached;

    const ended = worker.kill('SIGTERM');
    await worker.hasLogged('worker is stopping');
    held.release();
    const code = await ended;
    await acme.startWorker();
    const { answers } = await core.finished(run);

    expect(code).toBe(0);
    expect(answers).toMatchObject({
      cleanup_plan: { [inspectorId]: 'action_done' },
      cleanup: { [collectorId]: 'action_done' },
    });
  });

  test('in a cleanup deletes nothing more, and the next one does the rest and repeats nothing', async () => {
    await acme.mark();
    const held = cloud.hold('c');
    await core.startWorkflow('cleanup');
    await held.reached;

    const ended = worker.kill('SIGTERM');
    await worker.hasLogged('worker is stopping');
    held.release();
    const code = await ended;
    const [deleted, cleaned] = [[...cloud.deleted], await acme.cleaned()];
    await acme.startWorker();
    await acme.cleanUp();

    expect([code, deleted, cleaned]).toEqual([0, ['c'], 1]);
    expect(cloud.deleted).toEqual(['c', 'b', 'a']);
  });
});

test('a restart in place loses no answer of what runs, and does nothing twice', async () => {
  await acme.mark();
  const deletion = cloud.hold('c');
  const cleanup = await core.startWorkflow('cleanup');
  await deletion.reached;
  const held = hold((path) => path.endsWith('/tags') || path === '/accounts/one/boxes');
  const tags = tagged('a');
  const collect = await core.startCollect();
  await until('both ask the cloud', () => held.paths().length === 2);

  await changeSetting({ web_path: '/mounted' });
  await worker.hasLogged('worker is stopping');
  held.release();
  deletion.release();
  await worker.hasLogged('worker started', 2);

  expect(await tags).toMatchObject([{ reported: { id: 'a', tags: { owner: 'jane' } } }]);
  expect(await core.finished(collect)).toMatchObject({ answers: { collect: { [collectorId]: 'action_done' } } });
  expect(await core.finished(cleanup)).toMatchObject({ answers: { cleanup: { [collectorId]: 'action_error' } } });
  expect(cloud.deleted).toEqual(['c']);
  await acme.cleanUp();
  expect(cloud.deleted).toEqual(['c', 'b', 'a']);
  expect(held.paths().toSorted()).toEqual(['/accounts/one/boxes', '/accounts/one/boxes/a/tags']);
});

/** Holds back answers of the cloud. */
function hold(isHeld: (path: string) => boolean) {
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const paths: string[] = [];
  cloud.hook = async (path) => {
    if (!isHeld(path)) return 200;
    paths.push(path);
    reach();
    await released;
    return 200;
  };
  return { reached, release, paths: () => paths };
}

/** Tags a box with the command line of the core. @returns what that gives */
function tagged(id: string): Promise<readonly JsonObject[]> {
  const body = `search id == "${id}" | tag update owner jane | dump`;
  return callJson(`${core.uri}/cli/execute?graph=resoto&section=reported`, { method: 'POST', body });
}

/** Number of tasks that the core has sent to workers and that are not answered. */
async function sentTasks(): Promise<number> {
  return (await callJson<readonly JsonObject[]>(`${core.uri}/work/list`)).length;
}

async function changeSetting(setting: JsonObject): Promise<void> {
  const body = { resotoworker: setting };
  await callJson(`${core.uri}/config/resoto.worker`, { method: 'PATCH', body });
}

async function answerOf(run: string, step: string): Promise<JsonObject | undefined> {
  return (await core.run(run)).answers[step];
}
