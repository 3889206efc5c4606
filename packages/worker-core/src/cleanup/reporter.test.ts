import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { coreConnection } from '../core-client/connection.ts';
import { CoreClient } from '../core-client/core-client.ts';
import { recordingLog } from '../testing/recording-log.ts';
import { row } from '../testing/cleanup-graph.ts';
import { ScriptedCore } from '../testing/scripted-core.ts';
import { FreshCheck } from './fresh-check.ts';
import { refused, skipped } from './outcome.ts';
import { eventLogWith, Reporter } from './reporter.ts';

const path = '/graph/resoto/nodes';
let core: ScriptedCore;
let client: CoreClient;

beforeEach(async () => {
  core = await ScriptedCore.start();
  client = new CoreClient({ connection: coreConnection({ uri: core.uri }) });
});

afterEach(async () => {
  client.close();
  await core.stop();
});

describe('the reporter', () => {
  test('sends outcomes in batches, and says when the core has them (no. 7, W22)', async () => {
    core.answer('PATCH', path, { json: [] });
    const reported: string[] = [];
    const reporter = reporterTo(reported);

    for (const node of ['a', 'b', 'c'])
      reporter.add({ node, verdict: { outcome: 'deleted', reason: '' }, eventLog: [] });
    await reporter.finish();

    expect(reported).toEqual(['a', 'b', 'c']);
    expect(bodies()).toEqual([['a', 'b', 'c']]);
  });

  test('a node the core refuses does not lose the others (no. 7, W22)', async () => {
    core.answer('PATCH', path, ({ body }) => (body.includes('"bad"') ? { status: 400, body: 'no' } : { json: [] }));
    const reported: string[] = [];
    const reporter = reporterTo(reported);

    for (const node of ['a', 'bad', 'c']) reporter.add({ node, verdict: refused('it is protected'), eventLog: [] });
    await reporter.finish();

    expect(bodies()).toEqual([['a', 'bad', 'c'], ['a'], ['bad'], ['c']]);
    expect(reported).toEqual(['a', 'bad', 'c']);
  });

  test('says cleaned only of what is gone', async () => {
    core.answer('PATCH', path, { json: [] });
    const reporter = reporterTo([]);

    reporter.add({ node: 'a', verdict: { outcome: 'deleted', reason: '' }, eventLog: [] });
    reporter.add({ node: 'b', verdict: { outcome: 'failed', reason: 'no' }, eventLog: [] });
    reporter.add({ node: 'c', verdict: refused('it is protected'), eventLog: [] });
    await reporter.finish();

    const lines = core
      .requestsOf('PATCH', path)[0]
      ?.body.trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(lines).toEqual([
      { id: 'a', metadata: { cleaned: true, event_log: [] } },
      { id: 'b', metadata: { cleaned: false, event_log: [] } },
      { id: 'c', metadata: { event_log: [] } },
    ]);
  });
});

describe('the event log of a node', () => {
  const at = new Date('2026-01-01T00:00:00Z');

  test('keeps what was in it', () => {
    const stored = [{ timestamp: '2025-01-01T00:00:00Z', msg: 'Marked: too old', exception: null }];

    expect(eventLogWith(stored, { outcome: 'deleted', reason: '' }, at)).toEqual([
      ...stored,
      { timestamp: '2026-01-01T00:00:00Z', msg: 'Successfully cleaned up', exception: null },
    ]);
  });

  test('does not grow with what is found again and again', () => {
    const once = eventLogWith(undefined, refused('it is protected'), new Date(0));

    expect(eventLogWith(once, refused('it is protected'), at)).toEqual([
      { timestamp: '2026-01-01T00:00:00Z', msg: 'Refused to clean up: it is protected', exception: null },
    ]);
  });
});

describe('the fresh check', () => {
  const search = '/graph/resoto/search/list';
  const headers = { 'Content-Type': 'application/x-ndjson' };

  test('asks for many at once, and again when the answer is old', async () => {
    let now = 0;
    core.answer('POST', search, { body: ['a', 'b'].map((id) => `${JSON.stringify(row(id))}\n`).join(''), headers });
    const fresh = new FreshCheck({
      core: client,
      graph: 'resoto',
      idOf: (node) => ['a', 'b', 'gone'][node] ?? '',
      takes: () => [],
      judge: (node) => (node === 1 ? refused('it is protected') : undefined),
      judgeTaken: () => undefined,
      now: () => now,
    });

    const first = await fresh.check([0], [1, 2]);
    const second = await fresh.check([1, 2], []);
    now = 2_000;
    await fresh.check([0], []);

    expect([...first]).toEqual([]);
    expect([...second].map(([node, { reason }]) => [node, reason])).toEqual([
      [1, 'it is protected'],
      [2, 'the core does not have it any more'],
    ]);
    expect(core.requestsOf('POST', search).map(({ body }) => body)).toEqual(['id("a", "b", "gone")', 'id("a")']);
  });

  test('checks at the same time share a question', async () => {
    core.answer('POST', search, { body: ['a', 'b'].map((id) => `${JSON.stringify(row(id))}\n`).join(''), headers });
    const fresh = new FreshCheck({
      core: client,
      graph: 'resoto',
      idOf: (node) => ['a', 'b', 'c'][node] ?? '',
      takes: () => [],
      judge: (node) => (node === 1 ? refused('it is protected') : undefined),
      judgeTaken: () => undefined,
      now: () => 0,
    });

    const verdicts = await Promise.all([fresh.check([0], [1]), fresh.check([1], [2]), fresh.check([1, 2], [])]);

    const gone = skipped('the core does not have it any more');
    expect(verdicts.map((found) => [...found])).toEqual([
      [],
      [[1, refused('it is protected')]],
      [
        [1, refused('it is protected')],
        [2, gone],
      ],
    ]);
    const asked = core.requestsOf('POST', search).map(({ body }) => body);
    expect(asked).toEqual(['id("a", "b")', 'id("c")']);
  });

  test('a question that fails fails all checks that wait for it', async () => {
    core.answer('POST', search, { status: 400, body: 'no' });
    const fresh = new FreshCheck({
      core: client,
      graph: 'resoto',
      idOf: String,
      takes: () => [],
      judge: () => undefined,
      judgeTaken: () => undefined,
    });

    const checks = await Promise.allSettled([fresh.check([0], [1]), fresh.check([1], [])]);

    expect(checks.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(core.requestsOf('POST', search)).toHaveLength(1);
  });

  test('asks for what goes with a node together with it', async () => {
    core.answer('POST', search, { body: ['a', 'b'].map((id) => `${JSON.stringify(row(id))}\n`).join(''), headers });
    const fresh = new FreshCheck({
      core: client,
      graph: 'resoto',
      idOf: () => 'a',
      takes: () => ['b'],
      judge: () => undefined,
      judgeTaken: ({ id }) => refused(`it would take ${id} with it`),
    });

    const verdicts = await fresh.check([0], []);

    expect([...verdicts.values()]).toEqual([refused('it would take b with it')]);
    expect(core.requestsOf('POST', search).map(({ body }) => body)).toEqual(['id("a", "b")']);
  });
});

function reporterTo(reported: string[]): Reporter {
  return new Reporter({
    core: client,
    graph: 'resoto',
    log: recordingLog(),
    onReported: async (nodes) => void reported.push(...nodes),
    pause: 60_000,
  });
}

function bodies(): readonly (readonly string[])[] {
  return core.requestsOf('PATCH', path).map(({ body }) =>
    body
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { readonly id: string }).id),
  );
}
