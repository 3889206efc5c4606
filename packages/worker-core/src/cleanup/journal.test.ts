import { mkdtemp, open, readFile, readdir, rm, truncate, writeFile, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { CleanupCloud, failed } from '../testing/cleanup-cloud.ts';
import { rules, selection, type TestNode } from '../testing/cleanup-graph.ts';
import { Journal, readJournal, setAside, type JournalRecord } from './journal.ts';
import { isGone, type Verdict } from './outcome.ts';
import { makePlan } from './plan.ts';
import { journalState, recover } from './recovery.ts';
import type { CleanupVerb } from './resource.ts';
import { walk, type WalkJournal } from './walk.ts';

const head = { worker: 'w', core: 'http://core', graph: 'resoto', run: 't1' };
let directory: string;
let path: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'journal-'));
  path = join(directory, 'cleanup', 'journal.ndjson');
});

afterEach(() => rm(directory, { recursive: true }));

describe('a journal', () => {
  test('is read as it was written', async () => {
    const journal = await Journal.begin(path, head, '2026-01-01T00:00:00Z');
    await journal.append({ is: 'answer', call: 7, answers: [{ is: 'deleted' }] });
    await journal.close();

    expect(await readJournal(path)).toMatchObject({
      head,
      startedAt: '2026-01-01T00:00:00Z',
      calls: 7,
      broken: 0,
      records: [{ is: 'run' }, { is: 'answer', call: 7 }],
    });
  });

  test('that does not exist says nothing, as one whose first line was cut off', async () => {
    expect(await readJournal(path)).toBeUndefined();
    const journal = await Journal.begin(path, head, '');
    await journal.close();
    await truncate(path, 20);

    expect(await readJournal(path)).toBeUndefined();
  });

  test('that was cut off in a line goes on after the line before', async () => {
    const journal = await Journal.begin(path, head, '');
    await journal.append({ is: 'reported', nodes: ['a'] });
    await journal.append({ is: 'reported', nodes: ['b'] });
    await journal.close();
    await truncate(path, (await readFile(path)).length - 5);

    const found = await readJournal(path);
    if (found === undefined) throw new Error('there is a journal');
    const resumed = await Journal.resume(path, found);
    await resumed.append({ is: 'reported', nodes: ['c'] });
    await resumed.close();

    expect((await readJournal(path))?.records.slice(1)).toEqual([
      { is: 'reported', nodes: ['a'] },
      { is: 'reported', nodes: ['c'] },
    ]);
  });

  test('that was cut off at any byte has the lines that were whole by then, and nothing else', async () => {
    const resource = { nodeId: 'ä', kind: 'acme_box', reported: {}, metadata: {}, owners: {}, neighbours: [] };
    const journal = await Journal.begin(path, head, '');
    const account = { cloud: 'acme', id: 'main' };
    await journal.append({ is: 'call', call: 1, verb: 'delete', account, resources: [resource] });
    await journal.append({ is: 'answer', call: 1, answers: [{ is: 'deleted' }] });
    await journal.append({ is: 'reported', nodes: ['ä'] });
    await journal.close();
    const bytes = await readFile(path);
    const records = (await readJournal(path))?.records ?? [];

    for (let length = 0; length <= bytes.length; length += 1) {
      await writeFile(path, bytes.subarray(0, length));
      const found = await readJournal(path);

      const whole = bytes.subarray(0, length).filter((byte) => byte === 0x0a).length;
      expect([length, found?.records ?? [], found?.broken ?? 0]).toEqual([length, records.slice(0, whole), 0]);
    }
  });

  test('counts lines it cannot read and uses the others', async () => {
    const journal = await Journal.begin(path, head, '');
    await journal.close();
    const unlike =
      '{"is":"call","call":1,"verb":"delete","account":{},"resources":[null]}\n{"is":"reported","nodes":7}\n';
    await writeFile(path, `{"is":"call"}\nnonsense\n${unlike}{"is":"reported","nodes":["a"]}\n`, { flag: 'a' });

    expect(await readJournal(path)).toMatchObject({ broken: 4, records: [{ is: 'run' }, { is: 'reported' }] });
  });

  test('of another form is refused, and can be set aside', async () => {
    const journal = await Journal.begin(path, head, '');
    await journal.close();
    await writeFile(path, '{"something":"else"}\n');

    await expect(readJournal(path)).rejects.toMatchObject({ code: 'journal_broken' });
    await setAside(path, new Date(0));
    expect(await readdir(join(directory, 'cleanup'))).toEqual(['journal.ndjson.1970-01-01T00-00-00-000Z']);
  });

  test('is kept under another name when the run is over', async () => {
    const journal = await Journal.begin(path, head, '');
    await journal.finish();

    expect(await readdir(join(directory, 'cleanup'))).toEqual(['journal.last.ndjson']);
  });

  test('is synced once for an answer, what became of it, and the call that follows', async () => {
    const ids = Array.from({ length: 20 }, (_, index) => `n${index}`);
    const plan = makePlan(
      selection(
        Object.fromEntries(ids.map((id) => [id, {}])),
        ids.slice(1).map((id, index) => `${id} n${index}`),
      ),
      rules().clouds,
    );
    const cloud = new CleanupCloud(ids);
    const journal = await Journal.begin(path, head, '');
    const handle = await open(path);
    const syncs = jest.spyOn(Object.getPrototypeOf(handle) as FileHandle, 'datasync');
    const written: Promise<void>[] = [];

    await walk({
      plan,
      call: cloud.call,
      journal: {
        async before(verb, account, resources) {
          const call = journal.nextCall();
          await journal.append({ is: 'call', call, verb, account, resources });
          return call;
        },
        after: (call, answers) => journal.append({ is: 'answer', call, answers }),
      },
      check: async () => new Map(),
      places: 8,
      signal: new AbortController().signal,
      onOutcome: (node, verdict) =>
        written.push(journal.append({ is: 'outcome', node: `${node}`, verdict, eventLog: [] })),
    });
    await Promise.all(written);

    expect(cloud.deleted).toEqual(ids);
    expect(syncs.mock.calls.length).toBe(ids.length + 1);
    syncs.mockRestore();
    await handle.close();
    await journal.close();
    expect((await readJournal(path))?.records).toHaveLength(1 + 3 * ids.length);
  });

  test('that cannot be written stops the run: what is not written down is not done', async () => {
    const cloud = new CleanupCloud(['a']);
    const { verdicts, reason } = await clean(
      cloud,
      { a: {} },
      {
        before: () => Promise.reject(Object.assign(new Error('disk full'), { code: 'journal_failed' })),
        after: async () => {},
      },
    );

    expect(cloud.calls).toEqual([]);
    expect(reason).toMatchObject({ code: 'journal_failed' });
    expect(verdicts.get('a')?.outcome).toBe('skipped');
  });
});

