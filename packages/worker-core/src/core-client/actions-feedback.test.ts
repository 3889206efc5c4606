import { afterEach, describe, expect, test } from '@jest/globals';
import { isJsonObject } from '../protocol/json.ts';
import { progressLeaf, progressTree } from '../protocol/progress.ts';
import {
  action,
  actionClient,
  closedGate,
  done,
  endActionClients,
  handle,
  kinds,
  pendingActions,
  scriptedCore,
} from '../testing/action-clients.ts';
import { eventually } from '../testing/eventually.ts';
import type { ActionHandler } from './actions.ts';

afterEach(endActionClients);

describe('feedback', () => {
  const feedbackWork: ActionHandler = async (_action, feedback) => {
    feedback.progress(progressLeaf('acme', 0, 1));
    feedback.info('info', 'started', ['acme']);
    feedback.progress(progressTree('acme', ['acc-1', 'acc-2']));
    feedback.info('error', 'denied', ['acme', 'acc-1']);
    feedback.progress(progressLeaf('acc-1', 1, 1, ['acme']));
  };

  test('W2: arrives in order and before the answer', async () => {
    const core = await scriptedCore({ onSocket: (socket) => socket.send(action('t1')) });

    actionClient(core, feedbackWork);

    await eventually(() => expect(kinds(core.received(handle)).at(-1)).toBe('action_done'));
    const infos = core.received(handle).filter((message) => isJsonObject(message) && message['kind'] === 'action_info');
    expect(infos).toMatchObject([
      { data: { task: 't1', step: 'collect', level: 'info', message: '[acme] started' } },
      { data: { task: 't1', step: 'collect', level: 'error', message: '[acme:acc-1] denied' } },
    ]);
    expect(core.received(handle).at(-2)).toMatchObject({
      kind: 'action_progress',
      data: { progress: { name: 'acc-1', path: ['acme'], current: 1, total: 1 } },
    });
  });

  test('W2: given while the core is away arrives before the answer, of progress only the latest', async () => {
    const pending = pendingActions('t1');
    const core = await scriptedCore({ ...pending, onMessage: () => {} });
    const gate = closedGate();
    const { client } = actionClient(core, async (...args) => {
      await gate.passed;
      await feedbackWork(...args);
    });
    await eventually(() => expect(client.running).toBe(1));
    await core.stop();
    await eventually(() => expect(client.state.is).not.toBe('connected'));

    gate.open();
    await client.idle();
    await core.listen();

    await eventually(() => expect(kinds(core.received(handle)).at(-1)).toBe('action_done'));
    expect(kinds(core.received(handle))).toEqual([
      'action_info',
      'action_progress',
      'action_info',
      'action_progress',
      'action_done',
    ]);
  });

  test('given after the answer is not sent', async () => {
    const core = await scriptedCore();
    let late = (): void => {};
    actionClient(core, async (_action, feedback) => {
      late = () => feedback.info('info', 'too late');
    });
    await eventually(() => expect(core.socketsOf(handle)).toHaveLength(1));
    core.sockets[0]?.send(action('t1'));
    await eventually(() => expect(core.received(handle)).toHaveLength(1));

    late();
    core.sockets[0]?.send(action('t2'));

    await eventually(() => expect(core.received(handle).map(done)).toEqual(['action_done t1', 'action_done t2']));
  });
});
