/**
 * Nodes per CPU second through the sink (checked, identified, spooled, with two edges each) and peak memory, one process
 * per size: `node --conditions=@resoto/source packages/worker-core/bench/sink.ts [nodes …]`, by default 10k, 100k and 1M.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { createAccountGraph } from '../src/graph/account-graph.ts';
import { problemText } from '../src/graph/problems.ts';
import { baseKinds } from '../src/kinds/base-generations.ts';
import { kind, ref } from '../src/kinds/declare.ts';
import { KindRegistry } from '../src/kinds/registry.ts';
import type { NodeKind } from '../src/kinds/types.ts';

const [first, ...others] = process.argv.slice(2);
if (first === 'one') await measure(Number(others[0]));
else for (const size of first === undefined ? [10_000, 100_000, 1_000_000] : [first, ...others].map(Number)) run(size);

function run(size: number): void {
  const script = fileURLToPath(import.meta.url);
  // As in a collect thread: what lives long is outside of the heap, so a large young generation only takes memory.
  const flags = ['--max-semi-space-size=8', ...process.execArgv];
  spawnSync(process.execPath, [...flags, script, 'one', String(size)], { stdio: 'inherit' });
}

async function measure(size: number): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'sink-'));
  try {
    const kinds = declareKinds();
    const graph = createAccountGraph({
      directory,
      cloud: { id: 'acme', name: 'acme' },
      generation: 'resoto',
      mergeKind: 'account',
      registry: new KindRegistry(Object.values(kinds)),
      now: new Date(),
    });
    const start = process.cpuUsage();
    const account = graph.add(kinds.account, { reported: { id: 'account' }, parent: graph.cloud });
    let region = account;
    let network = account;
    for (let node = 0; node < size; node += 1) {
      if (node % 10_000 === 0)
        region = graph.add(kinds.region, { reported: { id: `region-${node}` }, parent: account });
      if (node % 100 === 0) network = graph.add(kinds.network, { reported: { id: `net-${node}` }, parent: region });
      const instance = graph.add(kinds.instance, {
        reported: {
          id: `i-${node.toString(16).padStart(17, '0')}`,
          name: `Instance ${node}`,
          tags: { owner: 'somebody', costCenter: 'web' },
          ctime: '2024-03-01T10:00:00Z',
          instance_cores: 4,
          instance_memory: 16,
          instance_type: 'rnd2.large',
          instance_status: 'running',
        },
        parent: network,
        answer: node % 100 === 0 ? { network: `net-${node}` } : undefined,
      });
      graph.edge(region, instance);
    }
    const added = process.cpuUsage(start);
    const finished = await graph.finish();
    const done = process.cpuUsage(start);
    report(finished.nodes, finished.edges, finished.bytes, seconds(added), seconds(done));
    for (const problem of finished.problems) print(problemText(problem));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function report(nodes: number, edges: number, bytes: number, added: number, done: number): void {
  const perSecond = (time: number): string => Math.round(nodes / time).toLocaleString('en');
  print(
    [
      `${nodes.toLocaleString('en')} nodes, ${edges.toLocaleString('en')} edges, ${Math.round(bytes / 1e6)} MB`,
      `add ${perSecond(added)} nodes per CPU s`,
      `with finish ${perSecond(done)}`,
      `peak ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`,
    ].join(' | '),
  );
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function seconds({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1e6;
}

function declareKinds(): Record<'account' | 'region' | 'network' | 'instance', NodeKind> {
  const base = new Map(baseKinds('resoto').map((known) => [known.fqn, known]));
  const derive = (name: string, references: NodeKind['references'] = []): NodeKind => {
    const parent = base.get(name);
    return kind(`acme_${name}`, parent === undefined ? [] : [parent], { pythonType: `acme.${name}`, references });
  };
  return {
    account: derive('account'),
    region: derive('region'),
    network: derive('network'),
    instance: derive('instance', [ref('acme_network', { by: 'id', from: 'network', default: 'in' })]),
  };
}
