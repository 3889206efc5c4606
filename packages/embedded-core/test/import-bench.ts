/**
 * Imports a generated account twice and searches it: `npm run bench -- [nodes] [file]`.
 * Prints seconds, the longest time other work had to wait, and the memory of the process.
 */
import { rmSync } from 'node:fs';
import { openDatabase } from '../src/database.ts';
import { openGraphStore } from '../src/graph/open-graph-store.ts';
import { ACME_KINDS } from './acme.ts';

const nodes = Number(process.argv[2] ?? 100_000);
const file = process.argv[3];
if (file !== undefined) for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });

const database = openDatabase(file === undefined ? {} : { file });
const store = openGraphStore({ database, generation: 'resoto' });
store.create('bench');
store.model('bench').patch(ACME_KINDS);

await measured('first import', () => store.merge('bench', body(false)));
await measured('same body again', () => store.merge('bench', body(false)));
await measured('one node in a hundred changed', () => store.merge('bench', body(true)));
for (const query of [
  'is(acme_box)',
  'is(acme_box) and cores = 7',
  'is(region) -[0:]->',
  'id = box-5',
  '/desired.clean == true and /metadata.cleaned != true <-default,delete[0:]->',
]) {
  await measured(query, async () => {
    const { rows } = await store.search('bench', query, { section: 'reported', withEdges: true });
    let count = 0;
    for await (const _ of rows) count += 1;
    return `${count} rows`;
  });
}

/** About 600 bytes per node, two edges each. */
function* body(isChanged: boolean): Generator<string> {
  yield JSON.stringify({ id: 'top', reported: { kind: 'graph_root', name: 'root' } });
  yield JSON.stringify({ id: 'acc', reported: { kind: 'acme_account', id: 'acc' }, metadata: { replace: true } });
  for (let region = 0; region < 20; region++) yield nodeLine(`region-${region}`, { kind: 'acme_region' });
  for (let box = 0; box < nodes; box++) {
    yield nodeLine(`box-${box}`, {
      kind: 'acme_box',
      cores: isChanged && box % 100 === 0 ? 99 : box % 64,
      color: 'red',
      bytes: 107_374_182_400 + box,
      ports: [80, 443],
      disks: [{ size: 10, label: 'root' }, { size: 100 }],
      ctime: '2024-03-01T00:00:00Z',
      tags: { owner: 'somebody', team: 'platform', purpose: 'a longer text that says what this box is there for' },
    });
  }
  yield JSON.stringify({ from: 'top', to: 'acc' });
  for (let region = 0; region < 20; region++) yield JSON.stringify({ from: 'acc', to: `region-${region}` });
  for (let box = 0; box < nodes; box++) {
    yield JSON.stringify({ from: `region-${box % 20}`, to: `box-${box}` });
    yield JSON.stringify({ from: `region-${box % 20}`, to: `box-${box}`, edge_type: 'delete' });
  }
}

function nodeLine(id: string, reported: object): string {
  const metadata = { python_type: 'acme_plugin.AcmeBox', cleaned: false, phantom: false, protected: false };
  return JSON.stringify({ id, reported: { ...reported, id, name: id }, metadata });
}

async function measured(title: string, work: () => Promise<unknown>): Promise<void> {
  let longest = 0;
  let last = performance.now();
  const look = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  };
  const timer = setInterval(look, 5);
  const cpu = process.cpuUsage();
  const start = performance.now();
  const result = await work();
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  look();
  clearInterval(timer);
  const memory = `${Math.round(process.memoryUsage().rss / 1e6)} MB, peak ${Math.round(process.resourceUsage().maxRSS / 1000)} MB`;
  const times = `${seconds.toFixed(2)} s, CPU ${((user + system) / 1e6).toFixed(2)} s, longest wait ${Math.round(longest)} ms`;
  process.stdout.write(`${title}: ${times}, ${memory}\n  ${JSON.stringify(result)}\n`);
}