const box: TestNode = {};
const web: Readonly<Record<string, TestNode>> = {
  vpc: box,
  subnet: box,
  groupA: { kind: 'acme_group' },
  groupB: { kind: 'acme_group' },
  inst: { kind: 'acme_slow' },
  vol: box,
  other: { kind: 'acme_slow' },
};
const edges = [
  'vpc subnet',
  'vpc groupA',
  'vpc groupB',
  'groupA groupB',
  'groupB groupA',
  'groupA inst',
  'subnet inst',
  'vol inst',
];
const given = rules({
  acme_box: { batch: 3 },
  acme_group: { prepare: { breaks: ['acme_group'] } },
  acme_slow: {},
});

/** Calls that fail the first time, so that they are made again. */
const failuresOnce: Readonly<Record<string, { readonly code: string; readonly hasEffect?: boolean }>> = {
  'delete vol': { code: 'provider_failed' },
  'delete subnet': { code: 'ECONNRESET', hasEffect: true },
  'delete vpc': { code: 'resource_in_use' },
  'prepare groupA': { code: 'timed_out' },
};

/** Each record of a journal, and when the process dies: before it is written, in the middle of its line, or after it. */
const deaths = ['before', 'within', 'after'] as const;

describe('a process that dies', () => {
  test('at any position leaves a journal with which the next one comes to the same end', async () => {
    const positions = await dyingRun(Infinity, 'after');
    expect(positions.records).toBeGreaterThan(30);
    for (const call of Object.keys(failuresOnce)) expect(positions.calls).toContain(call);

    for (let position = 0; position < positions.records; position += 1) {
      for (const death of deaths) {
        await rm(join(directory, 'cleanup'), { recursive: true, force: true });
        const { cloud, cleaned } = await dyingRun(position, death);
        const where = `${death} record ${position}`;

        const { cloud: after, ended } = await nextProcess(cloud, cleaned);

        expect({ where, existing: [...after.existing] }).toEqual({ where, existing: [] });
        expect({ where, needless: after.needless }).toEqual({ where, needless: [] });
        expect({ where, violations: [...cloud.violations, ...after.violations] }).toEqual({ where, violations: [] });
        expect({ where, ended: Object.keys(web).filter((id) => !ended.has(id)) }).toEqual({ where, ended: [] });
      }
    }
  });
});

