/**
 * Messages between core and worker: actions and their replies, events, tasks and their results (protocol 4–6). What arrives is
 * parsed once, here; unknown members are kept or ignored, never an error.
 */
import { ProtocolError, type Facts } from '../errors.ts';
import { isJsonObject, parseJson, stringifyJson, type JsonObject, type JsonValue } from './json.ts';
import { progressJson, type Progress } from './progress.ts';
import { formatTimestamp } from './timestamp.ts';

/** Data of an action. All of it is echoed in the answer. */
interface ActionData extends JsonObject {
  /** Id of the workflow run. */
  readonly task: string;
  readonly step: string;
}

export interface Action {
  readonly kind: 'action';
  /** The event the worker registered for. */
  readonly message_type: string;
  readonly data: ActionData;
}

/** An operator stopped the run. No answer is needed. */
interface ActionAbort {
  readonly kind: 'action_abort';
  readonly message_type: string;
  readonly data: ActionData;
}

/** What happens at a core, for instance `task_end` or `config-updated`. */
export interface CoreEvent {
  readonly kind: 'event';
  readonly message_type: string;
  readonly data: JsonObject;
}

/** What arrives on a bus socket: actions travel over the same bus as events. */
export type BusMessage = Action | ActionAbort | CoreEvent;

export interface WorkerTask {
  readonly task_id: string;
  readonly task_name: string;
  readonly data: JsonObject;
  readonly attrs: Readonly<Record<string, string>>;
}

/** What a work queue connection offers (protocol 6.1). */
export interface TaskOffer {
  readonly name: string;
  /** Attribute → accepted values; `{}` accepts every task of the name. */
  readonly filter: Readonly<Record<string, readonly string[]>>;
  readonly info?: string;
  readonly description?: string;
  readonly argsDescription?: Readonly<Record<string, string>>;
  readonly allowedOnKind?: string;
  readonly expectNodeResult?: boolean;
}

export type InfoLevel = 'info' | 'error';

/** Start of the last finished run of a step, seconds since the epoch; undefined when there was none. */
export function lastStart(action: Action, step: string): number | undefined {
  const timing = action.data['timing'];
  const times = isJsonObject(timing) ? timing[step] : undefined;
  const started = isJsonObject(times) ? times['started_at'] : undefined;
  return typeof started === 'number' ? started : undefined;
}

/**
 * Reads a frame of a handle or event socket.
 *
 * @throws ProtocolError `broken_json`, `unknown_message`
 */
export function parseBusMessage(frame: string): BusMessage {
  const message = parseFrame(frame);
  const { kind, message_type } = message;
  const data = message['data'] ?? {};
  if (typeof message_type !== 'string' || !isJsonObject(data)) throw unknownMessage(frame);
  switch (kind) {
    case 'action':
    case 'action_abort':
      return { kind, message_type, data: actionData(data, frame) };
    case 'event':
      return { kind, message_type, data };
    default:
      throw unknownMessage(frame);
  }
}

/**
 * Reads a frame of the work queue.
 *
 * @throws ProtocolError `broken_json`, `unknown_message` with the fact `taskId` when that is all that can be read of it
 */
export function parseTask(frame: string): WorkerTask {
  const { task_id, task_name, data = {}, attrs = {} } = parseFrame(frame);
  if (typeof task_id !== 'string') throw unknownMessage(frame);
  if (typeof task_name !== 'string' || !isJsonObject(data) || !isJsonObject(attrs)) {
    throw unknownMessage(frame, { taskId: task_id });
  }
  const texts = Object.entries(attrs).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return { task_id, task_name, data, attrs: Object.fromEntries(texts) };
}

export function actionDone(action: Action): string {
  return reply('action_done', action, {});
}

/** An empty text would be none at the core, so it never is one. */
export function actionError(action: Action, error: string): string {
  return reply('action_error', action, { error: failureText(error) });
}

const maxInfoLength = 500;

/** The text is cut to 500 characters; the context goes in front of it as `[a:b] `. */
export function actionInfo(action: Action, level: InfoLevel, text: string, context: readonly string[] = []): string {
  const known = context.filter((part) => part !== '');
  const prefix = known.length === 0 ? '' : `[${known.join(':')}] `;
  return reply('action_info', identity(action), { level, message: prefix + cut(text, maxInfoLength) });
}

export function actionProgress(action: Action, progress: Progress, at: Date): string {
  const time = formatTimestamp(at) ?? '';
  return reply('action_progress', identity(action), { context: [], at: time, progress: progressJson(progress) });
}

/** An event `error`: what went wrong in a task of a workflow. The text is cut as that of an answer. */
export function errorEvent(workflow: string, task: string, text: string): string {
  const data = { workflow, task, message: failureText(text) };
  return stringifyJson({ kind: 'event', message_type: 'error', data } satisfies CoreEvent);
}

/** First frame of a work queue connection. */
export function taskRegistration(offers: readonly TaskOffer[]): string {
  return stringifyJson(
    offers.map((offer) => ({
      name: offer.name,
      info: offer.info ?? null,
      description: offer.description ?? null,
      filter: offer.filter,
      expect_node_result: offer.expectNodeResult ?? false,
      args_description: offer.argsDescription ?? {},
      allowed_on_kind: offer.allowedOnKind ?? null,
    })),
  );
}

export function taskDone(task: WorkerTask, data: JsonValue): string {
  return stringifyJson({ task_id: task.task_id, result: 'done', data });
}

/** An empty text would count as a failure without reason, so it never is one. */
export function taskError({ task_id }: Pick<WorkerTask, 'task_id'>, error: string): string {
  return stringifyJson({ task_id, result: 'error', error: failureText(error) });
}

/** First `length` characters of a text, without half a surrogate pair at the end. */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  return text.slice(0, length).replace(/[\uD800-\uDBFF]$/, '');
}

/** Errors of vendors may hold whole documents, and an answer that does not fit into a frame would be none. */
const maxErrorLength = 20_000;

function failureText(error: string): string {
  return cut(error.trim(), maxErrorLength) || 'unknown error';
}

function reply(kind: string, action: Action, data: JsonObject): string {
  return stringifyJson({ kind, message_type: action.message_type, data: { ...action.data, ...data } });
}

function identity(action: Action): Action {
  return { ...action, data: { task: action.data.task, step: action.data.step } };
}

function actionData(data: JsonObject, frame: string): ActionData {
  const { task, step } = data;
  if (typeof task !== 'string' || typeof step !== 'string') throw unknownMessage(frame);
  return { ...data, task, step };
}

function parseFrame(frame: string): JsonObject {
  let value: JsonValue;
  try {
    value = parseJson(frame);
  } catch (cause) {
    throw new ProtocolError(`A message of the core is not JSON: ${cut(frame, 200)}`, { code: 'broken_json', cause });
  }
  if (!isJsonObject(value)) throw unknownMessage(frame);
  return value;
}

function unknownMessage(frame: string, facts: Facts = {}): ProtocolError {
  return new ProtocolError(`A message of the core is not known: ${cut(frame, 200)}`, {
    code: 'unknown_message',
    facts,
  });
}
