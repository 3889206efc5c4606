import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { coreConnection } from '../core-client/connection.ts';
import { CoreClient } from '../core-client/core-client.ts';
import { errorText } from '../errors.ts';
import type { JsonObject } from '../protocol/json.ts';
import { eventually } from '../testing/eventually.ts';
import { recordingLog, type RecordingLog } from '../testing/recording-log.ts';
import type { ScriptedAnswer } from '../testing/scripted/answer.ts';
import { ScriptedCore } from '../testing/scripted-core.ts';
import type { Configuration } from './configuration.ts';
import { openConfiguration, type LiveConfiguration, type LiveOptions } from './live-configuration.ts';
import { declareSection } from './section.ts';
import { workerSection } from './worker-section.ts';

const id = 'resoto.worker';
const path = `/config/${id}`;
const acme = declareSection({
  name: 'acme',
  description: 'Acme cloud.',
  fields: {
    token: { type: 'string', nullable: true, default: null, description: 'Key.', secret: true },
    limits: { type: { map: 'int64' }, default: {}, description: 'Limits.' },
  },
});

let core: ScriptedCore;
let client: CoreClient;
let log: RecordingLog;
let document: JsonObject | undefined;
let revision: string;
let live: LiveConfiguration | undefined;
/** What the owner of the configuration was told. */
let told: (readonly [string, unknown])[];

beforeEach(async () => {
  core = await ScriptedCore.start();
  client = new CoreClient({ connection: coreConnection({ uri: core.uri }), backOff: { minimum: 1, maximum: 5 } });
  log = recordingLog();
  told = [];
  document = { resotoworker: { collector: ['acme'] } };
  revision = 'r1';
  core.answer('GET', path, () => answer());
  core.answer('PATCH', '/configs/model', { json: {} });
  core.answer('PATCH', path, () => {
    revision = `${revision}+defaults`;
    return { json: {}, headers: { 'Resoto-Config-Revision': revision } };
  });
});

afterEach(async () => {
  await live?.close();
  live = undefined;
  client.close();
  await core.stop();
});

describe('at the start', () => {
  test('it listens for changes of documents', async () => {
    await open();

    await eventually(() => expect(core.socketsOf('/events')).toHaveLength(1));
    expect(core.socketsOf('/events')[0]?.query).toEqual({ show: 'config-updated' });
  });

  test('its own write changes nothing, is no reason to reload, and nothing else is written', async () => {
    await open();
    await looked();

    publish();

    await mark();
    expect(told).toEqual([]);
    expect(core.requestsOf('GET', path)).toHaveLength(2);
    expect(core.requests.filter(({ method }) => method === 'PATCH')).toHaveLength(2);
  });

  test('an edit between load and listening is not lost', async () => {
    core.answer('PATCH', path, () => {
      document = { resotoworker: { collector: ['acme'], timeout: 60 } };
      revision = 'edited and defaults';
      return { json: {}, headers: { 'Resoto-Config-Revision': revision } };
    });

    await open();

    await eventually(() => expect(live?.current.worker.timeout).toBe(60));
    expect(live?.current.revision).toBe('edited and defaults');
  });

  test('a document that cannot be read fails it and leaves nothing open (no. 17)', async () => {
    core.answer('GET', path, { status: 400, body: 'Error: Wrong\nMessage: no' });

    await expect(open()).rejects.toMatchObject({ code: 'core_refused' });

    expect(core.sockets).toEqual([]);
  });

  test('an empty view counts as no document', async () => {
    document = {};

    await open({ autoEnabled: async () => ['acme'] });

    expect(live?.current.worker).toMatchObject({ collector: ['acme'], graph: 'resoto' });
  });
});