/** Runs until the given record is written, then does nothing any more: no call, no record, no report. */
async function dyingRun(position: number, death: (typeof deaths)[number]) {
  const cleaned = new Set<string>();
  let dead = false;
  let records = 0;
  let die = (): void => {};
  const died = new Promise<void>((resolve) => (die = resolve));
  const forever = new Promise<never>(() => {});
  const cloud = new CleanupCloud(
    Object.keys(web),
    cloudOptions(() => (dead ? forever : undefined)),
  );
  const journal = await Journal.begin(path, head, '');
  const append = async (record: JournalRecord): Promise<void> => {
    if (dead) return forever;
    const number = records;
    records += 1;
    if (number === position) {
      dead = true;
      if (death === 'after') await journal.append(record);
      if (death === 'within') await writeFile(path, JSON.stringify(record).slice(0, 15), { flag: 'a' });
      await journal.close();
      die();
      return forever;
    }
    return journal.append(record);
  };
  const walked = clean(cloud, web, walkJournal(append), new Set(), (id, verdict) => {
    void append({ is: 'outcome', node: id, verdict, eventLog: [] })
      .then(() => {
        cleaned.add(id);
        return append({ is: 'reported', nodes: [id] });
      })
      .catch(() => {});
  });
  await Promise.race([walked, died]);
  if (!dead) {
    while (cleaned.size < Object.keys(web).length) await new Promise(setImmediate);
    await journal.close();
  }
  const calls = cloud.calls.flatMap(({ verb, ids }) => ids.map((id) => `${verb} ${id}`));
  return { cloud, cleaned, records, calls };
}

/** What is there after the next process, and ids of nodes whose end the core knows. */
async function nextProcess(cloud: CleanupCloud, cleaned: Set<string>) {
  const alive = revived(cloud);
  const found = await readJournal(path);
  const state = found === undefined ? undefined : journalState(found);
  const { gone, requested } = await recover(state?.open ?? [], alive.call, () => 2);
  for (const { resource } of gone) cleaned.add(resource.nodeId);
  for (const { node, verdict } of state?.outcomes.values() ?? []) if (isGone(verdict.outcome)) cleaned.add(node);
  const marked = Object.fromEntries(
    Object.entries(web).map(([id, node]) => [id, cleaned.has(id) ? { ...node, metadata: { cleaned: true } } : node]),
  );
  let call = 0;
  const journal = { before: async () => (call += 1), after: async () => {} };
  const { verdicts } = await clean(alive, marked, journal, requested);
  for (const [id, { outcome }] of verdicts) if (isGone(outcome)) cleaned.add(id);
  return { cloud: alive, ended: cleaned };
}

/** The same cloud, as a new process sees it. */
function revived(cloud: CleanupCloud): CleanupCloud {
  return cloud.reopened(cloudOptions(() => undefined));
}

function cloudOptions(before: () => Promise<void> | undefined) {
  const uses = new Map<string, string[]>();
  for (const edge of edges) {
    const [from = '', to = ''] = edge.split(' ');
    uses.set(from, [...(uses.get(from) ?? []), to]);
  }
  const failedOnce = new Set<string>();
  return {
    uses,
    answer: (verb: CleanupVerb, id: string, existing: Set<string>) => {
      const failure = failuresOnce[`${verb} ${id}`];
      if (failure === undefined || failedOnce.has(id)) return undefined;
      failedOnce.add(id);
      if (failure.hasEffect === true) existing.delete(id);
      return failed(failure.code, 'not now');
    },
    tied: (id: string, other: string) => id.startsWith('group') && other.startsWith('group'),
    slow: (id: string) => (web[id]?.kind === 'acme_slow' ? 2 : 0),
    before,
  };
}

function walkJournal(append: (record: JournalRecord) => Promise<void>): WalkJournal {
  let call = 0;
  return {
    before: async (verb, account, resources) => {
      const number = (call += 1);
      await append({ is: 'call', call: number, verb, account, resources });
      return number;
    },
    after: (number, answers) => append({ is: 'answer', call: number, answers }),
  };
}

async function clean(
  cloud: CleanupCloud,
  nodes: Readonly<Record<string, TestNode>>,
  journal: WalkJournal,
  requested: ReadonlySet<string> = new Set(),
  onOutcome: (id: string, verdict: Verdict) => void = () => {},
) {
  const present = edges.filter((edge) => edge.split(' ').every((id) => id in nodes));
  const plan = makePlan(selection(nodes, present, given), given.clouds);
  const verdicts = new Map<string, Verdict>();
  const reason = await walk({
    plan,
    call: cloud.call,
    journal,
    check: async () => new Map(),
    places: 4,
    signal: new AbortController().signal,
    pauses: { firstLook: 1, longestLook: 2, again: 1, longestAgain: 4 },
    requested,
    onOutcome: (node, verdict) => {
      const id = plan.nodes[node]?.node.id ?? '';
      verdicts.set(id, verdict);
      onOutcome(id, verdict);
    },
  });
  return { verdicts, reason };
}
