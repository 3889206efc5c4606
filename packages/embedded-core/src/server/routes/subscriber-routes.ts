import { isJsonObject, type JsonValue } from '@resoto/worker-core';
import type { ReplyTargets } from '../../bus/action-replies.ts';
import { eventSession, handleSession } from '../../bus/sessions.ts';
import type { Subscription, Subscriptions } from '../../bus/subscriptions.ts';
import { isJsonArray } from '../../json.ts';
import { json, noContent } from '../answer.ts';
import { readJson } from '../body.ts';
import { badRequest, notFound } from '../request-error.ts';
import type { RouteHandler, Router, RouteRequest } from '../router.ts';
import type { SocketHandler } from '../sockets.ts';

const DEFAULT_TIMEOUT = 60;

export interface SubscriberServices extends ReplyTargets {
  readonly subscriptions: Subscriptions;
}

/** Subscriptions, the handle socket and the event bus (protocol 4 and 5). */
export function addSubscriberRoutes(
  routes: Router<RouteHandler>,
  sockets: Router<SocketHandler>,
  services: SubscriberServices,
): void {
  const { subscriptions } = services;
  routes.add('GET', '/subscribers', () => json(subscriptions.all()));
  routes.add('GET', '/subscribers/for/{event}', (request) => json(subscriptions.for(request.param('event'))));
  routes.add('GET', '/subscriber/{id}', (request) => {
    const subscriber = subscriptions.get(request.param('id'));
    if (subscriber === undefined) throw notFound(`No subscriber with id ${request.param('id')}`);
    return json(subscriber);
  });
  routes.add('PUT', '/subscriber/{id}', async (request) => {
    const body = await readJson(request.message);
    if (!isJsonArray(body)) throw badRequest('The body is no array of subscriptions');
    return json(subscriptions.replace(request.param('id'), body.map(subscriptionFromBody)));
  });
  routes.add('DELETE', '/subscriber/{id}', (request) => {
    subscriptions.delete(request.param('id'));
    return noContent();
  });
  routes.add('POST', '/subscriber/{id}/{event}', (request) =>
    json(subscriptions.add(request.param('id'), subscriptionFromQuery(request))),
  );
  routes.add('DELETE', '/subscriber/{id}/{event}', (request) =>
    json(subscriptions.remove(request.param('id'), request.param('event'))),
  );
  sockets.add('GET', '/events', (request) => eventSession(request, services));
  sockets.add('GET', '/subscriber/{id}/handle', (request) => handleSession(request, subscriptions, services));
}

function subscriptionFromQuery(request: RouteRequest): Subscription {
  const timeout = request.query.get('timeout') ?? String(DEFAULT_TIMEOUT);
  if (!/^[+-]?\d+$/.test(timeout)) throw badRequest(`timeout ${timeout} is not an integer`, 'value_error');
  return {
    message_type: request.param('event'),
    wait_for_completion: request.query.get('wait_for_completion')?.toLowerCase() !== 'false',
    timeout: Number(timeout),
  };
}

function subscriptionFromBody(value: JsonValue): Subscription {
  if (!isJsonObject(value)) throw badRequest('A subscription is an object');
  const { message_type: type, wait_for_completion: wait = true, timeout = DEFAULT_TIMEOUT } = value;
  if (typeof type !== 'string' || typeof wait !== 'boolean' || typeof timeout !== 'number') {
    throw badRequest('A subscription has message_type, wait_for_completion and timeout');
  }
  return { message_type: type, wait_for_completion: wait, timeout: Math.trunc(timeout) };
}
