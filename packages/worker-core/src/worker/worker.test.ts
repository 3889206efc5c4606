import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { plain, type AcmeScript } from '../collect/acme.test.plugin.ts';
import type { CollectReport } from '../collect/report.ts';
import { logOf } from '../log/log.ts';
import type { LogRecord } from '../log/log-record.ts';
import { Secrets } from '../log/secrets.ts';
import type { JsonObject, JsonValue } from '../protocol/json.ts';
import { page } from '../testing/scripted/answer.ts';
import { eventually } from '../testing/eventually.ts';
import { ScriptedCore, type ScriptedSocket } from '../testing/scripted-core.ts';
import type { RunningWorker } from './running-worker.ts';
import { startWorker, type WorkerOptions } from './worker.ts';

const handle = '/subscriber/resoto.worker-collector/handle';
const ndjson = { 'Content-Type': 'application/x-ndjson' };

let core: ScriptedCore;
let directory: string;
let logged: LogRecord[];
let worker: RunningWorker | undefined;

beforeEach(async () => {
  logged = [];
  directory = await mkdtemp(join(tmpdir(), 'worker-'));
  core = await ScriptedCore.start();
  core.answer('PATCH', '/configs/model', { json: {} });
  core.answer('PATCH', '/config/resoto.worker', { json: {}, headers: { 'Resoto-Config-Revision': 'r2' } });
  core.answer('POST', '/graph/resoto', { json: {} });
  core.answer('PATCH', '/graph/resoto/model', { json: {} });
  core.answer('POST', '/graph/resoto/search/list', { body: '', headers: ndjson });
  core.answer('POST', '/graph/resoto/merge', { json: { nodes_created: 1 } });
  await installPlugin(
    'acme',
    `export { plugin } from '${new URL('../collect/acme.test.plugin.ts', import.meta.url).href}';`,
  );
});

afterEach(async () => {
  await worker?.stop(100);
  worker = undefined;
  await core.stop();
  await rm(directory, { recursive: true });
});

describe('a start', () => {
  test('stores the configuration and registers for its actions with the timeout it sets', async () => {
    await start({ accounts: [] }, { overrides: ['resotoworker.timeout=77'] });

    await eventually(() => expect(core.socketsOf(handle)).toHaveLength(1));
    const subscriptions = core.requests.filter(({ path }) => path.startsWith('/subscriber/'));
    expect(subscriptions).toMatchObject([
      { method: 'POST', path: '/subscriber/resoto.worker-collector/collect', query: { timeout: '77' } },
      { method: 'POST', path: '/subscriber/resoto.worker-collector/cleanup', query: { timeout: '77' } },
    ]);
    const order = core.requests.map(({ method, path }) => `${method} ${path}`);
    expect(order.slice(0, 4)).toEqual([
      'GET /system/ready',
      'GET /config/resoto.worker',
      'PATCH /configs/model',
      'PATCH /config/resoto.worker',
    ]);
  });

  test('enables what can be collected with what is at hand, once', async () => {
    const { configuration } = await start({ autoEnable: 'yes' }, {}, {});

    expect(configuration.worker.collector).toEqual(['acme']);
    const [patch] = core.requestsOf('PATCH', '/config/resoto.worker');
    expect(JSON.parse(patch?.body ?? '')).toMatchObject({ resotoworker: { collector: ['acme'] } });
  });

  test('goes on when that cannot be told', async () => {
    const { configuration } = await start({ autoEnable: 'throw' }, {}, {});

    expect(configuration.worker.collector).toEqual([]);
    expect(messages('warn')).toContain('cannot tell whether a cloud can be collected');
  });

  test('names a broken plugin and works with the others', async () => {
    await installPlugin('broken', 'throw new Error("no such file");');

    const { registry } = await start({});

    expect(registry.collectors.map(({ cloud }) => cloud)).toEqual(['acme']);
    expect(logged).toContainEqual(
      expect.objectContaining({ level: 'error', facts: expect.objectContaining({ package: 'broken' }) }),
    );
  });

  test('fails when the core does not become ready, and says where it was looked for', async () => {
    core.answer('GET', '/system/ready', { status: 503 });

    await expect(start({}, { readyTimeout: 50 })).rejects.toMatchObject({
      code: 'timed_out',
      message: expect.stringMatching(`^No core became ready at ${core.uri} within 0 s: .* answered with 503`),
      hint: expect.stringContaining('Look into the log of the core'),
    });
  });

  test('fails at once at a server that is no core, with one clear message', async () => {
    core.answer('GET', '/system/ready', page());

    await expect(start({})).rejects.toMatchObject({
      code: 'not_a_core',
      message: `GET ${core.uri}/system/ready was answered with text/html; charset=utf-8, which no core sends`,
      hint: expect.stringContaining('Is there really a core at'),
    });
    expect([...messages('warn'), ...messages('error')]).toEqual([]);
  });

  test('says what it waits for', async () => {
    core.answer('GET', '/system/ready', { status: 503, body: 'importing' });
    const controller = new AbortController();

    const started = start({}, { signal: controller.signal });
    await eventually(() =>
      expect(logged).toContainEqual(
        expect.objectContaining({
          message: 'the core is not ready yet',
          facts: expect.objectContaining({ error: expect.stringContaining('503: importing') }),
        }),
      ),
    );
    controller.abort(new Error('enough'));

    await expect(started).rejects.toThrow('enough');
  });

  test('fails when an override cannot be understood', async () => {
    await expect(start({}, { overrides: ['resotoworker.pool_size=many'] })).rejects.toMatchObject({
      code: 'wrong_configuration',
      message: expect.stringContaining('resotoworker.pool_size'),
    });
  });

  test('can be aborted while it waits for the core', async () => {
    core.answer('GET', '/system/ready', { status: 503 });
    const controller = new AbortController();

    const started = start({}, { signal: controller.signal });
    await eventually(() => expect(core.requests).toHaveLength(1));
    controller.abort(new Error('enough'));

    await expect(started).rejects.toThrow('enough');
  });

  test('removes what a dead process left in the spool', async () => {
    const host = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
    const left = join(directory, `data/spool/resoto-old-${host}.${2 ** 30}.1-a1B2c3`);
    await mkdir(left, { recursive: true });
    await writeFile(join(left, 'nodes.ndjson'), '{}');

    await start({});

    expect(await readdir(join(directory, 'data/spool'))).toEqual([]);
  });
});

