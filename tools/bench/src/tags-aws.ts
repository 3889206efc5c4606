import type { JsonObject } from '@resoto/worker-core';

import { row, type Row } from './row.ts';
import { startTagCore } from './tag-core.ts';
import { measure } from './usage.ts';
import { awsAt, startOwnServer, withWorkers } from './with-core.ts';

const tasks = 1_000;
const atOnce = 200;

/** Kinds of services with a query protocol and with JSON, whose calls go different ways. */
const kinds = ['aws_ec2_volume', 'aws_sqs_queue'];

/** Changes a tag of many resources, 200 at once, in a cloud that answers immediately. */
export async function measureAwsTags(): Promise<readonly Row[]> {
  const cloud = await startOwnServer(new URL('./static-aws.ts', import.meta.url), '0', '0');
  const core = await startTagCore({ resotoworker: { collector: ['aws'] }, aws: { region: ['us-east-1'] } });
  try {
    return await withWorkers(core.uri, awsAt(cloud.url), async (startWorker) => {
      const worker = startWorker();
      await core.registered();
      const rows: Row[] = [];
      for (const kind of kinds) {
        await core.change(nodesOf(kind, 'warm'), { bench: '1' }, atOnce);
        const work = () => core.change(nodesOf(kind, 'measured'), { bench: '1' }, atOnce);
        const { result, cpuSeconds, seconds, peakMemory } = await measure(worker.pid, work);
        const each = ((cpuSeconds * 1000) / tasks).toFixed(2);
        const [middle, late] = [0.5, 0.99].map((part) => Math.round(result[Math.floor(tasks * part)] ?? 0));
        const times = `half of them within ${middle} ms, 99 % within ${late} ms`;
        const remark = `${each} CPU ms each, ${Math.round(tasks / seconds)} per second, ${times}`;
        rows.push(row(`${kind}, ${tasks.toLocaleString('en')} tag tasks`, cpuSeconds, seconds, peakMemory, remark));
      }
      return rows;
    });
  } finally {
    await core.stop();
    await cloud.stop();
  }
}

/** Nodes as the core sends them. */
function nodesOf(kind: string, name: string): JsonObject[] {
  return Array.from({ length: tasks }, (_, index) => {
    const id = `${name}-${index}`;
    const reported = { kind, id, name: id, sqs_queue_url: `https://sqs.us-east-1.amazonaws.com/123456789012/${id}` };
    const tags = { owner: `team-${index % 40}`, costCenter: `cc-${index % 12}` };
    return { id, type: 'node', revision: '1', reported: { ...reported, tags }, metadata: {}, ancestors };
  });
}

const ancestors: JsonObject = Object.fromEntries(
  Object.entries({ cloud: 'aws', account: '123456789012', region: 'us-east-1' }).map(([owner, id]) => [
    owner,
    { id: owner, reported: { id, name: id } },
  ]),
);