describe('a change of the document', () => {
  test('is in force at once, as a whole, and the old snapshot stays as it was', async () => {
    await open();
    const before = live?.current;

    edit({ resotoworker: { collector: ['acme'], timeout: 60 }, acme: { limits: { a: 1 } } });

    await eventually(() => expect(live?.current).not.toBe(before));
    expect(live?.current.worker.timeout).toBe(60);
    expect(live?.current.section('acme')['limits']).toEqual({ a: 1 });
    expect(before?.worker.timeout).toBe(10800);
    expect(told).toEqual([['change', [live?.current.revision, before?.revision]]]);
  });

  test('of another document is not looked at, and neither is a revision that is known', async () => {
    await open();
    await looked();

    publish('other.worker', 'r9');
    publish(id, live?.current.revision);

    await mark();
    expect(core.requestsOf('GET', path)).toHaveLength(2);
  });

  test('gives removed values their defaults again, and removed map entries are gone (no. 22)', async () => {
    document = { resotoworker: { collector: ['acme'], timeout: 60 }, acme: { limits: { a: 1, b: 2 } } };
    await open();

    edit({ resotoworker: { collector: ['acme'] }, acme: { limits: { b: 2 } } });

    await eventually(() => expect(live?.current.worker.timeout).toBe(10800));
    expect(live?.current.section('acme')['limits']).toEqual({ b: 2 });
  });

  test('never writes', async () => {
    await open();
    const writes = core.requests.filter(({ method }) => method !== 'GET').length;

    edit({ resotoworker: { collector: ['acme'], timeout: 60 }, foreign: { a: 1 } });

    await eventually(() => expect(live?.current.worker.timeout).toBe(60));
    expect(core.requests.filter(({ method }) => method !== 'GET')).toHaveLength(writes);
  });

  test('leaves overrides on top', async () => {
    await open({ overrides: ['resotoworker.timeout=7'] });

    edit({ resotoworker: { collector: ['acme'], timeout: 60, pool_size: 3 } });

    await eventually(() => expect(live?.current.worker.pool_size).toBe(3));
    expect(live?.current.worker.timeout).toBe(7);
  });

  test('tells new secrets before anything else', async () => {
    const secrets: string[] = [];
    await open({
      environment: { TOKEN: 'n3wsecret' },
      onSecret: (secret) => secrets.push(secret),
      onChange: () => told.push(['change', [...secrets]]),
    });

    edit({ resotoworker: { collector: ['acme'] }, acme: { token: '$(TOKEN)' } });

    await eventually(() => expect(told).toEqual([['change', ['n3wsecret']]]));
  });

  test('comes in bursts, which are read one after the other and at most once more', async () => {
    await open();
    await looked();
    let [reading, together] = [0, 0];
    let release = (): void => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    core.answer('GET', path, async () => {
      together = Math.max(together, (reading += 1));
      await released;
      reading -= 1;
      return answer();
    });

    for (let timeout = 1; timeout <= 20; timeout += 1) edit({ resotoworker: { collector: ['acme'], timeout } });
    await eventually(() => expect(reading).toBe(1));
    await mark();
    release();

    await eventually(() => expect(live?.current.worker.timeout).toBe(20));
    await mark();
    expect(together).toBe(1);
    expect(core.requestsOf('GET', path).length).toBeLessThanOrEqual(4);
  });

  test('that was missed while there was no connection is found with the next one', async () => {
    await open();
    await looked();

    document = { resotoworker: { collector: ['acme'], timeout: 60 } };
    revision = 'r7';
    core.socketsOf('/events')[0]?.cut();

    await eventually(() => expect(live?.current.worker.timeout).toBe(60));
  });

  test('that concerns nobody here is taken over without telling', async () => {
    await open();

    edit({ resotoworker: { collector: ['acme'] }, foreign: { a: 1 } });

    await eventually(() => expect(live?.current.revision).toBe(revision));
    expect(told).toEqual([]);
  });

  test('is looked at for what is ignored in it, even when nothing else is new', async () => {
    await open();

    edit({ resotoworker: { collector: ['acme'], timeout: '$(MISSING)' } });

    const warnings = () => log.records.filter(({ level }) => level === 'warn').map(({ facts }) => facts);
    await eventually(() => expect(warnings()).toMatchObject([{ path: 'resotoworker.timeout', variable: 'MISSING' }]));
    expect(told).toEqual([]);
  });

  test('of the overrides of the core is in force although the revision is that of before', async () => {
    await open();
    await looked();
    document = { resotoworker: { collector: ['acme'], timeout: 60 } };

    publish(id, 'a9993e364706816aba3e25717850c26c9cd0d89d');

    await eventually(() => expect(live?.current.worker.timeout).toBe(60));
  });

  test('that whoever is told of cannot handle is in force nevertheless', async () => {
    await open({
      onChange: () => {
        throw new Error('no');
      },
    });

    edit({ resotoworker: { collector: ['acme'], timeout: 60 } });
    await eventually(() => expect(live?.current.worker.timeout).toBe(60));
    edit({ resotoworker: { collector: ['acme'], timeout: 61 } });

    await eventually(() => expect(live?.current.worker.timeout).toBe(61));
    expect(log.messages('error')).toContain('a change of the configuration could not be handled');
  });
});