describe('a collect action', () => {
  test('is answered when everything is imported', async () => {
    const reports: CollectReport[] = [];
    await start({ accounts: [{ id: '1' }] }, { observer: { runDone: (report) => reports.push(report) } });

    await sendCollect();

    await eventually(() =>
      expect(answers()).toMatchObject([{ kind: 'action_done', data: { task: 't1', step: 'collect' } }]),
    );
    expect(reports).toMatchObject([{ task: 't1', clouds: [{ cloud: 'acme', outcome: 'complete' }] }]);
  });

  test('is answered with an error when nothing was imported', async () => {
    core.answer('POST', '/graph/resoto/merge', { status: 400, body: 'Error: ImportAborted' });
    await start({ accounts: [{ id: '1' }] });

    await sendCollect();

    await eventually(() =>
      expect(answers()).toMatchObject([
        {
          kind: 'action_error',
          data: { error: expect.stringMatching(/^Failed to collect: nothing was imported\. acme: .*ImportAborted/) },
        },
      ]),
    );
  });

  test('W30: is answered when no collector is enabled', async () => {
    await start({}, {}, { resotoworker: { collector: [] } });

    await sendCollect();

    await eventually(() => expect(answers()).toMatchObject([{ kind: 'action_done' }]));
  });
});

describe('a tag task', () => {
  const task = (id: string, cloud: string): JsonObject => ({
    task_id: id,
    task_name: 'tag',
    data: { update: { owner: 'jane' }, node: { id: 'n', reported: { kind: 'acme_box', id: 'box' } } },
    attrs: { cloud },
  });

  test('of an enabled cloud is answered with the changed node', async () => {
    await start({});
    await eventually(() => expect(core.received('/work/queue')).toHaveLength(1));

    core.socketsOf('/work/queue')[0]?.send(task('1', 'acme'));

    await eventually(() => expect(core.received('/work/queue')).toHaveLength(2));
    expect(core.received('/work/queue')).toMatchObject([
      [{ name: 'tag', filter: { cloud: ['acme'] }, expect_node_result: true }, { name: 'validate_config' }],
      { task_id: '1', result: 'done', data: { id: 'n', reported: { tags: { owner: 'jane' } } } },
    ]);
  });

  test('of another cloud is answered with an error', async () => {
    await start({});
    await eventually(() => expect(core.received('/work/queue')).toHaveLength(1));

    core.socketsOf('/work/queue')[0]?.send(task('1', 'other'));

    await eventually(() => expect(core.received('/work/queue')).toHaveLength(2));
    expect(core.received('/work/queue')[1]).toMatchObject({ task_id: '1', result: 'error' });
  });
});

