import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Configuration } from '../config/configuration.ts';
import { loadConfiguration } from '../config/load-configuration.ts';
import { workerSection } from '../config/worker-section.ts';
import { coreConnection } from '../core-client/connection.ts';
import { CoreClient } from '../core-client/core-client.ts';
import { logOf } from '../log/log.ts';
import type { LogRecord } from '../log/log-record.ts';
import { Secrets } from '../log/secrets.ts';
import type { Generation } from '../protocol/generation.ts';
import { parseJson, type JsonObject, type JsonValue } from '../protocol/json.ts';
import { progressPath, type Progress } from '../protocol/progress.ts';
import { ScriptedCore, type RecordedRequest } from '../testing/scripted-core.ts';
import { plain, plugin, type AcmeScript } from './acme.test.plugin.ts';
import { collect } from './collect-run.ts';
import type { CollectServices } from './collect-request.ts';
import { ModelCache } from './model-cache.ts';
import type { CollectReport } from './report.ts';
import { ThreadPool } from './thread-pool.ts';

const counts = {
  nodes_created: 1,
  nodes_updated: 0,
  nodes_deleted: 0,
  edges_created: 1,
  edges_updated: 0,
  edges_deleted: 0,
};

let core: ScriptedCore;
let directory: string;
let pool: ThreadPool;
let client: CoreClient;
let infos: { level: string; message: string; context: readonly string[] }[];
let progress: Progress[];
let logged: LogRecord[];
let secrets: Secrets;

// Threads are kept from test to test: most of their price is loading.
beforeAll(() => {
  pool = new ThreadPool({
    log: logOf((record) => logged.push(record), 'info', 'main'),
    limits: () => ({ threads: 2, jobsPerThread: 4 }),
    grace: 100,
  });
});
afterAll(() => pool.close());

beforeEach(async () => {
  [infos, progress, logged, secrets] = [[], [], [], new Secrets()];
  directory = await mkdtemp(join(tmpdir(), 'run-'));
  core = await ScriptedCore.start();
  core.answer('POST', '/graph/resoto', { json: { id: 'root' } });
  core.answer('PATCH', '/graph/resoto/model', { json: {} });
  core.answer('POST', '/graph/resoto/merge', { json: counts });
  core.answer('PATCH', '/graph/resoto/nodes', { json: [] });
  answerSearches({});
  client = new CoreClient({ connection: coreConnection({ uri: core.uri }), backOff: { minimum: 5, maximum: 20 } });
});

afterEach(async () => {
  client.close();
  await core.stop();
  await rm(directory, { recursive: true });
});

