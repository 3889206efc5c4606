import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { coreConnection } from '../core-client/connection.ts';
import { CoreClient } from '../core-client/core-client.ts';
import { ConfigError } from '../errors.ts';
import { logOf } from '../log/log.ts';
import type { LogRecord } from '../log/log-record.ts';
import { Secrets } from '../log/secrets.ts';
import type { PluginRegistry } from '../plugin/registry.ts';
import type { Service, ServicePlugin } from '../plugin/service-contract.ts';
import type { JsonObject } from '../protocol/json.ts';
import { eventually } from '../testing/eventually.ts';
import { ScriptedCore } from '../testing/scripted-core.ts';
import type { ServiceState } from './service-state.ts';
import { startServices, type RunningServices, type ServicesOptions } from './services.ts';

const backOff = { minimum: 1, maximum: 4, random: () => 1 };
let core: ScriptedCore;
let client: CoreClient;
let logged: LogRecord[];
let states: ServiceState[];
let running: RunningServices | undefined;

beforeEach(async () => {
  core = await ScriptedCore.start();
  client = new CoreClient({ connection: coreConnection({ uri: core.uri }) });
  logged = [];
  states = [];
});

afterEach(async () => {
  await running?.stop(AbortSignal.timeout(1_000));
  running = undefined;
  client.close();
  await core.stop();
});

describe('a service', () => {
  test('runs when it is enabled, with its settings, until the worker stops (no. 19)', async () => {
    const seen: JsonObject[] = [];
    const off = service('off', async () => void seen.push({ off: true }));
    const on = service('on', async ({ config, signal }) => {
      seen.push(config);
      await aborted(signal);
    });
    const services = start([off, on], { off: { enabled: false }, on: { enabled: true, word: 'x' } });
    await eventually(() => expect(services.states()).toEqual([{ name: 'on', restarts: 0, is: 'running' }]));

    await services.stop(AbortSignal.timeout(5_000));

    expect(seen).toEqual([{ enabled: true, word: 'x' }]);
    expect(services.states()).toEqual([{ name: 'on', restarts: 0, is: 'stopped' }]);
    expect(states.map(({ is }) => is)).toEqual(['starting', 'running', 'stopped']);
  });

  test('that fails is started again, with pauses that grow up to the longest one', async () => {
    let runs = 0;
    start([
      service('moody', async ({ signal }) => {
        if ((runs += 1) < 6) throw new Error(`attempt ${runs}`);
        await aborted(signal);
      }),
    ]);

    await eventually(() => expect(states.at(-1)).toEqual({ name: 'moody', restarts: 5, is: 'running' }));

    const pauses = states.flatMap((state) => (state.is === 'failed' ? [state.retryIn] : []));
    expect(pauses).toEqual([1, 2, 4, 4, 4]);
    expect(errors()).toHaveLength(5);
  });

  test('that worked for a while before it failed is started again soon', async () => {
    const failing = service('steady', () => Promise.reject(new Error('no')));
    start([failing], undefined, undefined, { steadyAfter: -1 });

    await eventually(() => expect(states.at(-1)?.restarts).toBeGreaterThan(3));

    const pauses = new Set(states.flatMap((state) => (state.is === 'failed' ? [state.retryIn] : [])));
    expect([...pauses]).toEqual([1]);
  });

  test('that has nothing to do any more ends, and is not started again', async () => {
    const services = start([service('short', async () => {})]);

    await eventually(() => expect(services.states()).toEqual([{ name: 'short', restarts: 0, is: 'ended' }]));
    await services.stop(AbortSignal.timeout(5_000));

    expect(states.map(({ is }) => is)).toEqual(['starting', 'running', 'ended']);
  });

  test('that cannot be loaded is named, tried again and harms no other', async () => {
    const broken = {
      ...service('broken', async () => {}),
      load: () => Promise.reject(new Error('no such module, token hunter2')),
    };

    const services = start([broken, service('whole', ({ signal }) => aborted(signal))]);

    await eventually(() => expect(stateOf(services, 'broken')).toMatchObject({ is: 'failed' }));
    await eventually(() => expect(stateOf(services, 'whole')).toMatchObject({ is: 'running' }));
    expect(states.find(({ is }) => is === 'failed')).toMatchObject({
      error: { message: 'The service broken cannot be loaded: no such module, token ***' },
    });
    await eventually(() => expect(stateOf(services, 'broken')?.restarts).toBeGreaterThan(2));
  });

  test('whose settings are wrong says so and harms no other', async () => {
    const error = new ConfigError('wrong.limit: expected a whole number');

    const services = start(
      [service('wrong', async () => {}), service('right', async () => {})],
      { wrong: { enabled: true }, right: { enabled: true } },
      { wrong: error },
    );

    await eventually(() => expect(stateOf(services, 'right')).toMatchObject({ is: 'ended' }));
    expect(states.find(({ is }) => is === 'failed')).toMatchObject({
      name: 'wrong',
      error: { message: error.message },
    });
  });

  test('leaves nothing of a run that failed beside the next one', async () => {
    const signals: AbortSignal[] = [];
    start([
      service('leaky', async ({ signal }) => {
        signals.push(signal);
        if (signals.length === 1) throw new Error('no');
        await aborted(signal);
      }),
    ]);

    await eventually(() => expect(signals).toHaveLength(2));

    expect(signals.map(({ aborted: isAborted }) => isAborted)).toEqual([true, false]);
  });

  test('asks the core', async () => {
    core.answer('POST', '/graph/resoto/search/list', {
      body: '{"type":"node","id":"a","reported":{"kind":"acme_box"}}\n',
      headers: { 'Content-Type': 'application/x-ndjson' },
    });
    const ids: string[] = [];

    start([
      service('asking', async ({ core: graph }) => {
        for await (const { id } of graph.nodes('is(acme_box)')) ids.push(id);
      }),
    ]);

    await eventually(() => expect(ids).toEqual(['a']));
    expect(core.requests[0]).toMatchObject({ body: 'is(acme_box)', query: { section: 'reported' } });
  });

  test('hears of events until it is stopped', async () => {
    const heard: string[] = [];
    const services = start([
      service('listening', async ({ core: bus }) => {
        for await (const { message_type: type, data } of bus.events('error', 'task_end')) {
          heard.push(`${type} ${JSON.stringify(data)}`);
        }
        heard.push('over');
      }),
    ]);
    await eventually(() => expect(core.socketsOf('/events')).toHaveLength(1));

    core.sockets[0]?.send({ kind: 'event', message_type: 'error', data: { task: 't' } });
    core.sockets[0]?.send({ kind: 'action', message_type: 'collect', data: { task: 't', step: 'collect' } });
    core.sockets[0]?.send('nonsense');
    core.sockets[0]?.send({ kind: 'event', message_type: 'task_end' });
    await eventually(() => expect(heard).toEqual(['error {"task":"t"}', 'task_end {}']));
    await services.stop(AbortSignal.timeout(5_000));

    expect(heard.at(-1)).toBe('over');
    await eventually(() => expect(core.sockets[0]).toMatchObject({ query: { show: 'error,task_end' }, isOpen: false }));
  });

  test('that does not listen to its signal is named and left behind', async () => {
    const services = start([service('deaf', () => new Promise(() => {}))]);
    await eventually(() => expect(stateOf(services, 'deaf')).toMatchObject({ is: 'running' }));

    await services.stop(AbortSignal.timeout(20));

    expect(logged.at(-1)).toMatchObject({
      message: 'services do not listen to their signal',
      facts: { services: ['deaf'] },
    });
  });

  test('that waits to be started again stops at once', async () => {
    const services = start([service('slow', () => Promise.reject(new Error('no')))], undefined, undefined, {
      backOff: { minimum: 60_000, maximum: 60_000 },
    });
    await eventually(() => expect(stateOf(services, 'slow')).toMatchObject({ is: 'failed' }));

    await services.stop(new AbortController().signal);

    expect(stateOf(services, 'slow')).toMatchObject({ is: 'stopped' });
  });
});

