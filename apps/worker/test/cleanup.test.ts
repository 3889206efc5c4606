import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parseJson, stringifyJson, type JsonObject, type NodeRow } from '@resoto/worker-core';

import { CoreProgram, until, type Run } from './core-program.ts';
import { call, callJson } from './http.ts';
import { killPrograms } from './program.ts';
import { localCore, startWorker, startWorkerProgram, type WorkerProgram } from './worker-program.ts';

let core: CoreProgram;
let directory: string;

beforeEach(async () => {
  core = await CoreProgram.start();
  directory = await mkdtemp(join(tmpdir(), 'cleanup-'));
});

afterEach(async () => {
  await killPrograms();
  await core.remove();
  await rm(directory, { recursive: true, force: true });
});

describe('a cleanup', () => {
  test('deletes every marked resource of the example cloud in order, and tells the core', async () => {
    const worker = await workerWith({ collector: ['example'], cleanup: true, cleanup_dry_run: false });
    await mark('is(example_resource) or is(network) or is(instance) or is(volume)');

    const run = await cleanUp();

    expect(run.answers['cleanup']).toEqual({ 'resoto.worker-collector': 'action_done' });
    expect(await counts()).toEqual({ marked: 7, cleaned: 7 });
    const order = (await worker.hasLogged('resource deleted', 7)).map(({ id }) => id);
    const nodes = new Map((await nodesOf('/metadata.cleaned == true')).map((node) => [node.id, node]));
    const deleted = order.map((id) => nodes.get(id as string)?.reported['id']);
    for (const number of [1, 2]) {
      const instance = deleted.indexOf(`someInstance${number}`);
      expect(instance).toBeGreaterThanOrEqual(0);
      expect(deleted.indexOf(`someNetwork${number}`)).toBeGreaterThan(instance);
      expect(deleted.indexOf(`someVolume${number}`)).toBeGreaterThan(instance);
    }
    const [network] = await nodesOf('id == someNetwork1');
    expect(network?.metadata?.['event_log']).toMatchObject([{ msg: 'Successfully cleaned up', exception: null }]);
  });

  test('deletes every marked resource of the random cloud', async () => {
    await workerWith(
      { collector: ['random'], cleanup: true, cleanup_dry_run: false },
      { random: { seed: 7, size: 1 } },
    );
    await mark('is(network) or is(instance) or is(volume) or is(load_balancer)');

    const run = await cleanUp();

    expect(run.answers['cleanup']).toEqual({ 'resoto.worker-collector': 'action_done' });
    const { marked, cleaned } = await counts();
    expect(marked).toBeGreaterThan(100);
    expect(cleaned).toBe(marked);
  });

  test('leaves what is protected, and what depends on it', async () => {
    await workerWith({ collector: ['example'], cleanup: true, cleanup_dry_run: false });
    await execute('search id == someNetwork1 | protect');
    await mark('is(network) or is(instance)');

    await cleanUp();

    const cleaned = await nodesOf('/metadata.cleaned == true');
    expect(cleaned.map(({ reported }) => reported['id'])).not.toContain('someNetwork1');
    expect(cleaned.map(({ reported }) => reported['id'])).toContain('someNetwork2');
  });

  test('deletes nothing in a dry run, and leaves the plan on disk', async () => {
    await workerWith({ collector: ['example'], cleanup: true });
    await mark('is(instance)');

    await cleanUp();

    expect(await counts()).toEqual({ marked: 2, cleaned: 0 });
    const plan: unknown = JSON.parse(await readFile(join(directory, 'state/cleanup/dry-run.json'), 'utf8'));
    expect(plan).toMatchObject({ kind: 'resoto_cleanup_plan', summary: { deleted: 2, stay: 0 } });
  });

  test('does nothing unless it is switched on', async () => {
    await workerWith({ collector: ['example'] });
    await mark('is(instance)');

    const run = await cleanUp();

    expect(run.answers['cleanup']).toEqual({ 'resoto.worker-collector': 'action_done' });
    expect(await counts()).toEqual({ marked: 2, cleaned: 0 });
  });

  test('stops at a brake before the first deletion, and says which (no. 5)', async () => {
    await workerWith({ collector: ['example'], cleanup: true, cleanup_dry_run: false, cleanup_max_share: 0.1 });
    await mark('is(instance)');

    const run = await cleanUp();

    expect(run.answers['cleanup']).toEqual({ 'resoto.worker-collector': 'action_error' });
    expect((await core.log(run.id)).map(({ message }) => message).join('\n')).toContain('cleanup_max_share');
    expect(await counts()).toEqual({ marked: 2, cleaned: 0 });
  });

  test.each([
    { setting: 'cleanup_max_resources', value: 1 },
    { setting: 'cleanup_max_per_account', value: 1 },
    { setting: 'cleanup_requires_plan', value: true },
  ])('is stopped by $setting = $value before the first deletion', async ({ setting, value }) => {
    await workerWith({ collector: ['example'], cleanup: true, cleanup_dry_run: false, [setting]: value });
    await mark('is(instance)');

    const run = await cleanUp();

    expect(run.answers['cleanup']).toEqual({ 'resoto.worker-collector': 'action_error' });
    expect((await core.log(run.id)).map(({ message }) => message).join('\n')).toContain(setting);
    expect(await counts()).toEqual({ marked: 2, cleaned: 0 });
  });

  test.each([
    { setting: 'cleanup_never_accounts', value: ['Example Account'] },
    { setting: 'cleanup_never_kinds', value: ['instance'] },
  ])('refuses what $setting names, and holds back what waits for it', async ({ setting, value }) => {
    const worker = await workerWith({
      ...{ collector: ['example'], cleanup: true, cleanup_dry_run: false },
      [setting]: value,
    });
    await mark('is(instance) or is(network)');

    await cleanUp();

    expect(await counts()).toEqual({ marked: 4, cleaned: 0 });
    await worker.hasLogged('cleanup ended');
    const reasons = [...worker.logged('deletion refused'), ...worker.logged('deletion blocked')];
    expect(reasons).toHaveLength(4);
    for (const { reason } of reasons) expect(reason).toContain(`the setting ${setting} names`);
  });

  test('warns about a kind in cleanup_never_kinds that nothing is of, in the plan and in the log', async () => {
    const settings = { collector: ['example'], cleanup: true, cleanup_never_kinds: ['instanze', 'instance'] };
    const worker = await workerWith(settings);
    await mark('is(volume)');
    const warning = 'the setting cleanup_never_kinds names instanze, which no resource of the enabled clouds is';

    const { stdout } = await command('plan');
    await cleanUp();

    expect(stdout.split('\n').filter((line) => line.startsWith('!'))).toEqual([`! ${warning}`]);
    expect(await worker.hasLogged('cleanup plan')).toMatchObject([{ warning }]);
  });

  test('waits until a mark is old enough', async () => {
    await workerWith({ collector: ['example'], cleanup: true, cleanup_dry_run: false, cleanup_min_mark_age: '1s' });
    await mark('is(instance)');
    await cleanUp();
    expect(await counts()).toEqual({ marked: 2, cleaned: 0 });

    await until('the marks are old', async () => {
      await cleanUp();
      return (await counts()).cleaned === 2;
    });
  });
});