describe('a run', () => {
  test('creates the graph, sends the model and imports each account by itself', async () => {
    const report = await run({
      accounts: [
        { id: '1', name: 'one', regions: { eu: ['a', 'b'] } },
        { id: '2', name: 'two' },
      ],
    });

    const paths = core.requests.map(({ method, path }) => `${method} ${path}`);
    expect(paths.indexOf('POST /graph/resoto')).toBeLessThan(paths.indexOf('PATCH /graph/resoto/model'));
    expect(merges()).toHaveLength(2);
    expect(report.clouds).toMatchObject([
      {
        cloud: 'acme',
        outcome: 'complete',
        imported: { nodes_created: 2 },
        accounts: [
          { name: 'one', outcome: 'complete', uploaded: true, kinds: { acme_account: 1, acme_region: 1, acme_box: 2 } },
          { name: 'two', outcome: 'complete', uploaded: true, nodes: 1 },
        ],
      },
    ]);
  });

  test('waits for the import and names its task (W11, W27)', async () => {
    await run({ accounts: [{ id: '1' }] });

    expect(merges()[0]).toMatchObject({
      query: { wait_for_result: 'true' },
      headers: { 'resoto-worker-task-id': 'task-1', 'resoto-worker-nodes': '3', 'resoto-worker-edges': '2' },
    });
  });

  test('adds the kinds of enabled clouds to the model, and takes away none of another worker (no. 32, W21)', async () => {
    await run({ accounts: [{ id: '1' }] }, { collector: ['acme'] });

    const [sent, ...more] = core.requests.filter(({ path }) => path === '/graph/resoto/model');
    expect(sent?.method).toBe('PATCH');
    expect(more).toEqual([]);
    const kinds = JSON.parse(sent?.body ?? '') as readonly { readonly fqn: string }[];
    expect(kinds.map(({ fqn }) => fqn)).toEqual(expect.arrayContaining(['acme_account', 'acme_box']));
    expect(kinds.filter(({ fqn }) => fqn.startsWith('aws_'))).toEqual([]);
  });

  test('leaves nothing on disk', async () => {
    await run({ accounts: [{ id: '1' }, { id: '2', does: 'throw' }] });

    expect(await readdir(directory)).toEqual([]);
  });

  test('keeps model and graph files when told so', async () => {
    await run({ accounts: [{ id: '1', name: 'one' }] }, { debug_dump_json: true });

    const [kept = ''] = await readdir(directory);
    const names = (await readdir(join(directory, kept))).toSorted();
    expect(names).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^resoto-graph-[\d-]{16}-acme-one\.ndjson$/),
        expect.stringMatching(/^resoto-model-[\d-]{16}-acme\.json$/),
      ]),
    );
    const graph = names.find((name) => name.startsWith('resoto-graph')) ?? '';
    expect(await readFile(join(directory, kept, graph), 'utf8')).toBe(merges()[0]?.body);
  });

  test('collects accounts whatever their ids are', async () => {
    const ids = ['x'.repeat(300), '../../up', 'a/b', '\u0000', '日本"\n'];

    await run({ accounts: ids.map((id) => ({ id })) }, { debug_dump_json: true });

    const imported = merges().map((_, index) => nodesOf(merged(index), 'acme_account')[0]?.['reported']);
    expect(imported).toEqual(expect.arrayContaining(ids.map((id) => expect.objectContaining({ id }))));
  });

  test('with a name that is not installed warns and names what is', async () => {
    const report = await run({ accounts: [{ id: '1' }] }, { collector: ['acme', 'acmee'] });

    expect(report.unknownCollectors).toEqual(['acmee']);
    expect(logged).toContainEqual(
      expect.objectContaining({ level: 'warn', facts: { collectors: ['acmee'], installed: ['acme'] } }),
    );
    expect(infos).toEqual([
      { level: 'error', message: 'No plugin is installed for it. Installed: acme.', context: ['acmee'] },
    ]);
    expect(report.error).toBeUndefined();
  });

  test('with nothing but names that are not installed is an error', async () => {
    const report = await run({ accounts: [{ id: '1' }] }, { collector: ['acmee', 'bcme'] });

    expect(report.error).toMatchObject({
      code: 'unknown_collector',
      message: 'No plugin is installed for acmee, bcme',
    });
    expect(core.requests).toEqual([]);
  });

  test.each([{ collector: [] }, { pool_size: 0 }])('collects nothing and succeeds with %j', async (settings) => {
    const report = await run({ accounts: [{ id: '1' }] }, settings);

    expect(report).toMatchObject({ clouds: [] });
    expect(report.error).toBeUndefined();
    expect(core.requests).toEqual([]);
    expect(logged.map(({ level }) => level)).toContain('error');
  });
});