describe('an action plugin', () => {
  const subscriber = '/subscriber/resoto.worker-actions-cleanup_plan-MarkBoxes';

  test('that is not enabled does not take part', async () => {
    await installAction('throw new Error("ran");');

    await start({});

    await eventually(() => expect(core.socketsOf(handle)).toHaveLength(1));
    expect(core.requests.filter(({ path }) => path.includes('-actions-'))).toEqual([]);
  });

  test('runs in its step, marks what it finds and says what it left alone', async () => {
    await installAction(`
      for await (const node of graph.nodes('is("acme_box")')) {
        if (node.id === 'old') await graph.mark(node, 'too old');
        else graph.leave(node, 'no age');
      }
      report('info', JSON.stringify({ step: data.step, lastCollect, limit: config.limit }));
    `);
    core.answer('POST', '/graph/resoto/search/list', { body: rows('old', 'new', 'young'), headers: ndjson });
    core.answer('PATCH', '/graph/resoto/nodes', { json: [] });
    await start({}, {}, { resotoworker: { collector: ['acme'] }, plugin_boxes: { enabled: true, limit: 3 } });

    await sendPlan({ timing: { collect: { started_at: 17, finished_at: 18 } } });

    await eventually(() => expect(replies('action_done')).toHaveLength(1));
    const [patch] = core.requestsOf('PATCH', '/graph/resoto/nodes');
    expect(JSON.parse(patch?.body ?? '')).toMatchObject({
      id: 'old',
      desired: { clean: true },
      metadata: { event_log: [{ msg: 'Marked for cleanup: too old' }] },
    });
    expect(replies('action_info').map(({ data }) => data.message)).toEqual([
      '[plugin_boxes] {"step":"cleanup_plan","lastCollect":17,"limit":3}',
      '[plugin_boxes] marked for cleanup: too old: 1 resource (acme_box old)',
      '[plugin_boxes] left alone: no age: 2 resources (acme_box new, acme_box young)',
    ]);
  });

  test('changes nothing in a dry run and says what it would', async () => {
    await installAction(`
      for await (const node of graph.nodes('all')) await graph.mark(node, 'too old');
      for await (const result of graph.execute('clean')) throw new Error('executed');
    `);
    core.answer('POST', '/graph/resoto/search/list', { body: rows('old'), headers: ndjson });
    await start({}, {}, { plugin_boxes: { enabled: true, dry_run: true } });

    await sendPlan();

    await eventually(() => expect(replies('action_done')).toHaveLength(1));
    expect(core.requestsOf('PATCH', '/graph/resoto/nodes')).toEqual([]);
    expect(replies('action_info')).toMatchObject([
      { data: { message: expect.stringContaining('dry run, nothing is changed: marked for cleanup') } },
    ]);
  });

  test('that fails answers with the reason, and works the next time', async () => {
    await installAction(`if (data.task === 't1') throw new Error('no idea');`);
    await start({}, {}, { plugin_boxes: { enabled: true } });

    await sendPlan();
    await eventually(() => expect(replies('action_error')).toHaveLength(1));
    await sendPlan({ task: 't2' });

    await eventually(() => expect(replies('action_done')).toMatchObject([{ data: { task: 't2' } }]));
    expect(replies('action_error')).toMatchObject([{ data: { error: 'Failed to cleanup_plan: no idea' } }]);
    expect(messages('error')).toContain('an action failed');
  });

  test('runs again when the connection was lost meanwhile', async () => {
    await installAction(`
      globalThis.attempts = (globalThis.attempts ?? 0) + 1;
      if (globalThis.attempts === 1) throw Object.assign(new Error('cut'), { code: 'connection_closed' });
      report('info', 'attempt ' + globalThis.attempts);
    `);
    await start({}, {}, { plugin_boxes: { enabled: true } });

    await sendPlan();

    await eventually(() => expect(replies('action_done')).toHaveLength(1));
    expect(replies('action_info').map(({ data }) => data.message)).toEqual(['[plugin_boxes] attempt 2']);
  });

  test('whose settings are wrong answers with what is wrong, and the rest goes on', async () => {
    await installAction('throw new Error("ran");');
    await start(
      { accounts: [{ id: '1' }] },
      {},
      {
        resotoworker: { collector: ['acme'] },
        plugin_boxes: { enabled: true, limit: 'many' },
      },
    );

    await sendPlan();
    await sendCollect();

    await eventually(() => expect(replies('action_error')).toHaveLength(1));
    expect(replies('action_error')).toMatchObject([
      { data: { error: expect.stringContaining('plugin_boxes.limit: expected a whole number') } },
    ]);
    await eventually(() => expect(answers()).toMatchObject([{ kind: 'action_done' }]));
    expect(messages('error')).toContain('section cannot be used');
  });

  test('that says at the start that it takes no part does not, without a word', async () => {
    await installAction('throw new Error("ran");', 'bootstrap: async ({ config }) => config.limit > 5,');

    const { registered } = await start(
      {},
      {},
      { resotoworker: { collector: ['acme'] }, plugin_boxes: { enabled: true, limit: 5 } },
    );
    await registered;

    expect(core.requests.filter(({ path }) => path.includes('-actions-'))).toEqual([]);
    expect([...messages('warn'), ...messages('error')]).toEqual([]);
  });

  test('that says at the start that it takes part does', async () => {
    await installAction('', 'bootstrap: async ({ config }) => config.limit > 5,');
    await start({}, {}, { plugin_boxes: { enabled: true, limit: 6 } });

    await sendPlan();

    await eventually(() => expect(replies('action_done')).toHaveLength(1));
  });

  test('that cannot start is named, and the rest goes on', async () => {
    await installAction('', 'bootstrap() { throw new Error("no login"); },');
    await installPlugin('more', actionPlugin('MarkMore', 'plugin_more', ''));

    const { registered } = await start({}, {}, { plugin_boxes: { enabled: true }, plugin_more: { enabled: true } });
    await registered;

    const subscribed = core.requests.filter(({ path }) => path.includes('-actions-')).map(({ path }) => path);
    expect(subscribed).toEqual(['/subscriber/resoto.worker-actions-cleanup_plan-MarkMore/cleanup_plan']);
    expect(logged).toContainEqual(
      expect.objectContaining({
        message: 'an action plugin cannot start',
        facts: expect.objectContaining({ plugin: 'MarkBoxes' }),
      }),
    );
  });

  async function installAction(run: string, more = ''): Promise<void> {
    await installPlugin('boxes', actionPlugin('MarkBoxes', 'plugin_boxes', run, more));
  }

  function actionPlugin(className: string, section: string, run: string, more = ''): string {
    return `export const plugin = { name: '${className}', actions: [{
        className: '${className}',
        action: 'cleanup_plan',
        section: { name: '${section}', description: 'Boxes.', fields: {
          enabled: { type: 'boolean', default: false, description: 'On.', restart: true },
          dry_run: { type: 'boolean', default: false, description: 'Only tell.' },
          limit: { type: 'int64', default: 1, description: 'Limit.' },
        } },
        ${more}
        load: async () => ({ async run({ graph, report, data, lastCollect, config }) { ${run} } }),
      }] };`;
  }

  async function sendPlan(data: JsonObject = {}): Promise<void> {
    await eventually(() => expect(core.socketsOf(`${subscriber}/handle`)).toHaveLength(1));
    core.socketsOf(`${subscriber}/handle`)[0]?.send({
      kind: 'action',
      message_type: 'cleanup_plan',
      data: { task: 't1', step: 'cleanup_plan', ...data },
    });
  }

  interface Reply {
    readonly kind: string;
    readonly data: { readonly message?: string };
  }

  function replies(kind: string): Reply[] {
    const all = core.received(`${subscriber}/handle`).map((reply) => reply as object as Reply);
    return all.filter((reply) => reply.kind === kind);
  }

  function rows(...ids: readonly string[]): string {
    const row = (id: string) => ({ id, type: 'node', reported: { kind: 'acme_box', id, name: id } });
    return ids.map((id) => `${JSON.stringify(row(id))}\n`).join('');
  }
});

