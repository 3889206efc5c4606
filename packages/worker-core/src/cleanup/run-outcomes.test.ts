import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { logOf } from '../log/log.ts';
import { Secrets } from '../log/secrets.ts';
import type { Progress } from '../protocol/progress.ts';
import { rules, selection, type TestNode } from '../testing/cleanup-graph.ts';
import { Journal } from './journal.ts';
import { unreached } from './outcome.ts';
import { makePlan, type CleanupPlan } from './plan.ts';
import { RunOutcomes, type RunOutcomesOptions } from './run-outcomes.ts';

const deleted = { outcome: 'deleted', reason: '' } as const;
let progress: Progress[];

beforeEach(() => {
  progress = [];
});

describe('progress', () => {
  test('of a cleanup is told per account, from nothing to all (no. 28)', () => {
    const outcomes = outcomesOf({ a: {}, b: {}, c: { account: 'other' } });
    const before = [...progress];

    for (const node of [0, 1]) outcomes.add(node, deleted);

    expect(before).toEqual([leaf('main', 0, 2), leaf('other', 0, 1)]);
    expect(lastOf('main')).toEqual(leaf('main', 2, 2));
    expect(lastOf('other')).toEqual(leaf('other', 0, 1));
  });

  test('of what failed is made, and of what was not reached is not (no. 28)', () => {
    const outcomes = outcomesOf({ a: {}, b: { account: 'other' } });

    outcomes.add(0, { outcome: 'failed', reason: 'it is in use' });
    outcomes.add(1, unreached('the run was stopped: enough'));

    expect(lastOf('main')).toEqual(leaf('main', 1, 1));
    expect(lastOf('other')).toEqual(leaf('other', 0, 1));
  });
});

describe('metrics', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'outcomes-'));
  });

  afterEach(async () => {
    await rm(directory, { recursive: true });
  });

  test('count each resource once, and the time of each deletion', async () => {
    const journal = await Journal.begin(
      join(directory, 'journal.ndjson'),
      { worker: 'w', core: 'http://core', graph: 'resoto', run: 't/cleanup' },
      '2024-01-01T00:00:00Z',
    );
    const counted: string[] = [];
    const times: number[] = [];
    const metrics: RunOutcomesOptions['services']['metrics'] = {
      outcome: ({ cloud, account, region, kind }, { outcome }) =>
        void counted.push([cloud, account, region, kind, outcome].join()),
      deletion: (seconds) => void times.push(seconds),
      run() {},
    };
    const plan = planOf({ a: {}, b: {} });
    const outcomes = outcomesOf(plan, { journal, services: { ...services(), metrics } });
    const resources = plan.nodes.map(({ resource }) => resource);
    const account = { cloud: 'acme', id: 'main' };

    for (const verb of ['prepare', 'delete', 'exists'] as const) {
      const call = await outcomes.walkJournal.before(verb, account, resources);
      await outcomes.walkJournal.after(call, []);
    }
    for (const node of [0, 1]) outcomes.add(node, deleted);
    await outcomes.finish();
    await journal.close();

    expect(counted).toEqual(['acme,main,eu,acme_box,deleted', 'acme,main,eu,acme_box,deleted']);
    expect(times).toHaveLength(2);
    expect(times.every((seconds) => seconds > 0)).toBe(true);
  });
});

function planOf(nodes: Readonly<Record<string, TestNode>>): CleanupPlan {
  const given = rules();
  return makePlan(selection(nodes, [], given), given.clouds);
}

function outcomesOf(
  plan: CleanupPlan | Readonly<Record<string, TestNode>>,
  options: Partial<RunOutcomesOptions> = {},
): RunOutcomes {
  return new RunOutcomes({
    services: services(),
    plan: isPlan(plan) ? plan : planOf(plan),
    feedback: { info() {}, progress: (value) => void progress.push(value) },
    ...options,
  });
}

function isPlan(plan: CleanupPlan | Readonly<Record<string, TestNode>>): plan is CleanupPlan {
  return Array.isArray(plan['nodes']);
}

function services() {
  return { log: logOf(() => {}, 'error', 'main'), secrets: new Secrets() };
}

function leaf(account: string, current: number, total: number): Progress {
  return { kind: 'progress', name: account, path: ['acme'], current, total };
}

function lastOf(account: string): Progress | undefined {
  return progress.findLast(({ name }) => name === account);
}