describe('a scope that is denied', () => {
  const box = (id: string, region: string, metadata: JsonObject = {}): JsonObject => ({
    type: 'node',
    id,
    reported: { kind: 'acme_box', id, name: id, tags: {} },
    metadata: { python_type: 'acme.Acme', ...metadata },
    ancestors: Object.fromEntries(
      Object.entries({ cloud: 'acme', account: '1', region }).map(([owner, name]) => [
        owner,
        { reported: { id: name, name } },
      ]),
    ),
  });

  test('keeps its nodes of the last collect, marked as carried, with their edges', async () => {
    answerSearches({ graph: [box('b1', 'eu'), box('b2', 'eu'), box('b3', 'us'), edge('b1', 'b2')] });

    const report = await run({ accounts: [{ id: '1', regions: { eu: 'denied', us: [] } }] });

    const lines = merged(0);
    expect(nodesOf(lines, 'acme_box').map(({ id }) => id)).toEqual(['b1', 'b2']);
    expect(lines).toContainEqual(
      expect.objectContaining({
        id: 'b1',
        metadata: expect.objectContaining({ carried: true, carried_since: expect.any(String) }),
      }),
    );
    expect(lines).toContainEqual(expect.objectContaining({ from: 'b1', to: 'b2' }));
    expect(report.clouds[0]?.accounts[0]).toMatchObject({
      outcome: 'complete',
      carried: 2,
      scopes: [
        { kinds: ['acme_box'], region: { id: 'eu' }, outcome: 'denied', error: { code: 'missing_permission' } },
        { region: { id: 'us' }, outcome: 'complete' },
      ],
    });
  });

  test('is named by its account at the core', async () => {
    await run({ accounts: [{ id: '1', regions: { eu: 'denied', us: 'denied' } }] });

    const account = nodesOf(merged(0), 'acme_account')[0]?.['id'];
    const patches = core.requestsOf('PATCH', '/graph/resoto/nodes').map(({ body }): unknown => JSON.parse(body));
    expect(patches).toEqual([{ id: account, metadata: { incomplete: ['acme_box'] } }]);
  });

  test('is reported once with the permission that is missing', async () => {
    await run({ accounts: [{ id: '1', name: 'one', regions: { eu: 'denied', us: 'denied', asia: 'failed' } }] });

    expect(infos).toEqual([
      { level: 'error', message: 'Access denied: acme_box (needs acme:ListBoxes) in eu, us', context: ['acme', 'one'] },
      { level: 'error', message: 'Failed: acme_box (ListBoxes answered nonsense)', context: ['acme', 'one', 'asia'] },
    ]);
  });

  test('keeps a node only as long as the setting allows, counted from the first time', async () => {
    const since = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
    answerSearches({
      graph: [
        box('young', 'eu', { carried: true, carried_since: since(2) }),
        box('old', 'eu', { carried: true, carried_since: since(40) }),
      ],
    });

    await run({ accounts: [{ id: '1', regions: { eu: 'denied' } }] });

    const kept = nodesOf(merged(0), 'acme_box');
    expect(kept.map(({ id }) => id)).toEqual(['young']);
    expect(kept[0]?.['metadata']).toMatchObject({ carried_since: expect.stringContaining(since(2).slice(0, 10)) });
  });

  test('asks the core for its kinds in its region, whatever the names are', async () => {
    await run({ accounts: [{ id: '1"x', regions: { eu: 'denied' } }] });

    const [search] = core.requestsOf('POST', '/graph/resoto/search/graph');
    expect(search?.body).toBe(
      String.raw`/ancestors.cloud.reported.id == "acme" and /ancestors.account.reported.id == "1\"x" and ` +
        '/ancestors.region.reported.id == "eu" and /reported.kind in ["acme_box"] <-default,delete[0:1]->',
    );
  });
});

test('a node that is seen again is no longer carried, also for a core that keeps what is not sent', async () => {
  await run({ accounts: [{ id: '1', regions: { eu: ['a'] } }] });
  const [box] = nodesOf(merged(0), 'acme_box');
  const carried = { ...box, type: 'node', metadata: { carried: true, carried_since: '2024-01-01T00:00:00Z' } };
  answerSearches({ list: () => [carried] });

  await run({ accounts: [{ id: '1', regions: { eu: ['a'] } }] }, {}, { generation: 'fix' });

  expect(nodesOf(merged(1), 'acme_box')).toMatchObject([{ id: box?.['id'], metadata: { carried: false } }]);
});

