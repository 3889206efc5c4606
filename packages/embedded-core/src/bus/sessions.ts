import { randomUUID } from 'node:crypto';
import { notFound, RequestError } from '../server/request-error.ts';
import type { RouteRequest } from '../server/router.ts';
import type { SocketSession } from '../server/sockets.ts';
import { receiveMessage, type ReplyTargets } from './action-replies.ts';
import type { MessageBus } from './message-bus.ts';
import type { Subscriptions } from './subscriptions.ts';

/** `/events`: an anonymous listener (protocol 4). */
export function eventSession(request: RouteRequest, targets: ReplyTargets): SocketSession {
  const id = randomUUID();
  const channels = (request.query.get('show') ?? '').split(',').filter((type) => type !== '');
  let leave = (): void => {};
  return {
    opened(socket) {
      leave = targets.bus.listen(channels, (message) => socket.send(message));
      announce(targets.bus, 'connected', id, channels);
    },
    received: (document) => receiveMessage(id, document, targets),
    closed() {
      leave();
      announce(targets.bus, 'disconnected', id, channels);
    },
  };
}

/**
 * `/subscriber/{id}/handle`: the one connection on which a subscriber gets its actions (protocol 5.2). Pending actions are
 * sent and the socket is attached to the bus in one go, so no action falls between the two.
 *
 * @throws RequestError 404 for an unknown subscriber, 429 when it is connected
 */
export function handleSession(
  request: RouteRequest,
  subscriptions: Subscriptions,
  targets: ReplyTargets,
): SocketSession {
  const id = request.param('id');
  const events = Object.keys(subscriptions.get(id)?.subscriptions ?? {});
  if (events.length === 0) throw notFound(`No subscriber with id ${id} has subscriptions`);
  if (subscriptions.isConnected(id)) {
    throw new RequestError(429, 'too_many_requests', 'Only one connection per subscriber is allowed!');
  }
  let leave = (): void => {};
  return {
    opened(socket) {
      subscriptions.connected(id);
      for (const action of targets.runner.pending(id, new Set(events))) socket.send(action);
      leave = targets.bus.listen(events, (message) => socket.send(message));
      announce(targets.bus, 'connected', id, events);
    },
    received: (document) => receiveMessage(id, document, targets),
    closed() {
      leave();
      subscriptions.disconnected(id);
      announce(targets.bus, 'disconnected', id, events);
    },
  };
}

function announce(bus: MessageBus, what: 'connected' | 'disconnected', id: string, channels: readonly string[]): void {
  bus.event(`message-listener-${what}`, { subscriber_id: id, channels: channels.length > 0 ? channels : null });
}