describe('a plan', () => {
  const settings = { collector: ['example'], cleanup: true, cleanup_dry_run: false };

  test('is shown in every format and changes nothing', async () => {
    await workerWith(settings);
    await mark('is(network) or is(instance)');

    const text = await command('plan');

    expect(text).toMatchObject({ code: 0, stderr: '' });
    expect(text.stdout).toContain('4 resources are deleted in 2 waves, 0 stay.');
    expect(text.stdout).toContain('after example_instance someInstance1');
    for (const [format, start] of Object.entries({ json: '{', dot: 'digraph', svg: '<svg', html: '<!doctype html>' })) {
      expect((await command('plan', '--format', format)).stdout).toMatch(new RegExp(`^${start}`));
    }
    expect(await counts()).toEqual({ marked: 4, cleaned: 0 });
    expect((await command('plan', '--format', 'pdf')).code).toBe(2);
  });

  test('is carried out without what changed since', async () => {
    await workerWith(settings);
    await mark('is(network) or is(instance) or is(volume)');
    const file = join(directory, 'plan.json');
    expect(await command('plan', '--out', file)).toMatchObject({ code: 0 });
    await execute('search id == someVolume1 | protect');
    await execute('search id == someInstance2 | set_desired clean=false');
    await mark('id == someExampleResource');

    const { code, stdout } = await command('apply', file);

    expect(stdout).toContain('example_volume someVolume1: refused, it is protected');
    expect(stdout).toContain('example_instance someInstance2: refused, it is not marked any more');
    expect(stdout).toContain('example_custom_resource someExampleResource: skipped, it is not in the approved plan');
    expect(stdout).toContain('someNetwork2: blocked by example_instance someInstance2, whose mark was taken back');
    expect(code).toBe(3);
    const cleaned = (await nodesOf('/metadata.cleaned == true')).map(({ reported }) => reported['id']);
    expect(cleaned).toContain('someInstance1');
    expect(cleaned).toContain('someNetwork1');
    expect(cleaned).not.toContain('someVolume1');
    expect(cleaned).not.toContain('someInstance2');
    expect(cleaned).not.toContain('someExampleResource');
  });

  test('is carried out without what something new hangs on', async () => {
    await workerWith(settings);
    await mark('is(network)');
    const file = join(directory, 'plan.json');
    await command('plan', '--out', file);
    await mark('is(instance)');
    await writeFile(file, await withoutOrder(file));

    const { code, stdout } = await command('apply', file);

    expect(code).toBe(3);
    expect(stdout).toMatch(/someNetwork1: refused, after the plan was made, example_instance someInstance1.* came/);
    expect(await counts()).toEqual({ marked: 4, cleaned: 0 });
  });

  test('is made against a core of `local`, which stores no collectors, as that collected', async () => {
    const local = startWorkerProgram({
      args: ['local', '--port', '0', '--data', join(directory, 'local')],
      env: { HOME: directory, AWS_EC2_METADATA_DISABLED: 'true' },
    });
    const uri = await localCore(local);
    await call(`${uri}/cli/execute?graph=resoto&section=reported`, {
      method: 'POST',
      body: 'search is(example_instance) | clean',
    });

    const plan = await commandAt(uri, 'plan');

    expect(plan.stdout).toContain('2 resources are deleted in 1 wave');
  });

  test('that was edited is refused', async () => {
    await workerWith(settings);
    await mark('is(instance)');
    const file = join(directory, 'plan.json');
    await command('plan', '--out', file);
    await writeFile(file, (await readFile(file, 'utf8')).replace('someInstance1', 'someInstance9'));

    const { code, stderr } = await command('apply', file);

    expect(code).toBe(1);
    expect(stderr).toContain('was changed after it was made');
    expect(await counts()).toEqual({ marked: 2, cleaned: 0 });
  });

  test('is needed where the configuration says so', async () => {
    await workerWith({ ...settings, cleanup_requires_plan: true });
    await mark('is(instance)');

    const run = await cleanUp();
    expect(run.answers['cleanup']).toEqual({ 'resoto.worker-collector': 'action_error' });
    expect(await counts()).toEqual({ marked: 2, cleaned: 0 });

    await command('plan', '--out', join(directory, 'state/cleanup/approved.json'));
    await cleanUp();
    expect(await counts()).toEqual({ marked: 2, cleaned: 2 });
  });
});