function start(
  plugins: readonly ServicePlugin[],
  config: Readonly<Record<string, JsonObject>> = Object.fromEntries(
    plugins.map(({ name }) => [name, { enabled: true }]),
  ),
  sectionErrors: Readonly<Record<string, ConfigError>> = {},
  options: ServicesOptions = {},
): RunningServices {
  const registry: PluginRegistry = {
    ...{ collectors: [], actions: [], commands: [], services: plugins },
    ...{ sections: [], problems: [] },
  };
  const secrets = new Secrets();
  secrets.add('hunter2');
  const log = logOf((record) => logged.push(record), 'info', 'main');
  const configuration = {
    section: (name: string) => config[name] ?? {},
    sectionError: (name: string) => sectionErrors[name],
    worker: { graph: 'resoto' },
  };
  running = startServices(
    { current: configuration },
    { core: client, registry, generation: 'resoto', log, secrets },
    { onState: (state) => states.push(state), backOff, ...options },
  );
  return running;
}

function service(name: string, run: Service['run']): ServicePlugin {
  return { name, section: { name, description: 'x', fields: {} }, load: async () => ({ run }) };
}

function stateOf(services: RunningServices, name: string): ServiceState | undefined {
  return services.states().find((state) => state.name === name);
}

function errors(): LogRecord[] {
  return logged.filter(({ level }) => level === 'error');
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