describe('an account that fails', () => {
  test('is not uploaded, is reported, and harms no other (no. 11, W10)', async () => {
    const report = await run({
      accounts: [
        { id: '1', name: 'one', does: 'throw' },
        { id: '2', name: 'two' },
      ],
    });

    expect(merges()).toHaveLength(1);
    expect(report.error).toBeUndefined();
    expect(report.clouds[0]).toMatchObject({
      outcome: 'partial',
      accounts: [{ outcome: 'failed', uploaded: false, error: { code: 'provider_failed' } }, { outcome: 'complete' }],
    });
    expect(infos).toEqual([
      { level: 'error', message: 'the account is on fire. Call the fire brigade.', context: ['acme', 'one'] },
    ]);
  });

  test('is never shown as done (no. 28)', async () => {
    await run({
      accounts: [
        { id: '1', name: 'one', does: 'throw' },
        { id: '2', name: 'two', regions: { eu: [] } },
      ],
    });

    expect(last(['acme', 'one'])).toMatchObject({ current: 0, total: 1 });
    expect(last(['acme', 'two'])).toMatchObject({ current: 1, total: 1 });
    expect(last(['acme', 'two', 'eu'])).toMatchObject({ current: 1, total: 1 });
    expect(last(['acme'])).toMatchObject({ current: 0, total: 1 });
  });

  test('with more resources than allowed is not uploaded, and others are', async () => {
    const report = await run(
      {
        accounts: [
          { id: '1', regions: { eu: ['a', 'b', 'c'] } },
          { id: '2', regions: { eu: ['a'] } },
        ],
      },
      { max_resources_per_account: 3 },
    );

    expect(merges()).toHaveLength(1);
    expect(report.clouds[0]?.accounts).toMatchObject([
      { outcome: 'failed', error: { code: 'too_many_nodes' } },
      { outcome: 'complete', uploaded: true },
    ]);
  });

  test('by a busy loop is stopped when the time of its collector is over (no. 12)', async () => {
    const report = await run({ accounts: [{ id: '1', does: 'spin' }] }, { timeout: 5 });

    expect(report.clouds[0]).toMatchObject({ outcome: 'timed_out', accounts: [{ outcome: 'timed_out' }] });
    expect(report.error?.message).toContain('was stopped after 5 s');
  });

  test('shows no secret, neither to the core nor in the report', async () => {
    secrets.add('on fire');

    const report = await run({ accounts: [{ id: '1', does: 'throw' }], remark: 'fire on fire' });

    expect(infos.map(({ message }) => message).join()).toContain('the account is ***');
    expect(JSON.stringify([infos, report])).not.toContain('on fire');
  });
});