describe('a stop', () => {
  test('answers the collect that does not end in the time it has (no. 16)', async () => {
    const running = await start({ accounts: [{ id: '1', does: 'wait' }] });
    await sendCollect();
    await eventually(() => expect(core.requestsOf('POST', '/graph/resoto/search/list')).not.toEqual([]));

    await running.stop(0);

    expect(await running.ended).toBe('stopped');
    expect(answers()).toMatchObject([
      { kind: 'action_error', data: { error: expect.stringContaining('the worker stops') } },
    ]);
  });

  test('lets the collect that runs end within the time of the setting shutdown_grace (no. 16)', async () => {
    let upload = (): void => {};
    core.answer(
      'POST',
      '/graph/resoto/merge',
      () => new Promise((resolve) => (upload = () => resolve({ json: { nodes_created: 1 } }))),
    );
    const running = await start({ accounts: [{ id: '1' }] });
    await sendCollect();
    await eventually(() => expect(core.requestsOf('POST', '/graph/resoto/merge')).toHaveLength(1));

    const stopped = running.stop();
    upload();
    await stopped;

    expect(answers()).toMatchObject([{ kind: 'action_done' }]);
  });

  test('is seen by probes before it is done: the worker is not ready, and live', async () => {
    let upload = (): void => {};
    core.answer('POST', '/graph/resoto/merge', () => new Promise((resolve) => (upload = () => resolve({ json: {} }))));
    const running = await start({ accounts: [{ id: '1' }] }, { web: 'any port' });
    await sendCollect();
    await eventually(() => expect(core.requestsOf('POST', '/graph/resoto/merge')).toHaveLength(1));

    const stopped = running.stop();

    expect(await webPage(running, 'ready')).toContain('- Shutdown: the worker stops');
    expect(await webPage(running, 'live')).toBe('ok\r\n');
    upload();
    await stopped;
    await expect(webPage(running, 'live')).rejects.toThrow('fetch failed');
  });

  test('comes by itself when no collect came in time', async () => {
    const { ended } = await start({}, { idleTimeout: 0.05 });

    expect(await ended).toBe('idle');
  });

  test('comes by itself when nothing but a cleanup came', async () => {
    const { ended } = await start({}, { idleTimeout: 5 });

    await eventually(() => expect(core.socketsOf(handle)).toHaveLength(1));
    core.socketsOf(handle)[0]?.send({ kind: 'action', message_type: 'cleanup', data: { task: 't1', step: 'cleanup' } });
    await eventually(() => expect(answers()).toMatchObject([{ kind: 'action_done' }]));

    expect(await ended).toBe('idle');
  });

  test('does not come by itself when a collect came', async () => {
    const { ended } = await start({ accounts: [{ id: '1' }] }, { idleTimeout: 5 });

    await sendCollect();
    await eventually(() => expect(answers()).toHaveLength(1));

    const later = new Promise((resolve) => setTimeout(() => resolve('still there'), 5_100));
    expect(await Promise.race([ended, later])).toBe('still there');
  });
});

