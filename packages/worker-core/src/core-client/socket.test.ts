import { afterEach, describe, expect, test } from '@jest/globals';
import { page, type ScriptedAnswer } from '../testing/scripted/answer.ts';
import { frameBytes } from '../testing/scripted/frame.ts';
import type { ScriptedSocket } from '../testing/scripted/socket.ts';
import { eventually } from '../testing/eventually.ts';
import { ScriptedCore, type ScriptedCoreOptions } from '../testing/scripted-core.ts';
import { coreConnection } from './connection.ts';
import { CoreSocket, type CoreSocketOptions, type SocketState } from './socket.ts';
import { verifyToken } from '../protocol/token.ts';

const path = '/events';
const redirect: ScriptedAnswer = { status: 302, headers: { Location: 'https://login.example/' } };
const endless: ScriptedAnswer = { status: 400, body: 'no '.repeat(100_000) };
const ending: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ending.splice(0).toReversed()) await end();
});

async function scriptedCore(options: ScriptedCoreOptions = {}): Promise<ScriptedCore> {
  const core = await ScriptedCore.start(options);
  ending.push(() => core.stop());
  return core;
}

interface Observed {
  readonly socket: CoreSocket;
  readonly messages: string[];
  readonly states: SocketState[];
}

function coreSocket(core: ScriptedCore, options: Partial<CoreSocketOptions> = {}, psk?: string): Observed {
  const messages: string[] = [];
  const states: SocketState[] = [];
  const socket = new CoreSocket({
    connection: coreConnection({ uri: core.uri, psk }),
    path,
    onMessage: (text) => messages.push(text.trim()),
    onState: (state) => states.push(state),
    backOff: { minimum: 5, maximum: 20 },
    ...options,
  });
  ending.push(() => socket.close());
  return { socket, messages, states };
}

function reasons(states: readonly SocketState[]): unknown[] {
  return states.flatMap((state) => (state.is === 'disconnected' ? [state.error] : []));
}

