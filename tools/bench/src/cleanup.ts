import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { moto } from '@resoto/tools-shared';

import { longestChain } from './longest-chain.ts';
import { row, skippedRow, type Row } from './row.ts';
import { measure } from './usage.ts';
import { makeWebs, webTag } from './web.ts';
import { awsAt, startOwnServer, withCore } from './with-core.ts';

const delay = 50;
const places = 32;

/** Deletes the resources of some VPCs on moto, with 50 ms before each request. Only the cleanup itself is measured. */
export async function measureCleanup(): Promise<readonly Row[]> {
  const emulator = await moto();
  if (emulator.missing !== undefined) return [skippedRow('aws, cleanup', emulator.missing)];
  const cloud = await emulator.start();
  try {
    await makeWebs(cloud.url, 10);
    return await cleanUp(cloud.url);
  } finally {
    await cloud.stop();
  }
}

async function cleanUp(cloud: string): Promise<readonly Row[]> {
  const proxy = await startOwnServer(new URL('./slow-proxy.ts', import.meta.url), cloud, String(delay));
  const requests = async (): Promise<number> => Number(await (await fetch(`${proxy.url}/requests-so-far`)).text());
  const config = {
    resotoworker: { collector: ['aws'], cleanup: true, cleanup_dry_run: false, cleanup_pool_size: places },
    aws: { collect: ['aws_ec2_*', 'aws_vpc*'], no_collect: ['aws_ec2_reserved_instances'], region: ['us-east-1'] },
  };
  try {
    return await withCore(config, awsAt(proxy.url), async (core, startWorker, data) => {
      const worker = startWorker();
      await core.registered();
      await core.run('collect');
      const marked = await core.execute(`search tags.${webTag} == "yes" | clean`);
      const edges = await core.deleteEdges();
      await sleep(1000);
      const before = await requests();
      const { cpuSeconds, seconds, peakMemory } = await measure(worker.pid, () => core.run('cleanup'));
      const sent = (await requests()) - before;
      const cleaned = await core.execute('search /metadata.cleaned == true');
      const remark = `${cleaned.length} of ${marked.length} deleted, ${sent} requests of ${delay} ms, ${places} at once`;
      const { chain, walk } = await longestChain(join(data, 'cleanup/journal.last.ndjson'), edges);
      return [
        row('aws, cleanup', cpuSeconds, seconds, peakMemory, remark),
        {
          what: 'aws, longest chain of the cleanup',
          cpu: '–',
          wall: chain.toFixed(2),
          memory: '–',
          remark: `the walk took ${walk.toFixed(2)} s, ${(walk / chain).toFixed(2)} × as long`,
        },
      ];
    });
  } finally {
    await proxy.stop();
  }
}
