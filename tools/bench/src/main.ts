/**
 * `npm run bench`: what starting, waiting, collecting, tagging and deleting cost on this machine. CPU is user and system
 * time of the worker alone; core and clouds run in processes of their own. Names of measurements as arguments run only these.
 */
import { cpus, totalmem } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

import { buildPackages } from '@resoto/tools-shared';
import type { JsonObject } from '@resoto/worker-core';

import { measureCleanup } from './cleanup.ts';
import { measureKills } from './kills.ts';
import { printRow, row, type Row } from './row.ts';
import { measureAwsTags } from './tags-aws.ts';
import { measureTags } from './tags.ts';
import { measure, usageOf } from './usage.ts';
import { awsAt, startOwnServer, withCore } from './with-core.ts';

const measurements: Readonly<Record<string, () => Promise<readonly Row[]>>> = {
  start: measureStart,
  'random-empty': () => measureRandom('fixed price: random, no resources', { seed: 31, size: 0 }),
  'random-10k': () => measureRandom('random, 10k nodes', { seed: 31, size: 3 }),
  'random-100k': () => measureRandom('random, 100k nodes', { seed: 29, size: 6 }),
  'random-1m': () => measureRandom('random, 1M nodes', { seed: 104, size: 14 }),
  'aws-empty': () => measureAws('aws, empty account', { instances: 0, volumes: 0 }),
  'aws-volumes': () =>
    measureAws('aws, 20,000 volumes', { instances: 0, volumes: 20_000, collect: ['aws_ec2_volume'] }),
  'aws-instances': () =>
    measureAws('aws, 5,000 instances, one call each', {
      instances: 5000,
      volumes: 0,
      collect: ['aws_ec2_instance'],
    }),
  'tags-random': () => measureTags(10_000),
  'tags-aws': measureAwsTags,
  cleanup: measureCleanup,
  kills: measureKills,
};

await main(process.argv.slice(2));

async function main(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => !(name in measurements));
  if (unknown.length > 0) {
    process.stderr.write(
      `No such measurement: ${unknown.join(', ')}. There are ${Object.keys(measurements).join(', ')}.\n`,
    );
    process.exitCode = 2;
    return;
  }
  await buildPackages();
  const model = cpus()[0]?.model ?? 'unknown processor';
  const memory = Math.round(totalmem() / 2 ** 30);
  process.stdout.write(`${cpus().length} × ${model}, ${memory} GB, Node ${process.version}\n\n`);
  printRow({ what: 'what', cpu: 'CPU s', wall: 'wall s', memory: 'peak MB', remark: '' });
  for (const [name, run] of Object.entries(measurements)) {
    if (names.length > 0 && !names.includes(name)) continue;
    for (const row of await run()) printRow(row);
  }
}

async function measureStart(): Promise<readonly Row[]> {
  return withCore({ resotoworker: { collector: ['random'] } }, {}, async (core, startWorker) => {
    const started = performance.now();
    const worker = startWorker();
    await core.registered();
    const wall = (performance.now() - started) / 1000;
    const { cpuSeconds, memory } = usageOf(worker.pid);
    await sleep(3000);
    const idleFrom = usageOf(worker.pid).cpuSeconds;
    await sleep(10_000);
    const idle = usageOf(worker.pid);
    return [
      row('exec to registered', cpuSeconds, wall, memory),
      row('idle, 10 s', idle.cpuSeconds - idleFrom, 10, idle.memory),
    ];
  });
}

async function measureRandom(what: string, random: JsonObject): Promise<readonly Row[]> {
  return measureCollect(what, { resotoworker: { collector: ['random'] }, random }, {});
}

async function measureAws(
  what: string,
  { instances, volumes, collect = [] }: { instances: number; volumes: number; collect?: readonly string[] },
): Promise<readonly Row[]> {
  const cloud = await startOwnServer(new URL('./static-aws.ts', import.meta.url), String(instances), String(volumes));
  try {
    const config = {
      resotoworker: { collector: ['aws'] },
      aws: { collect, collect_usage_metrics: false, region: ['us-east-1'] },
    };
    return await measureCollect(what, config, awsAt(cloud.url));
  } finally {
    await cloud.stop();
  }
}

async function measureCollect(what: string, config: JsonObject, env: NodeJS.ProcessEnv): Promise<readonly Row[]> {
  return withCore(config, env, async (core, startWorker) => {
    const worker = startWorker();
    await core.registered();
    await sleep(1000);
    const measured = await measure(worker.pid, () => core.run('collect'));
    const nodes = await core.countNodes();
    const perSecond = Math.round(nodes / measured.cpuSeconds).toLocaleString('en');
    const remark = `${nodes.toLocaleString('en')} nodes, ${perSecond} per CPU s`;
    return [row(what, measured.cpuSeconds, measured.seconds, measured.peakMemory, remark)];
  });
}
