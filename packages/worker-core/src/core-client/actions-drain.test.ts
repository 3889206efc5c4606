import { afterEach, describe, expect, test } from '@jest/globals';
import {
  action,
  actionClient,
  closedGate,
  done,
  endActionClients,
  handle,
  scriptedCore,
} from '../testing/action-clients.ts';
import { eventually } from '../testing/eventually.ts';
import { untilAborted } from '../testing/until-aborted.ts';

afterEach(endActionClients);

describe('a worker that drains', () => {
  test('finishes what runs and answers it', async () => {
    const core = await scriptedCore({ onSocket: (socket) => socket.send(action('t1')) });
    const gate = closedGate();
    const { client } = actionClient(core, () => gate.passed);
    await eventually(() => expect(client.running).toBe(1));

    const drained = client.drain(new AbortController().signal);
    gate.open();
    await drained;

    await eventually(() => expect(core.received(handle).map(done)).toEqual(['action_done t1']));
    expect(client.state.is).toBe('connected');
  });

  test('aborts what is not done when its time is over, and answers it with an error', async () => {
    const core = await scriptedCore({ onSocket: (socket) => socket.send(action('t1')) });
    const { client } = actionClient(core, (_action, _feedback, signal) => untilAborted(signal));
    await eventually(() => expect(client.running).toBe(1));

    await client.drain(AbortSignal.abort());

    await eventually(() =>
      expect(core.received(handle)).toMatchObject([
        { kind: 'action_error', data: { task: 't1', error: 'Failed to collect: the worker stops' } },
      ]),
    );
  });

  test('leaves what comes now, and what had not begun, to the next worker', async () => {
    const core = await scriptedCore({
      onSocket: (socket) => ['t1', 't2'].forEach((task) => socket.send(action(task))),
    });
    const gate = closedGate();
    const begun: string[] = [];
    const { client, log } = actionClient(
      core,
      async ({ data }) => {
        begun.push(data.task);
        await gate.passed;
      },
      { concurrency: 1 },
    );
    await eventually(() => expect(client.running).toBe(2));

    const drained = client.drain(new AbortController().signal);
    core.socketsOf(handle)[0]?.send(action('t3'));
    await eventually(() => expect(log.messages('info')).toContain('an action is left to the next worker'));
    gate.open();
    await drained;

    expect(begun).toEqual(['t1']);
    await eventually(() => expect(core.received(handle).map(done)).toEqual(['action_done t1']));
  });

  test('can lose patience', async () => {
    const core = await scriptedCore({ onSocket: (socket) => socket.send(action('t1')) });
    const { client } = actionClient(core, (_action, _feedback, signal) => untilAborted(signal));
    await eventually(() => expect(client.running).toBe(1));
    const patient = client.drain(new AbortController().signal);

    await client.drain(AbortSignal.abort());

    await patient;
    await eventually(() => expect(core.received(handle).map(done)).toEqual(['action_error t1']));
  });
});
