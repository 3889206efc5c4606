import { formatDuration, parseDuration, sectionValues, type ActionRun } from '@resoto/worker-core/plugin';

import { Evidence } from '../common/evidence.ts';
import { secondsSince } from '../common/node.ts';
import { section } from './section.ts';

const unused =
  'is("volume") and volume_status == "available" and /desired.clean != true and /metadata.cleaned != true and ' +
  '/metadata.phantom != true';

const times = {
  ctime: 'the time of its creation is not known',
  atime: 'the time of its last access is not known',
  mtime: 'the time of its last change is not known',
} as const;

/** Marks volumes that are attached to nothing, and were neither accessed nor changed for a while. */
export const plan: ActionRun = {
  async run(context) {
    const { graph, now } = context;
    const minAge = parseDuration(sectionValues(section, context.config).min_age) ?? Infinity;
    const evidence = await Evidence.read(context);
    for await (const volume of graph.nodes(unused)) {
      const ages = Object.entries(times).map(([time, unknown]) => {
        return { age: secondsSince(volume, time as keyof typeof times, now), unknown };
      });
      if (ages.some(({ age }) => age !== undefined && age <= minAge)) continue;
      const doubt =
        evidence.doubt(volume, { properties: ['volume_status', ...Object.keys(times)] }) ??
        ages.find(({ age }) => age === undefined)?.unknown;
      if (doubt !== undefined) graph.leave(volume, doubt);
      else
        await graph.mark(
          volume,
          `It is not in use, and was neither accessed nor changed for ${formatDuration(minAge)}`,
        );
    }
  },
};
