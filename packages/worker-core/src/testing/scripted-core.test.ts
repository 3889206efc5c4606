import { afterEach, expect, test } from '@jest/globals';
import { coreConnection } from '../core-client/connection.ts';
import { CoreClient } from '../core-client/core-client.ts';
import { CoreHttp } from '../core-client/http.ts';
import { CoreSocket } from '../core-client/socket.ts';
import type { Generation } from '../protocol/generation.ts';
import { eventually } from './eventually.ts';
import { ScriptedCore, type ScriptedCoreOptions } from './scripted-core.ts';
import { brokenFrames } from './scripted/broken-frames.ts';

const ending: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const end of ending.splice(0).toReversed()) await end();
});

async function scriptedCore(options: ScriptedCoreOptions = {}): Promise<ScriptedCore> {
  const core = await ScriptedCore.start(options);
  ending.push(() => core.stop());
  return core;
}

function http(core: ScriptedCore, psk?: string): CoreHttp {
  const made = new CoreHttp({ connection: coreConnection({ uri: core.uri, psk }) });
  ending.push(() => made.close());
  return made;
}

const get = { method: 'GET', path: '/thing', patience: 0 } as const;

test('a slow answer arrives whole', async () => {
  const core = await scriptedCore();
  core.answer('GET', '/thing', { json: 'x'.repeat(40), pace: 1 });

  await expect(http(core).json(get)).resolves.toMatchObject({ value: 'x'.repeat(40) });
});

test('an answer that is cut is an error', async () => {
  const core = await scriptedCore();
  core.answer('GET', '/thing', { json: 'x'.repeat(40), cutAfter: 20 });

  await expect(http(core).json(get)).rejects.toMatchObject({ code: 'connection_closed' });
});

test.each<Generation>(['resoto', 'fix'])(
  'a core of the %s generation has the header of its revisions',
  async (generation) => {
    const core = await scriptedCore({ generation });
    core.answerConfig('w', { a: {} }, 'r7');
    const client = new CoreClient({ connection: coreConnection({ uri: core.uri }) });
    ending.push(() => client.close());

    await expect(client.config('w')).resolves.toMatchObject({ config: { a: {} }, revision: 'r7' });
  },
);

test('a core with a key lets in whoever has it, until it is revoked', async () => {
  const core = await scriptedCore({ psk: 'secret' });
  core.answer('GET', '/thing', { json: 1 });

  await expect(http(core, 'secret').json(get)).resolves.toMatchObject({ value: 1 });
  await expect(http(core, 'wrong').json(get)).rejects.toMatchObject({ status: 401 });
  await expect(http(core).json(get)).rejects.toMatchObject({ status: 401 });
  core.key = 'new';
  await expect(http(core, 'secret').json(get)).rejects.toMatchObject({ status: 401 });
});

test('a core that hangs instead of opening a socket can be stopped', async () => {
  const core = await scriptedCore();
  core.refuseSocket('/events', 'hang');
  const socket = new CoreSocket({
    connection: coreConnection({ uri: core.uri }),
    path: '/events',
    onMessage: () => {},
    backOff: { minimum: 1, maximum: 5 },
  });
  ending.push(() => socket.close());

  await eventually(() => expect(core.hanging).toBe(1));
  await core.stop();

  await eventually(() => expect(socket.state.is).toBe('disconnected'));
  expect(core.sockets).toEqual([]);
});

test('the same seed gives the same broken frames', () => {
  const texts = (seed: number) =>
    [...brokenFrames(200, (id) => ({ id, a: { b: 1 } }), { seed })].map(({ text }) => text);

  expect(texts(1)).toEqual(texts(1));
  expect(texts(1)).not.toEqual(texts(2));
});
