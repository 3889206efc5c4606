import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { coreConnection } from '../core-client/connection.ts';
import { CoreClient } from '../core-client/core-client.ts';
import { ConnectionClosedError, CoreError } from '../errors.ts';
import { accountsQuery } from './core-queries.ts';
import { readFlags } from './node-flags.ts';
import { wholeAnswer } from './whole-answer.ts';

const { signal } = new AbortController();
const rows = ['a', 'b'].map(
  (id) => `${JSON.stringify({ id, type: 'node', reported: {}, metadata: { protected: true } })}\n`,
);
let searches = 0;

const server = createServer((_, response) => {
  searches += 1;
  response.writeHead(200, { 'Content-Type': 'application/x-ndjson' });
  response.write(rows[0], () => (searches === 1 ? response.destroy() : response.end(rows[1])));
});

beforeEach(async () => {
  searches = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
});

test('an answer that breaks off is read again', async () => {
  const uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const core = new CoreClient({ connection: coreConnection({ uri }) });

  const flags = await readFlags(core, 'resoto', accountsQuery('acme'), signal);
  core.close();

  expect([...flags.keys()]).toEqual(['a', 'b']);
  expect(searches).toBe(2);
});

test('a refusal is final', async () => {
  let calls = 0;
  const refused = wholeAnswer(signal, async () => {
    calls += 1;
    throw new CoreError(400, 'no', 'refused');
  });

  await expect(refused).rejects.toMatchObject({ code: 'core_refused' });
  expect(calls).toBe(1);
});

test('waiting for the next attempt can be aborted', async () => {
  const controller = new AbortController();
  const read = wholeAnswer(controller.signal, async () => {
    controller.abort(new Error('enough'));
    throw new ConnectionClosedError('cut');
  });

  await expect(read).rejects.toThrow('enough');
});
