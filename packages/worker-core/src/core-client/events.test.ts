import { expect, test } from '@jest/globals';
import { eventually } from '../testing/eventually.ts';
import { recordingLog } from '../testing/recording-log.ts';
import { ScriptedCore } from '../testing/scripted-core.ts';
import { coreConnection } from './connection.ts';
import { configEvents } from './events.ts';

test('hears of changes of its own document, and of a connection during which it could not', async () => {
  const core = await ScriptedCore.start();
  const changes: (string | undefined)[] = [];
  const events = configEvents({
    connection: coreConnection({ uri: core.uri }),
    configId: 'resoto.worker',
    onChange: (revision) => changes.push(revision),
    log: recordingLog(),
    backOff: { minimum: 5, maximum: 20 },
  });
  await eventually(() => expect(core.sockets).toHaveLength(1));
  const updated = (id: string, revision: string): unknown => ({
    kind: 'event',
    message_type: 'config-updated',
    data: { id, revision },
  });

  core.sockets[0]?.send(updated('other', 'r1'));
  core.sockets[0]?.send(
    '{"kind":"event","message_type":"config-updated","data":{"old":"a","new":"b","revision":"r2"}}',
  );
  core.sockets[0]?.send(updated('resoto.worker', 'r3'));
  await eventually(() => expect(changes).toEqual(['r3']));
  core.sockets[0]?.cut();
  await eventually(() => expect(changes).toEqual(['r3', undefined]));

  expect(core.sockets[0]?.query).toEqual({ show: 'config-updated' });
  await events.close();
  await core.stop();
});

test('says what is wrong with the document once there is a connection, and of several only the last', async () => {
  const core = await ScriptedCore.start();
  core.refuseSocket('/events', 503, 503);
  let refused = 0;
  const events = configEvents({
    connection: coreConnection({ uri: core.uri }),
    configId: 'resoto.worker',
    onChange: () => {},
    onState: ({ is }) => (refused += is === 'disconnected' ? 1 : 0),
    log: recordingLog(),
    backOff: { minimum: 5, maximum: 20 },
  });

  events.unusable('first');
  events.unusable('last');
  await eventually(() => expect(core.received('/events')).toHaveLength(1));
  core.sockets[0]?.cut();
  await eventually(() => expect(core.sockets).toHaveLength(2));
  events.unusable('x'.repeat(30_000));
  await eventually(() => expect(core.received('/events')).toHaveLength(2));

  expect(refused).toBeGreaterThanOrEqual(2);
  expect(core.received('/events')).toEqual([said('last'), said(expect.stringMatching(/^x{20000}/))]);
  await events.close();
  await core.stop();

  function said(message: unknown): unknown {
    return {
      kind: 'event',
      message_type: 'error',
      data: { workflow: 'configuration', task: 'resoto.worker', message },
    };
  }
});