describe('a change that needs a restart', () => {
  test('leaves the running configuration as it is, as a whole', async () => {
    await open();
    const before = live?.current;

    edit({ resotoworker: { collector: ['acme', 'other'], web_port: 1234, timeout: 60 } });

    await eventually(() => expect(told).toEqual([['restart', ['resotoworker.collector', 'resotoworker.web_port']]]));
    expect(live?.current).toBe(before);
  });

  test('is none when an override pins the setting (no. 22)', async () => {
    await open({ overrides: ['resotoworker.web_port=1234'] });

    edit({ resotoworker: { collector: ['acme'], web_port: 5678, timeout: 60 } });

    await eventually(() => expect(live?.current.worker.timeout).toBe(60));
    expect(live?.current.worker.web_port).toBe(1234);
    expect(told.map(([what]) => what)).toEqual(['change']);
  });

  test('is none when the value of before comes back in another form', async () => {
    await open({ environment: { PORT: '9956' } });

    edit({ resotoworker: { collector: ['acme'], web_port: '$(PORT)', timeout: 60 } });

    await eventually(() => expect(live?.current.worker.timeout).toBe(60));
    expect(told.map(([what]) => what)).toEqual(['change']);
  });

  test('is none when the collectors are removed that were enabled by themselves', async () => {
    let asked = 0;
    document = undefined;
    await open({ autoEnabled: async () => [`acme${(asked += 1)}`] });

    edit({ resotoworker: { timeout: 60 } });

    await eventually(() => expect(live?.current.worker.timeout).toBe(60));
    expect(live?.current.worker.collector).toEqual(['acme1']);
    expect(asked).toBe(1);
  });
});

describe('an edit to nonsense', () => {
  test('leaves the old configuration in force, and everything that is wrong is said', async () => {
    await open();
    const before = live?.current;

    edit({ resotoworker: { collector: ['acme'], timeout: 'soon', cleanup: 'perhaps' } });

    await eventually(() => expect(told).toHaveLength(1));
    const text = 'resotoworker.cleanup: expected true or false, found the text "perhaps"';
    expect(told).toEqual([['rejected', expect.stringContaining(text)]]);
    expect(log.records.findLast(({ level }) => level === 'error')?.facts).toMatchObject({
      error: expect.stringContaining('resotoworker.timeout: expected a whole number, found the text "soon"') as unknown,
      revision,
    });
    expect(live?.current).toBe(before);
  });

  test('is said at the core as an event that shows no secret', async () => {
    await open({ redact: (text) => text.replaceAll('hunter2', '***') });

    edit({ resotoworker: { collector: ['acme'], timeout: 'hunter2' } });

    const message =
      'The worker keeps the configuration it has. The configuration resoto.worker cannot be used. ' +
      'resotoworker.timeout: expected a whole number, found the text "***"';
    await eventually(() =>
      expect(core.received('/events')).toEqual([
        { kind: 'event', message_type: 'error', data: { workflow: 'configuration', task: id, message } },
      ]),
    );
  });

  test('is said once, also when the connection comes back', async () => {
    await open();
    edit({ resotoworker: 5 });
    await eventually(() => expect(told).toHaveLength(1));
    await eventually(() => expect(core.received('/events')).toHaveLength(1));

    core.socketsOf('/events')[0]?.cut();

    await eventually(() => expect(core.socketsOf('/events')).toHaveLength(2));
    await mark();
    expect(told).toHaveLength(1);
    expect(core.received('/events')).toHaveLength(1);
  });

  test('can be undone', async () => {
    await open();
    edit({ resotoworker: { timeout: -1 } });
    await eventually(() => expect(told).toHaveLength(1));

    edit({ resotoworker: { collector: ['acme'], timeout: 60 } });

    await eventually(() => expect(live?.current.worker.timeout).toBe(60));
  });

  test.each([
    ['an empty document', {}],
    ['a document that is gone', undefined],
  ])('is %s', async (_title, edited) => {
    await open();
    const before = live?.current;

    edit(edited);

    await eventually(() => expect(told).toEqual([['rejected', 'The configuration resoto.worker is empty']]));
    expect(live?.current).toBe(before);
  });
});

