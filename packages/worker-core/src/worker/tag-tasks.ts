import type { TaskHandler } from '../core-client/tasks.ts';
import { PluginError } from '../errors.ts';
import type { PluginRegistry, RegisteredCollector } from '../plugin/registry.ts';

/**
 * One handler per collected cloud (worker behaviour 8). No plugin can change tags yet, and whoever asks for it is told at once:
 * without a handler the core would wait for a worker that has one.
 */
export function tagHandlers({ collectors }: PluginRegistry, clouds: readonly string[]): readonly TaskHandler[] {
  return collectors.filter(({ cloud }) => clouds.includes(cloud)).map(tagHandler);
}

function tagHandler({ cloud, package: { name, version } }: RegisteredCollector): TaskHandler {
  return {
    name: 'tag',
    filter: { cloud: [cloud] },
    expectNodeResult: true,
    handle: async () => {
      throw new PluginError(`Cannot change tags in cloud ${cloud}: ${name} ${version} only collects`, {
        code: 'tagging_unsupported',
        facts: { cloud },
      });
    },
  };
}
