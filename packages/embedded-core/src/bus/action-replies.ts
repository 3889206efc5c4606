import { isJsonObject, type JsonObject, type JsonValue } from '@resoto/worker-core';
import { badRequest } from '../server/request-error.ts';
import type { WorkflowRunner } from '../workflow/runner.ts';
import type { MessageBus } from './message-bus.ts';

export interface ReplyTargets {
  readonly bus: MessageBus;
  readonly runner: WorkflowRunner;
  readonly now: () => number;
}

/**
 * Takes a message of a client: an event for the bus, or a reply to an action (protocol 4 and 5.4). Throws for everything
 * else, which closes the connection.
 */
export function receiveMessage(subscriber: string, document: JsonValue, { bus, runner, now }: ReplyTargets): void {
  const { kind, type, data } = parsed(document);
  const stamped = { ...data, subscriber_id: subscriber, received_at: new Date(now()).toISOString() };
  switch (kind) {
    case 'event':
      bus.event(type, stamped);
      return;
    case 'action_done':
    case 'action_error':
      runner.answer(subscriber, kind, { ...taskAndStep(data), data: stamped });
      return;
    case 'action_info':
      runner.info(subscriber, { ...taskAndStep(data), data: stamped });
      return;
    case 'action_progress':
      runner.progress({ ...taskAndStep(data), data: stamped });
      return;
    default:
      throw badRequest(`A client does not send messages of kind ${kind}`);
  }
}

function parsed(document: JsonValue): { kind: string; type: string; data: JsonObject } {
  if (!isJsonObject(document)) throw badRequest('A message is an object');
  const { kind, message_type: type, data = {} } = document;
  if (typeof kind !== 'string' || typeof type !== 'string' || !isJsonObject(data)) {
    throw badRequest('A message has kind, message_type and data');
  }
  return { kind, type, data };
}

function taskAndStep({ task, step }: JsonObject): { task: string; step: string } {
  if (typeof task !== 'string' || typeof step !== 'string') throw badRequest('A reply has task and step');
  return { task, step };
}