describe('a socket', () => {
  test('W14, W29: sends a fresh token and no origin with each connection', async () => {
    const core = await scriptedCore({ onSocket: (socket) => core.sockets.length < 3 && socket.cut() });

    coreSocket(core, {}, 'secret');

    await eventually(() => expect(core.sockets).toHaveLength(3));
    const tokens = core.sockets.map(({ headers }) => headers.authorization?.replace('Bearer ', '') ?? '');
    expect(new Set(tokens).size).toBe(3);
    await expect(verifyToken(tokens[2] ?? '', 'secret')).resolves.toHaveProperty('exp');
    expect(core.sockets.map(({ headers }) => headers.origin)).toEqual([undefined, undefined, undefined]);
  });

  test('passes messages on in order, with the number of their connection', async () => {
    const core = await scriptedCore({
      onSocket: (socket) => {
        for (let index = 0; index < 100; index++) socket.send(String(index));
      },
    });
    const seen: string[] = [];

    coreSocket(core, { onMessage: (text, epoch) => seen.push(`${epoch}:${text.trim()}`) });

    await eventually(() => expect(seen).toHaveLength(100));
    expect(seen).toEqual(Array.from({ length: 100 }, (_, index) => `1:${index}`));
  });

  test('comes back whatever the reason was, and says it', async () => {
    const core = await scriptedCore();
    core.refuseSocket(path, 429, 401, 500);
    const { socket, states } = coreSocket(core);

    await eventually(() => expect(socket.state.is).toBe('connected'));

    expect(reasons(states)).toMatchObject([{ status: 429 }, { code: 'core_wrong_key' }, { code: 'core_failed' }]);
    expect(states.map(({ is }) => is).slice(0, 3)).toEqual(['connecting', 'disconnected', 'connecting']);
  });

  test('comes back to a core that was away', async () => {
    const core = await scriptedCore();
    const { socket, states } = coreSocket(core);
    await eventually(() => expect(socket.state.is).toBe('connected'));

    await core.stop();
    await eventually(() =>
      expect(reasons(states)).toContainEqual(expect.objectContaining({ code: 'core_unreachable' })),
    );
    await core.listen();

    await eventually(() => expect(socket.state).toMatchObject({ is: 'connected', epoch: 2 }));
  });

  test('W16: subscribes before each connection, and at once when the core does not know it', async () => {
    const core = await scriptedCore();
    core.refuseSocket(path, 404);
    let subscribed = 0;

    const { states } = coreSocket(core, {
      beforeConnect: async () => {
        subscribed += 1;
      },
      backOff: { minimum: 60_000, maximum: 60_000 },
    });

    await eventually(() => expect(core.sockets).toHaveLength(1));
    expect(subscribed).toBe(2);
    expect(states).toContainEqual(expect.objectContaining({ is: 'disconnected', retryIn: 0 }));
  });

  test('W16: waits longer with each failure, and as long as the core asks for', async () => {
    const core = await scriptedCore();
    const later = { status: 503, headers: { 'Retry-After': '2000000000' } };
    core.refuseSocket(path, 429, 429, 500, later);
    const { states } = coreSocket(core, { backOff: { minimum: 8, maximum: 16, random: () => 1 } });

    await eventually(() => expect(states.filter(({ is }) => is === 'disconnected')).toHaveLength(4));

    const pauses = states.flatMap((state) => (state.is === 'disconnected' ? [state.retryIn] : []));
    expect(pauses).toEqual([8, 16, 16, 300_000]);
  });

  test('W29: is let in again when a revoked key is given back', async () => {
    const core = await scriptedCore({ psk: 'secret' });
    const { socket, states } = coreSocket(core, {}, 'secret');
    await eventually(() => expect(socket.state.is).toBe('connected'));

    core.key = 'another';
    core.sockets[0]?.cut();
    await eventually(() => expect(reasons(states)).toContainEqual(expect.objectContaining({ code: 'core_wrong_key' })));
    core.key = 'secret';

    await eventually(() => expect(socket.state).toMatchObject({ is: 'connected', epoch: 2 }));
  });

  test('waits when the core does not know it twice in a row', async () => {
    const core = await scriptedCore();
    core.refuseSocket(path, 404, 404);
    const { states } = coreSocket(core, { backOff: { minimum: 60_000, maximum: 60_000 } });

    await eventually(() => expect(states.filter(({ is }) => is === 'disconnected')).toHaveLength(2));

    expect(states.map((state) => state.is === 'disconnected' && state.retryIn > 0)).toEqual([
      false,
      false,
      false,
      true,
    ]);
  });

  test('that cannot subscribe does not connect', async () => {
    const core = await scriptedCore();
    let attempts = 0;
    const { states } = coreSocket(core, {
      beforeConnect: async () => {
        attempts += 1;
        if (attempts < 3) throw new Error('refused');
      },
    });

    await eventually(() => expect(core.sockets).toHaveLength(1));

    expect(attempts).toBe(3);
    expect(reasons(states)).toMatchObject([{ message: 'refused' }, { message: 'refused' }]);
  });

  test('notices a core that does not answer pings', async () => {
    const core = await scriptedCore({ onSocket: (socket) => core.sockets.length === 1 && socket.freeze() });

    const { states } = coreSocket(core, { heartBeat: { interval: 10, timeout: 20 } });

    await eventually(() => expect(core.sockets.length).toBeGreaterThan(1));
    expect(reasons(states)[0]).toMatchObject({ message: expect.stringContaining('did not answer a ping') });
  });

  test('notices a core that answers everything but pings', async () => {
    const core = await scriptedCore({ pongs: false });

    const { states } = coreSocket(core, { heartBeat: { interval: 10, timeout: 20 } });

    await eventually(() => expect(core.sockets.length).toBeGreaterThan(1));
    expect(reasons(states)[0]).toMatchObject({ message: expect.stringContaining('did not answer a ping') });
  });

  test('stays open as long as pings are answered', async () => {
    const core = await scriptedCore();
    const { socket } = coreSocket(core, { heartBeat: { interval: 5, timeout: 60_000 } });

    await eventually(() => expect(core.sockets[0]?.pings).toBeGreaterThan(5));

    expect(socket.state).toMatchObject({ is: 'connected', epoch: 1 });
  });

  test('can be told to connect again', async () => {
    const core = await scriptedCore();
    const { socket, states } = coreSocket(core, { backOff: { minimum: 60_000, maximum: 60_000 } });
    await eventually(() => expect(socket.state.is).toBe('connected'));

    socket.reconnect('an action was not delivered');

    await eventually(() => expect(socket.state).toMatchObject({ is: 'connected', epoch: 2 }));
    expect(reasons(states)).toMatchObject([{ message: expect.stringContaining('an action was not delivered') }]);
  });
});

