import type { GenerationNames } from '@resoto/worker-core';
import { commandLine, type CommandLineOptions } from '../../command/command-line.ts';
import { stream, type Answer } from '../answer.ts';
import { readText } from '../body.ts';
import type { RouteHandler, Router } from '../router.ts';

export interface CliServices extends CommandLineOptions {
  readonly names: GenerationNames;
}

/** The command line over HTTP (protocol 10.1). */
export function addCliRoutes(routes: Router<RouteHandler>, services: CliServices): void {
  const execute = commandLine(services);
  routes.add('POST', '/cli/execute', async ({ message, query, signal }): Promise<Answer> => {
    const { graph = services.names.graph, section = 'reported', ...variables } = Object.fromEntries(query);
    const { lines, results } = execute(await readText(message), { graph, section, variables, signal });
    if (lines > 1) return { body: { kind: 'parts', parts: results } };
    const [items] = results;
    return stream(items ?? []);
  });
}
