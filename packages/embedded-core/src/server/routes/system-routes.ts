import { text } from '../answer.ts';
import type { RouteHandler, Router } from '../router.ts';

/** Whether the core is there (protocol 1.2). */
export function addSystemRoutes(routes: Router<RouteHandler>): void {
  routes.add('GET', '/system/ready', () => text('ok'));
  routes.add('GET', '/system/ping', () => text('pong'));
}