/** The plan as it would be had it been made before anything hung on its nodes. */
async function withoutOrder(file: string): Promise<string> {
  const { digest: _, nodes, ...rest } = parseJson(await readFile(file, 'utf8')) as { nodes: JsonObject[] } & JsonObject;
  const free = nodes.map((node) => ({ ...node, after: [] }));
  const hash = createHash('sha256').update(stringifyJson(rest));
  for (const node of free) hash.update(stringifyJson(node));
  return stringifyJson({ ...rest, nodes: free, digest: hash.digest('hex') });
}

function command(...args: readonly string[]) {
  return commandAt(core.uri, ...args);
}

async function commandAt(uri: string, ...args: readonly string[]) {
  const [name = '', ...others] = args;
  const program = startWorkerProgram({
    args: [name, ...others, '--resotocore-uri', uri, '--data', join(directory, 'state')],
    env: { HOME: directory },
  });
  const code = await program.ended;
  return { code, stdout: program.stdout(), stderr: program.stderr() };
}

async function workerWith(settings: JsonObject, sections: JsonObject = {}): Promise<WorkerProgram> {
  await core.configure({ resotoworker: settings, ...sections });
  const worker = await startWorker({ uri: core.uri, directory });
  await core.finished(await core.startCollect());
  return worker;
}

async function mark(query: string): Promise<void> {
  await execute(`search ${query} | clean`);
}

async function execute(command: string): Promise<string> {
  return call(`${core.uri}/cli/execute?graph=resoto&section=reported`, { method: 'POST', body: command });
}

async function cleanUp(): Promise<Run> {
  const { id } = await callJson<{ readonly id: string }>(`${core.uri}/workflow/cleanup`, { method: 'POST' });
  return core.finished(id);
}

async function nodesOf(query: string): Promise<readonly NodeRow[]> {
  const rows = await core.search(query.startsWith('/') ? query : `/reported.${query}`);
  return rows.filter((row) => row.type === 'node');
}

async function counts(): Promise<{ readonly marked: number; readonly cleaned: number }> {
  const marked = await nodesOf('/desired.clean == true');
  return { marked: marked.length, cleaned: marked.filter(({ metadata }) => metadata?.['cleaned'] === true).length };
}
