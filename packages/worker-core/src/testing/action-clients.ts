/** Clients of actions for tests, at scripted cores. Whoever uses one calls {@link endActionClients} after each test. */
import { ActionClient, type ActionClientOptions, type ActionHandler } from '../core-client/actions.ts';
import { coreConnection } from '../core-client/connection.ts';
import { CoreClient } from '../core-client/core-client.ts';
import { isJsonObject, stringifyJson, type JsonObject, type JsonValue } from '../protocol/json.ts';
import { recordingLog, type RecordingLog } from './recording-log.ts';
import { ScriptedCore, type ScriptedCoreOptions } from './scripted-core.ts';

/** Where the socket of the client is. */
export const handle = '/subscriber/w-collector/handle';
const ending: (() => Promise<void>)[] = [];

/** Closes clients and stops cores. */
export async function endActionClients(): Promise<void> {
  for (const end of ending.splice(0).toReversed()) await end();
}

export async function scriptedCore(options: ScriptedCoreOptions = {}): Promise<ScriptedCore> {
  const core = await ScriptedCore.start(options);
  ending.push(() => core.stop());
  return core;
}

export function actionClient(
  core: ScriptedCore,
  handler: ActionHandler,
  options: Partial<ActionClientOptions> = {},
): { client: ActionClient; log: RecordingLog } {
  const log = recordingLog();
  const coreClient = new CoreClient({
    connection: coreConnection({ uri: core.uri }),
    backOff: { minimum: 5, maximum: 20 },
  });
  const client = new ActionClient({
    core: coreClient,
    subscriberId: 'w-collector',
    events: [{ name: 'collect' }],
    timeout: () => 10_800,
    handle: handler,
    log,
    missedAfter: 0,
    backOff: { minimum: 5, maximum: 20 },
    ...options,
  });
  ending.push(async () => {
    await client.close(AbortSignal.timeout(100));
    coreClient.close();
  });
  return { client, log };
}

export function closedGate(): { readonly passed: Promise<void>; open(): void } {
  let open = (): void => {};
  const passed = new Promise<void>((resolve) => (open = resolve));
  return { passed, open: () => open() };
}

export function action(task: string, data: JsonObject = {}): JsonObject {
  return { kind: 'action', message_type: 'collect', data: { task, step: 'collect', ...data } };
}

export function kinds(messages: readonly JsonValue[]): JsonValue[] {
  return messages.map((message) => (isJsonObject(message) ? (message['kind'] ?? null) : null));
}

export function done(message: JsonValue): string {
  const { kind, data } = isJsonObject(message) ? message : {};
  return `${stringifyJson(kind)} ${stringifyJson(isJsonObject(data) ? data['task'] : null)}`.replaceAll('"', '');
}

/** Awaits an answer to each of these actions and lists what is pending on each new connection, as a core does. */
export function pendingActions(...tasks: string[]): ScriptedCoreOptions & { readonly open: Set<string> } {
  const open = new Set(tasks);
  return {
    open,
    onSocket: (socket) => {
      for (const task of open) socket.send(action(task));
    },
    onMessage: (socket, message) => {
      const [kind = '', task = ''] = done(message).split(' ');
      if (kind === 'action_done' || kind === 'action_error') open.delete(task);
      socket.cut();
    },
  };
}