describe('a changed configuration', () => {
  test('ends the worker, to be started again, when a setting needs that', async () => {
    const { ended } = await start({});
    await eventually(() => expect(core.socketsOf('/events')).not.toEqual([]));

    change({ collector: ['acme'], web_port: 1234 });

    expect(await ended).toBe('restart');
  });

  test('is in force for the next action, without a restart', async () => {
    const { configuration } = await start({ accounts: [{ id: '1' }] });
    await eventually(() => expect(core.socketsOf('/events')).not.toEqual([]));
    core.answer('POST', '/graph/other', { json: {} });
    core.answer('PATCH', '/graph/other/model', { json: {} });
    core.answer('POST', '/graph/other/search/list', { body: '', headers: ndjson });
    core.answer('POST', '/graph/other/merge', { json: { nodes_created: 1 } });

    change({ collector: ['acme'], graph: 'other' }, { script: plain({ accounts: [{ id: '1' }] }) });
    await eventually(() => expect(messages('info')).toContain('the configuration has changed'));
    await sendCollect();

    await eventually(() => expect(answers()).toMatchObject([{ kind: 'action_done' }]));
    expect(core.requestsOf('POST', '/graph/other/merge')).toHaveLength(1);
    expect(configuration.worker.graph).toBe('resoto');
  });

  test('changes the level of the log (no. 29)', async () => {
    const log = logOf((record) => logged.push(record), 'info', 'main');
    await start({}, { log });
    await eventually(() => expect(core.socketsOf('/events')).not.toEqual([]));

    change({ collector: ['acme'], log_level: 'trace' });
    await eventually(() => expect(log.level).toBe('trace'));
    change({ collector: ['acme'] }, {}, 'r4');

    await eventually(() => expect(log.level).toBe('info'));
  });

  test('leaves the level of the log to the settings the worker is started again with', async () => {
    const log = logOf((record) => logged.push(record), 'info', 'main');
    const document = { resotoworker: { collector: ['acme'], log_level: 'debug' } };
    const { ended } = await start({}, { log }, document);
    await eventually(() => expect(core.socketsOf('/events')).not.toEqual([]));
    expect(log.level).toBe('debug');

    change({ collector: ['acme'], web_port: 1234 });
    await ended;

    expect(log.level).toBe('info');
  });

  function change(settings: JsonObject, acme: JsonObject = {}, revision = 'r3'): void {
    const config = { resotoworker: settings, acme };
    const headers = { 'Resoto-Config-Revision': revision };
    core.answer('GET', '/config/resoto.worker', { json: { config, raw_config: config, overrides: null }, headers });
    const data = { id: 'resoto.worker', revision };
    for (const socket of core.socketsOf('/events'))
      socket.send({ kind: 'event', message_type: 'config-updated', data });
  }
});