describe('a core that fails', () => {
  test('while a change is read is asked again until it answers', async () => {
    await open();
    await looked();
    const failures: ScriptedAnswer[] = [{ status: 400, body: 'not now' }, { status: 200, json: [] }, 'cut'];
    core.answer('GET', path, () => failures.shift() ?? answer());

    edit({ resotoworker: { collector: ['acme'], timeout: 60 } });

    await eventually(() => expect(live?.current.worker.timeout).toBe(60));
    expect(log.messages('warn')).toContain('the changed configuration cannot be read yet');
    expect(told.map(([what]) => what)).toEqual(['change']);
  });

  test('is not waited for any longer when it tells of another change', async () => {
    const hour = 3_600_000;
    await open({ backOff: { minimum: hour, maximum: hour } });
    await looked();
    core.answer('GET', path, { status: 400, body: 'not now' });
    edit({ resotoworker: { collector: ['acme'], timeout: 60 } });
    await eventually(() => expect(log.messages('warn')).toContain('the changed configuration cannot be read yet'));

    core.answer('GET', path, () => answer());
    edit({ resotoworker: { collector: ['acme'], timeout: 61 } });

    await eventually(() => expect(live?.current.worker.timeout).toBe(61));
  });

  test('does not keep it from being closed', async () => {
    await open();
    await looked();
    core.answer('GET', path, 'hang');
    edit({ resotoworker: { collector: ['acme'], timeout: 60 } });
    await eventually(() => expect(core.requestsOf('GET', path)).toHaveLength(3));

    await live?.close();

    expect(live?.current.worker.timeout).toBe(10800);
    expect(told).toEqual([]);
  });
});

async function open(options: Partial<LiveOptions> = {}): Promise<void> {
  live = await openConfiguration({
    store: client,
    connection: client.connection,
    id,
    sections: [acme],
    workerSection: (collectors) => workerSection({ generation: 'resoto', collectors, cores: 4 }),
    autoEnabled: async () => [],
    overrides: [],
    environment: {},
    log,
    onSecret: () => {},
    redact: (text) => text,
    onChange: (now: Configuration, before: Configuration) => told.push(['change', [now.revision, before.revision]]),
    onRestart: (settings) => told.push(['restart', settings]),
    onRejected: (error) => told.push(['rejected', errorText(error)]),
    backOff: { minimum: 1, maximum: 5 },
    signal: new AbortController().signal,
    ...options,
  });
}

function answer(): ScriptedAnswer {
  if (document === undefined) return { status: 404, body: 'Error: NotFound\nMessage: No config with this id' };
  return {
    json: { config: document, overrides: null, raw_config: document },
    headers: { 'Resoto-Config-Revision': revision },
  };
}

/** Stores a document and tells of it, now and to whoever connects later. */
function edit(edited: JsonObject | undefined): void {
  document = edited;
  revision = `${revision.split('.')[0]}.${Number(revision.split('.')[1] ?? 0) + 1}`;
  publish();
}

function publish(document = id, told: string | undefined = revision): void {
  const event = { kind: 'event', message_type: 'config-updated', data: { id: document, revision: told ?? null } };
  core.socketsOf('/events').at(-1)?.send(event);
}

/** Waits until the document was looked at again because the connection was made. */
async function looked(): Promise<void> {
  await eventually(() => expect(core.requestsOf('GET', path).length).toBeGreaterThan(1));
}

/** Whatever was sent on the events socket before has been received when this resolves. */
async function mark(): Promise<void> {
  const ignored = 'an event of the core was ignored';
  const before = log.messages('warn').filter((message) => message === ignored).length;
  core.socketsOf('/events').at(-1)?.send('no message');
  await eventually(() =>
    expect(log.messages('warn').filter((message) => message === ignored).length).toBeGreaterThan(before),
  );
}
