import type { CollectServices } from '../collect/collect-request.ts';
import type { CurrentConfiguration } from '../config/configuration.ts';
import type { TaskHandler } from '../core-client/tasks.ts';
import { TagQueue, tagPatience } from './tag-queue.ts';
import { readTagTask } from './tag-task.ts';

/** Tag tasks at once, over all clouds. The thread that does them costs the same for one and for hundreds. */
export const tagTasksAtOnce = 500;

/** One handler for each enabled collector (worker behaviour 8). */
export function tagHandlers(
  { registry, pool, generation, log }: Pick<CollectServices, 'registry' | 'pool' | 'generation' | 'log'>,
  live: CurrentConfiguration,
): TaskHandler[] {
  const enabled = registry.collectors.filter(({ cloud }) => live.current.worker.collector.includes(cloud));
  return enabled.map(({ cloud, section, package: { entry } }) => {
    const config = () => (section === undefined ? {} : live.current.section(section.name));
    const queue = new TagQueue(pool, { cloud, entry, config, generation }, log.child(`tag_${cloud}`));
    return {
      name: 'tag',
      filter: { cloud: [cloud] },
      // The core has a command of this name, with a description of its own.
      info: 'Changes tags.',
      expectNodeResult: true,
      patience: tagPatience,
      handle: async (task, signal) => queue.change(readTagTask(task), signal),
    };
  });
}