describe('nothing imported', () => {
  test('is an error that says why when every account failed (no. 11, W10)', async () => {
    const report = await run({
      accounts: [
        { id: '1', does: 'throw' },
        { id: '2', does: 'throw' },
      ],
    });

    expect(report.error).toMatchObject({
      code: 'nothing_imported',
      message: 'nothing was imported. acme: the account is on fire. Call the fire brigade. (and 1 more accounts)',
    });
  });

  test('is an error when the core refuses the graph (no. 11, W13)', async () => {
    core.answer('POST', '/graph/resoto/merge', { status: 400, body: 'Error: ImportAborted\nMessage: unknown kind' });

    const report = await run({ accounts: [{ id: '1', name: 'one' }] });

    expect(report.error?.message).toContain('ImportAborted Message: unknown kind');
    expect(infos).toMatchObject([{ level: 'error', context: ['acme', 'one'] }]);
    expect(report.clouds[0]?.accounts[0]).toMatchObject({ uploaded: false, outcome: 'failed' });
  });

  test('is an error when the accounts cannot be listed', async () => {
    const report = await run({ listFails: 'the list is on fire' });

    expect(report.error?.message).toContain('the list is on fire');
    expect(report.clouds[0]).toMatchObject({ outcome: 'failed', error: { message: 'the list is on fire' } });
  });

  test('is an error when a problem was reported and no account was found', async () => {
    const report = await run({ remark: 'profile prod cannot log in' });

    expect(report.error?.message).toContain('profile prod cannot log in');
    expect(infos).toEqual([{ level: 'error', message: 'profile prod cannot log in', context: ['acme', 'profile'] }]);
  });

  test('is an error when the model is refused', async () => {
    core.answer('PATCH', '/graph/resoto/model', { status: 400, body: 'kind changes its category' });

    const report = await run({ accounts: [{ id: '1' }] });

    expect(report.error?.message).toContain('kind changes its category');
    expect(merges()).toEqual([]);
  });

  test('is no error when there was nothing to import', async () => {
    const report = await run({});

    expect(report.error).toBeUndefined();
    expect(report.clouds[0]).toMatchObject({ outcome: 'complete', accounts: [] });
  });

  test('is an error when the directory of the run cannot be made', async () => {
    const file = join(directory, 'file');
    await writeFile(file, '');

    const report = await run({ accounts: [{ id: '1' }] }, { tempdir: file });

    expect(report.error).toMatchObject({ code: 'spool_failed', message: expect.stringContaining(file) });
  });
});

describe('flags', () => {
  const flagged = (id: string, metadata: JsonObject): JsonObject => ({
    type: 'node',
    id,
    reported: { kind: 'acme_account' },
    metadata,
  });

  test('that the core has are part of the upload (W26)', async () => {
    const id = await accountNodeId();
    answerSearches({ list: () => [flagged(id, { protected: true })] });

    await run({ accounts: [{ id: '1' }] });

    expect(merged(0)).toContainEqual(
      expect.objectContaining({ id, metadata: expect.objectContaining({ protected: true, cleaned: false }) }),
    );
    expect(core.requestsOf('PATCH', '/graph/resoto/nodes')).toEqual([]);
  });

  test('that were set while the account was collected are set again after the import (W26)', async () => {
    const id = await accountNodeId();
    let asked = 0;
    answerSearches({ list: () => ((asked += 1) > 1 ? [flagged(id, { protected: true })] : []) });
    core.answer('PATCH', '/graph/resoto/nodes', { json: [] });

    await run({ accounts: [{ id: '1' }] });

    const patches = core.requestsOf('PATCH', '/graph/resoto/nodes');
    expect(patches.map(({ body }) => parseJson(body))).toEqual([{ id, metadata: { protected: true, cleaned: false } }]);
    expect(core.requests.indexOf(patches[0] as RecordedRequest)).toBeGreaterThan(
      core.requests.indexOf(merges().at(-1) as RecordedRequest),
    );
  });

  async function accountNodeId(): Promise<string> {
    await run({ accounts: [{ id: '1' }] });
    const [node] = nodesOf(merged(0), 'acme_account');
    core.requests.length = 0;
    return node?.['id'] as string;
  }
});

