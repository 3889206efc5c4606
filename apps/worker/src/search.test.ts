import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { stringifyJson, verifyToken, type JsonValue } from '@resoto/worker-core';
import { ScriptedCore } from '@resoto/worker-core/testing';

import { capturedIo, type CapturedIo } from '../test/captured-io.ts';
import { run } from './run.ts';

const path = '/graph/resoto/search/list';
const evil = 'a\u001b[2J\u009b2Jb';
const ancestors = {
  account: { reported: { id: '1', name: 'one' } },
  region: { reported: { id: 'eu', name: 'Europe' } },
};

let core: ScriptedCore;

beforeEach(async () => {
  core = await ScriptedCore.start();
});
afterEach(() => core.stop());

describe('on a terminal', () => {
  test('a search shows a table and counts its rows', async () => {
    answer([node({ id: 'i-1', name: 'web', age: '3d' }, ancestors), node({ id: 'i-2', name: 'db' })]);

    const { code, io } = await search(['is(instance)'], capturedIo({ terminal: { columns: 100 } }));

    expect(code).toBe(0);
    expect(io.output().split('\n')).toEqual([
      'kind      name  id   account  region  age',
      'instance  web   i-1  one      Europe  3d',
      'instance  db    i-2',
      '2 nodes',
      '',
    ]);
  });

  test('a search without result says so', async () => {
    answer([]);

    const { io } = await search(['is(nothing)'], capturedIo({ terminal: { columns: 100 } }));

    expect(io.output()).toBe('0 nodes\n');
  });

  test('a long answer is shown page by page, each with its header', async () => {
    answer(Array.from({ length: 1001 }, (_, index) => node({ id: `i-${index}` })));

    const { io } = await search(['all'], capturedIo({ terminal: { columns: 100 } }));

    const lines = io.output().split('\n');
    expect(lines.filter((line) => line.startsWith('kind '))).toHaveLength(2);
    expect(lines).toContain('1001 nodes');
  });

  test.each([[[]], [['--json']]])('with %j no control character of a cloud arrives', async (options) => {
    answer([node({ id: evil, name: evil }, { account: { reported: { name: evil } } })]);

    const { io } = await search(['all', ...options], capturedIo({ terminal: { columns: 100 } }));

    // eslint-disable-next-line no-control-regex
    expect(io.output()).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });

  test('a message of the core shows none either', async () => {
    core.answer('POST', path, { status: 400, body: `Error: ${evil}` });

    const { code, io } = await search(['is('], capturedIo({ terminal: { columns: 100 } }));

    expect(code).toBe(1);
    expect(io.errors()).toContain('Error: a');
    // eslint-disable-next-line no-control-regex
    expect(io.errors()).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });
});

describe('in a pipe', () => {
  test('a search writes one JSON document per node, with all that the core answered', async () => {
    const rows = [node({ id: 'i-1', size: 12 }, ancestors), node({ id: evil })];
    answer(rows);

    const { io } = await search(['all'], capturedIo());

    const lines = io.output().trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as JsonValue)).toEqual(rows);
  });

  test('large integers keep their digits', async () => {
    core.answer('POST', path, {
      body: '{"id":"x","type":"node","reported":{"kind":"a","size":9007199254740993}}\n',
      headers: ndjson,
    });

    const { io } = await search(['all'], capturedIo());

    expect(io.output()).toContain('9007199254740993');
  });
});

test('query, section and graph reach the core', async () => {
  core.answer('POST', '/graph/other/search/list', { body: '', headers: ndjson });

  await search(['is(instance) and name = "ü"', '--graph', 'other'], capturedIo());

  expect(core.requestsOf('POST', '/graph/other/search/list')).toMatchObject([
    { query: { section: 'reported' }, body: 'is(instance) and name = "ü"' },
  ]);
});

test('the key opens the core', async () => {
  answer([]);

  await search(['all', '--psk', 'k3y'], capturedIo());
  await run(['search', 'all', '--resotocore-uri', core.uri], capturedIo({ env: { RESOTOWORKER_PSK: 'k3y' } }));

  const tokens = core
    .requestsOf('POST', path)
    .map(({ headers }) => headers.authorization?.replace('Bearer ', '') ?? '');
  expect(tokens).toHaveLength(2);
  for (const token of tokens) expect(await verifyToken(token, 'k3y')).toBeDefined();
});

describe('what goes wrong is one message that says what to do', () => {
  test('a wrong key', async () => {
    core.answer('POST', path, { status: 401 });

    const { code, io } = await search(['all', '--psk', 'wr0ng'], capturedIo());

    expect(code).toBe(1);
    expect(io.errors()).toMatch(/^resotoworker: POST http:.* was answered with 401\n.*pre-shared key/);
    expect(io.errors()).not.toMatch(/wr0ng|\n {4}at /);
  });

  test('an address where something else listens', async () => {
    core.answer('POST', path, { body: '<html>hello</html>', headers: { 'Content-Type': 'text/html' } });

    const { code, io } = await search(['all'], capturedIo());

    expect(code).toBe(1);
    expect(io.errors()).toContain('which no core sends\nIs there really a core at');
  });

  test('an address where nothing listens', async () => {
    await core.stop();

    const { code, io } = await search(['all'], capturedIo());

    expect(code).toBe(1);
    expect(io.errors()).toMatch(
      /^resotoworker: No core became ready at http:.* within 3 s: .*\(ECONNREFUSED\)\nIs a core running at http:.*\? Check its address\.\n$/,
    );
  });

  test('an address that is none', async () => {
    const io = capturedIo();

    expect(await run(['search', 'all', '--resotocore-uri', 'core:8900'], io)).toBe(1);
    expect(io.errors()).toContain('The address of the core is no HTTP address: core:8900\nIt looks like');
  });

  test('a CA file that is not there', async () => {
    const { code, io } = await search(['all', '--ca-cert', '/no/such.pem'], capturedIo());

    expect(code).toBe(1);
    expect(io.errors()).toContain('/no/such.pem (ENOENT)\nGive a readable PEM file with --ca-cert.');
  });
});

const ndjson = { 'Content-Type': 'application/x-ndjson' };

function answer(rows: readonly JsonValue[]): void {
  core.answer('POST', path, { body: rows.map((row) => `${stringifyJson(row)}\n`).join(''), headers: ndjson });
}

function node(reported: { readonly [name: string]: JsonValue }, of?: JsonValue): JsonValue {
  const row = { id: 'n', type: 'node', reported: { kind: 'instance', ...reported } };
  return of === undefined ? row : { ...row, ancestors: of };
}

async function search(
  args: readonly string[],
  io: CapturedIo,
): Promise<{ readonly code: number; readonly io: CapturedIo }> {
  return { code: await run(['search', ...args, '--resotocore-uri', core.uri], io), io };
}
