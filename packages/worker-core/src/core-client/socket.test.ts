import { afterEach, describe, expect, test } from '@jest/globals';
import { eventually, ScriptedCore, type ScriptedCoreOptions } from '../testing/scripted-core.ts';
import { coreConnection } from './connection.ts';
import { CoreSocket, type CoreSocketOptions, type SocketState } from './socket.ts';
import { verifyToken } from '../protocol/token.ts';

const path = '/events';
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
  test('sends a fresh token and no origin with each connection', async () => {
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

  test('subscribes before each connection, and at once when the core does not know it', async () => {
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
    expect(reasons(states)).toMatchObject([{ message: expect.stringContaining('did not answer a ping') }]);
  });

  test('stays open as long as pings are answered', async () => {
    const core = await scriptedCore();
    const { socket } = coreSocket(core, { heartBeat: { interval: 5, timeout: 500 } });
    await eventually(() => expect(socket.state.is).toBe('connected'));

    await new Promise((resolve) => setTimeout(resolve, 60));

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