describe('a cloud that is replaced as a whole', () => {
  const settings = { graph_merge_kind: 'cloud' };

  test('is imported with all of its accounts in one body', async () => {
    const report = await run({ accounts: [{ id: '1' }, { id: '2' }] }, settings);

    expect(merges()).toHaveLength(1);
    expect(nodesOf(merged(0), 'acme_account')).toHaveLength(2);
    expect(nodesOf(merged(0), 'cloud')).toMatchObject([{ metadata: { replace: true } }]);
    expect(report.clouds[0]?.accounts).toMatchObject([{ uploaded: true }, { uploaded: true }]);
  });

  test('keeps an account that failed as the core has it', async () => {
    answerSearches({ graph: storedAccount('1') });

    const report = await run({ accounts: [{ id: '1', does: 'throw' }, { id: '2' }] }, settings);

    expect(nodesOf(merged(0), 'acme_account').map(({ id }) => id)).toContain('account-1');
    expect(nodesOf(merged(0), 'acme_box')).toMatchObject([{ id: 'box-1', metadata: { carried: true } }]);
    expect(report.clouds[0]).toMatchObject({ outcome: 'partial', accounts: [{ uploaded: false }, { uploaded: true }] });
  });

  test('keeps accounts that could not be listed, and lets go of those that were not', async () => {
    const stored: JsonObject = {
      type: 'node',
      id: 'account-9',
      reported: { kind: 'acme_account', id: '9', name: 'nine' },
    };
    answerSearches({ list: (query) => (query.startsWith('is(account)') ? [stored] : []), graph: storedAccount('9') });

    await run({ accounts: [{ id: '2' }], remark: 'profile nine cannot log in' }, settings);
    await run({ accounts: [{ id: '2' }] }, settings);

    expect(nodesOf(merged(0), 'acme_account')).toHaveLength(2);
    expect(nodesOf(merged(1), 'acme_account')).toHaveLength(1);
  });

  test('is not uploaded when an account that failed cannot be kept', async () => {
    core.answer('POST', '/graph/resoto/search/graph', { status: 400, body: 'no search today' });

    const report = await run({ accounts: [{ id: '1', name: 'one', does: 'throw' }, { id: '2' }] }, settings);

    expect(merges()).toEqual([]);
    expect(report.error?.message).toContain('acme is not uploaded: its account one was not collected');
  });

  function storedAccount(account: string): JsonObject[] {
    const stored = (id: string, kind: string, resource: string): JsonObject => ({
      type: 'node',
      id,
      reported: { kind, id: resource, name: resource, tags: {} },
      metadata: { python_type: 'acme.Acme' },
      ancestors: {
        cloud: { reported: { id: 'acme', name: 'acme' } },
        account: { reported: { id: account, name: account } },
      },
    });
    return [
      stored(`account-${account}`, 'acme_account', account),
      stored(`box-${account}`, 'acme_box', 'box'),
      edge(`account-${account}`, `box-${account}`),
    ];
  }
});

test('a run that is stopped ends with the reason', async () => {
  const stop = new AbortController();
  const stopped = run({ accounts: [{ id: '1', does: 'wait' }] }, {}, { signal: stop.signal });
  const reason = Object.assign(new Error('stopped'), { code: 'action_aborted' });

  setTimeout(() => stop.abort(reason), 200);

  await expect(stopped).rejects.toBe(reason);
  expect(merges()).toEqual([]);
});

test('the observer sees the run as it happens', async () => {
  const seen: string[] = [];

  await run(
    { accounts: [{ id: '1', name: 'one', regions: { eu: 'denied' } }] },
    {},
    {
      observer: {
        runStarted: ({ clouds }) => seen.push(`run ${clouds.join()}`),
        accountFound: ({ account }) => seen.push(`found ${account}`),
        regionProgress: ({ region, state }) => seen.push(`${region} ${state}`),
        scopeDone: ({ kinds, outcome }) => seen.push(`${kinds.join()} ${outcome}`),
        accountDone: ({ account }, { uploaded }) => seen.push(`account ${account} ${uploaded}`),
        runDone: ({ clouds }) => seen.push(`done ${clouds.map(({ outcome }) => outcome).join()}`),
      },
    },
  );

  expect(seen).toEqual([
    'run acme',
    'found one',
    'eu started',
    'acme_box denied',
    'eu done',
    'account one true',
    'done complete',
  ]);
});

test('a core that is away for a moment gets the graph all the same (no. 13)', async () => {
  core.answer('POST', '/graph/resoto/merge', (_request, previous) => (previous === 0 ? 'cut' : { json: counts }));

  const report = await run({ accounts: [{ id: '1' }] });

  expect(report.clouds[0]).toMatchObject({ outcome: 'complete' });
  expect(merges().map(({ body }) => body.length)).toEqual([merges()[0]?.body.length, merges()[0]?.body.length]);
});

