import type { Services } from '../../services.ts';
import { Router, type RouteHandler } from '../router.ts';
import type { SocketHandler } from '../sockets.ts';
import { addCliRoutes } from './cli-routes.ts';
import { addConfigRoutes } from './config-routes.ts';
import { addGraphRoutes } from './graph-routes.ts';
import { addSubscriberRoutes } from './subscriber-routes.ts';
import { addSystemRoutes } from './system-routes.ts';
import { addWorkRoutes } from './work-routes.ts';
import { addWorkflowRoutes } from './workflow-routes.ts';

export interface AllRoutes {
  readonly routes: Router<RouteHandler>;
  readonly sockets: Router<SocketHandler>;
}

/** Every endpoint of the core. */
export function allRoutes(services: Services): AllRoutes {
  const routes = new Router<RouteHandler>();
  const sockets = new Router<SocketHandler>();
  addSystemRoutes(routes);
  addConfigRoutes(routes, services);
  addSubscriberRoutes(routes, sockets, services);
  addWorkflowRoutes(routes, services);
  addWorkRoutes(routes, sockets, services);
  addGraphRoutes(routes, services);
  addCliRoutes(routes, services);
  return { routes, sockets };
}