describe('the web server', () => {
  test('tells health, metrics and clouds', async () => {
    const running = await start({ accounts: [{ id: '1' }] }, { web: 'any port' });
    await running.registered;
    await sendCollect();
    await eventually(() => expect(answers()).toHaveLength(1));

    await eventually(async () => expect(await webPage(running, 'health')).toBe('ok\r\n'));
    expect(await webPage(running, 'info')).toBe('{"active_collectors":["acme"],"all_collectors":["acme"]}');
    expect(await webPage(running, 'metrics')).toContain(
      'resoto_worker_collects_total{cloud="acme",result="complete"} 1',
    );
    expect(await webPage(running, '')).toContain('collect acme');
  });

  test('on a port in use fails the start with what to do, and nothing is left open (no. 17)', async () => {
    const first = await start({}, { web: 'any port' });
    const port = new URL(first.webUrl ?? '').port;

    await expect(start({}, { web: undefined, overrides: [`resotoworker.web_port=${port}`] })).rejects.toMatchObject({
      code: 'port_in_use',
      hint: expect.stringContaining('web_port'),
    });

    worker = first;
    const isListening = ({ isOpen, query }: ScriptedSocket): boolean => isOpen && query['show'] === 'config-updated';
    await eventually(() => expect(core.socketsOf('/events').filter(isListening)).toHaveLength(1));
  });
});

async function webPage({ webUrl = '' }: RunningWorker, path: string): Promise<string> {
  const response = await fetch(new URL(path, webUrl));
  return response.text();
}

async function start(
  script: AcmeScript,
  options: Partial<WorkerOptions> = {},
  document: JsonObject = { resotoworker: { collector: ['acme'] } },
): Promise<RunningWorker> {
  const config = { ...document, acme: { script: plain(script) } };
  core.answer('GET', '/config/resoto.worker', { json: { config, raw_config: config, overrides: null } });
  worker = await startWorker({
    core: { uri: core.uri },
    generation: 'resoto',
    environment: {},
    pluginDirectories: [directory],
    web: 'none',
    dataDirectory: join(directory, 'data'),
    log: logOf((record) => logged.push(record), 'info', 'main'),
    secrets: new Secrets(),
    ...options,
  });
  return worker;
}

async function sendCollect(): Promise<void> {
  await eventually(() => expect(core.socketsOf(handle)).toHaveLength(1));
  core.socketsOf(handle)[0]?.send({ kind: 'action', message_type: 'collect', data: { task: 't1', step: 'collect' } });
}

function answers(): JsonValue[] {
  const isAnswer = (message: JsonValue) => ['action_done', 'action_error'].includes((message as { kind: string }).kind);
  return core.received(handle).filter(isAnswer);
}

function messages(level: string): string[] {
  return logged.filter((record) => record.level === level).map(({ message }) => message);
}

async function installPlugin(name: string, code: string): Promise<void> {
  const path = join(directory, 'node_modules', name);
  await mkdir(path, { recursive: true });
  const json = { name, version: '1.0.0', type: 'module', exports: './index.js', resoto: { plugin: { contract: 1 } } };
  await writeFile(join(path, 'package.json'), JSON.stringify(json, undefined, 2));
  await writeFile(join(path, 'index.js'), code);
}