interface RunOptions {
  readonly signal?: AbortSignal;
  readonly observer?: CollectServices['observer'];
  readonly generation?: Generation;
}

async function run(
  script: AcmeScript,
  settings: JsonObject = {},
  { signal = new AbortController().signal, observer = {}, generation = 'resoto' }: RunOptions = {},
): Promise<CollectReport> {
  const registered = (plugin.collectors ?? []).map((collector) => ({
    cloud: collector.cloud,
    plugin: collector,
    section: collector.section,
    package: {
      name: 'acme',
      version: '1.0.0',
      directory: import.meta.url,
      contract: 1,
      entry: new URL('./acme.test.plugin.ts', import.meta.url).href,
    },
  }));
  const log = logOf((record) => logged.push(record), 'info', 'main');
  const sections = registered.flatMap(({ section }) => (section === undefined ? [] : [section]));
  const services: CollectServices = {
    ...{ core: client, pool, log, secrets, observer },
    psk: undefined,
    generation,
    models: new ModelCache(),
    registry: { collectors: registered, actions: [], commands: [], services: [], sections, problems: [] },
    spoolDirectory: directory,
    patience: 5_000,
  };
  const configuration = await configurationOf(generation, { acme: { script: plain(script) } }, settings, sections);
  return collect(services, {
    task: 'task-1',
    configuration,
    signal,
    feedback: {
      info: (level, message, context = []) => void infos.push({ level, message, context }),
      progress: (value) => void progress.push(value),
    },
  });
}

function configurationOf(
  generation: Generation,
  plugins: JsonObject,
  settings: JsonObject,
  sections: Parameters<typeof loadConfiguration>[0]['sections'],
): Promise<Configuration> {
  const config = { ...plugins, [`${generation}worker`]: { collector: ['acme'], graph: 'resoto', ...settings } };
  return loadConfiguration({
    store: {
      config: async () => ({ config, rawConfig: config, overrides: null, revision: 'r1' }),
      patchConfig: async () => 'r1',
      patchConfigModel: async () => {},
    },
    id: 'resoto.worker',
    sections,
    workerSection: (collectors) => workerSection({ generation, collectors, cores: 2 }),
    autoEnabled: async () => [],
    overrides: [],
    environment: {},
    log: logOf(() => {}, 'error', 'main'),
    onSecret: () => {},
    signal: new AbortController().signal,
  });
}

interface Searches {
  readonly list?: (query: string) => readonly JsonObject[];
  readonly graph?: readonly JsonObject[];
}

function answerSearches({ list = () => [], graph = [] }: Searches): void {
  const ndjson = (rows: readonly JsonObject[]) => ({
    headers: { 'Content-Type': 'application/x-ndjson' },
    body: rows.map((row) => `${JSON.stringify(row)}\n`).join(''),
  });
  core.answer('POST', '/graph/resoto/search/list', ({ body }) =>
    ndjson(body.includes('/metadata.') || body.startsWith('is(account)') ? list(body) : []),
  );
  core.answer('POST', '/graph/resoto/search/graph', () => ndjson(graph));
}

function edge(from: string, to: string): JsonObject {
  return { type: 'edge', from, to, edge_type: 'default' };
}

function merges(): RecordedRequest[] {
  return core.requestsOf('POST', '/graph/resoto/merge');
}

function merged(index: number): JsonObject[] {
  const lines = merges()[index]?.body.trim().split('\n') ?? [];
  return lines.map((line) => parseJson(line) as JsonObject);
}

function nodesOf(lines: readonly JsonObject[], kind: string): JsonObject[] {
  const kindOf = (reported: JsonValue | undefined) => (reported as JsonObject | undefined)?.['kind'];
  return lines.filter((line) => kindOf(line['reported']) === kind);
}

function last(path: readonly string[]): Progress | undefined {
  return progress.findLast((value) => progressPath(value).join('/') === path.join('/'));
}
