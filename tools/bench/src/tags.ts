import { setTimeout as sleep } from 'node:timers/promises';

import { row, type Row } from './row.ts';
import { measure } from './usage.ts';
import { withCore } from './with-core.ts';

/** Changes a tag of nodes of the random cloud by a command line of the core, which has 100 tasks under way at once. */
export async function measureTags(tasks: number): Promise<readonly Row[]> {
  const config = { resotoworker: { collector: ['random'] }, random: { seed: 29, size: 6 } };
  return withCore(config, {}, async (core, startWorker) => {
    const worker = startWorker();
    await core.registered();
    await core.run('collect');
    const change = async (count: number, tag: string): Promise<void> => {
      await core.execute(`search is(instance) or is(volume) limit ${count} | tag update ${tag} yes`);
    };
    await change(1000, 'warm_up');
    await sleep(1000);
    const { cpuSeconds, seconds, peakMemory } = await measure(worker.pid, () => change(tasks, 'bench'));
    const changed = await core.execute('search tags.bench == "yes"');
    if (changed.length !== tasks) throw new Error(`${changed.length} of ${tasks} tags were changed`);
    const each = ((cpuSeconds * 1000) / tasks).toFixed(3);
    const remark = `${each} CPU ms each, ${Math.round(tasks / seconds)} per second with the core's share`;
    return [row(`random, ${tasks.toLocaleString('en')} tag tasks`, cpuSeconds, seconds, peakMemory, remark)];
  });
}
