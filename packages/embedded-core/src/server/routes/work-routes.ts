import type { CustomCommands } from '../../command/custom-commands.ts';
import { workSession } from '../../work-queue/session.ts';
import type { WorkQueue } from '../../work-queue/work-queue.ts';
import { json } from '../answer.ts';
import type { RouteHandler, Router } from '../router.ts';
import type { SocketHandler } from '../sockets.ts';

export interface WorkServices {
  readonly queue: WorkQueue;
  readonly customCommands: CustomCommands;
}

/** The work queue (protocol 6). */
export function addWorkRoutes(
  routes: Router<RouteHandler>,
  sockets: Router<SocketHandler>,
  { queue, customCommands }: WorkServices,
): void {
  routes.add('GET', '/work/list', () => json(queue.list()));
  sockets.add('GET', '/work/queue', () => workSession(queue, (offers) => customCommands.learn(offers)));
}