describe('what a socket is refused with', () => {
  test.each<[string, ScriptedAnswer, object]>([
    ['a web page', page(), { code: 'not_a_core', message: expect.stringContaining('text/html') }],
    ['a web page of a proxy', page(502), { status: 502, message: expect.stringContaining('502: a web page') }],
    ['the way to another address', redirect, { hint: expect.stringContaining('leads on to https://login.example/') }],
    ['a text without end', endless, { status: 400 }],
    [
      'that another worker with its id is connected',
      { status: 429, body: 'Only one connection per subscriber is allowed!' },
      { status: 429, hint: expect.stringContaining('Give each worker an id of its own') },
    ],
    ['nothing at all', 'cut', { code: 'connection_closed' }],
  ])('is told: %s', async (_what, refusal, reason) => {
    const core = await scriptedCore();
    core.refuseSocket(path, refusal);

    const { socket, states } = coreSocket(core);

    await eventually(() => expect(socket.state.is).toBe('connected'));
    expect(reasons(states)).toMatchObject([reason]);
  });
});

test('a message longer than any of a core ends the connection, not the worker', async () => {
  const core = await scriptedCore();
  const { socket, messages, states } = coreSocket(core);
  await eventually(() => expect(socket.state.is).toBe('connected'));

  core.sockets[0]?.send('x'.repeat(101 * 1024 * 1024));

  await eventually(() => expect(socket.state).toMatchObject({ is: 'connected', epoch: 2 }));
  expect(messages).toEqual([]);
  expect(reasons(states)).toMatchObject([{ message: expect.stringContaining('WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') }]);
});

test.each([
  ['in the middle of a message', (socket: ScriptedSocket) => socket.cutInside({ a: 1 })],
  ['by bytes that are no text', (socket: ScriptedSocket) => socket.sendBytes(frameBytes(Buffer.from([0xff])))],
  ['by a frame that is none', (socket: ScriptedSocket) => socket.sendBytes(frameBytes('{}', { reserved: 7 }))],
])('a connection that ends %s is made again', async (_how, end) => {
  const core = await scriptedCore();
  const { socket, messages } = coreSocket(core);
  await eventually(() => expect(socket.state.is).toBe('connected'));

  const [first] = core.sockets;
  if (first !== undefined) end(first);

  await eventually(() => expect(socket.state).toMatchObject({ is: 'connected', epoch: 2 }));
  expect(messages).toEqual([]);
});

describe('sending', () => {
  test('resolves when the frame was written', async () => {
    const core = await scriptedCore();
    const { socket } = coreSocket(core);
    await eventually(() => expect(socket.state.is).toBe('connected'));

    await socket.send('{"a":1}');

    await eventually(() => expect(core.received(path)).toEqual([{ a: 1 }]));
  });

  test('fails while there is no connection', async () => {
    const core = await scriptedCore();
    core.refuseSocket(path, ...Array.from({ length: 100 }, () => 429));
    const { socket } = coreSocket(core);

    await expect(socket.send('{}')).rejects.toMatchObject({ code: 'connection_closed' });
  });

  test('refuses a frame for which the core would close the connection', async () => {
    const core = await scriptedCore();
    const { socket } = coreSocket(core);
    await eventually(() => expect(socket.state.is).toBe('connected'));

    await expect(socket.send('x'.repeat(4 * 1024 * 1024 + 1))).rejects.toMatchObject({ code: 'frame_too_long' });
    expect(socket.state.is).toBe('connected');
  });
});

describe('closing', () => {
  test('ends an open connection in order', async () => {
    const core = await scriptedCore();
    const { socket } = coreSocket(core);
    await eventually(() => expect(socket.state.is).toBe('connected'));

    await socket.close();

    expect(socket.state.is).toBe('closed');
    await eventually(() => expect(core.sockets[0]?.isOpen).toBe(false));
  });

  test('ends a pause at once', async () => {
    const core = await scriptedCore();
    await core.stop();
    const { socket, states } = coreSocket(core, { backOff: { minimum: 60_000, maximum: 60_000 } });
    await eventually(() => expect(states.at(-1)?.is).toBe('disconnected'));

    await socket.close();

    expect(socket.state.is).toBe('closed');
  });

  test('does not wait for a core that hangs', async () => {
    const core = await scriptedCore({ onSocket: (socket) => socket.freeze() });
    const { socket } = coreSocket(core);
    await eventually(() => expect(socket.state.is).toBe('connected'));

    await socket.close();

    expect(socket.state.is).toBe('closed');
  });
});
