import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { errorCode } from '../errors.ts';
import { rules, selection, type TestNode } from '../testing/cleanup-graph.ts';
import { Approval } from './approval.ts';
import { planFormats, renderPlan } from './formats/render.ts';
import { makePlan } from './plan.ts';
import { planFile, readPlanFile, type PlanFile } from './plan-file.ts';

type Nodes = Readonly<Record<string, TestNode>>;

const other: TestNode = { marked: false };

describe('a plan that is approved', () => {
  test('allows what has not changed, also where nodes that are not marked wait for each other', () => {
    const nodes = { vpc: {}, web: other, db: other, inst: {} };
    const edges = ['vpc web', 'vpc db', 'web db', 'db web', 'db inst'];
    const approved = new Approval(fileOf(nodes, edges));

    const { candidates } = approved.compared(selection(nodes, edges));

    expect(candidates.map(({ verdict }) => verdict)).toEqual([undefined, undefined]);
  });

  test('names each of the nodes that are not marked and wait for each other, once', () => {
    const edges = ['vpc web', 'vpc db', 'web db', 'db web', 'db inst', 'vpc db'];

    const { nodes } = fileOf({ vpc: {}, web: other, db: other, inst: {} }, edges);

    const vpc = nodes.find(({ id }) => id === 'vpc');
    expect(vpc?.after).toEqual(['web', 'db']);
    expect(new Set(vpc?.waits_for).size).toBe(vpc?.waits_for.length);
    expect(vpc?.warnings).toEqual(['should go first, but not marked: acme_box web, acme_box db']);
  });

  test('refuses what a new node behind nodes that wait for each other hangs on', () => {
    const nodes = { vpc: {}, web: other, db: other };
    const edges = ['vpc web', 'web db', 'db web'];
    const approved = new Approval(fileOf(nodes, edges));

    const { candidates } = approved.compared(selection(nodes, [...edges, 'vpc db']));

    expect(candidates.map(({ verdict }) => verdict?.reason)).toEqual([
      'after the plan was made, acme_box db came, which has to go first',
    ]);
  });
});

describe('a plan on disk', () => {
  let path: string;

  beforeEach(async () => {
    path = join(await mkdtemp(join(tmpdir(), 'plan-')), 'plan.json');
  });

  afterEach(() => rm(join(path, '..'), { recursive: true }));

  test('is read as it was written', async () => {
    const file = fileOf({ net: {}, inst: {} }, ['net inst']);
    await writeFile(path, renderPlan(file, 'json'));

    expect(await readPlanFile(path)).toEqual(file);
  });

  test('is not read when a single character of it is another one', async () => {
    const text = renderPlan(fileOf({ net: { reported: { name: 'n' } } }, ['net net']), 'json');
    const readable: string[] = [];

    for (let position = 0; position < text.length; position += 1) {
      // Space between the members says nothing.
      if (/\s/.test(text.charAt(position))) continue;
      const edited = `${text.slice(0, position)}${text.charAt(position) === '1' ? '2' : '1'}${text.slice(position + 1)}`;
      await writeFile(path, edited);
      const code = await readPlanFile(path).then(() => 'it was read', errorCode);
      if (code !== 'plan_edited' && code !== 'plan_unreadable') readable.push(`${position}: ${code}`);
    }

    expect(readable).toEqual([]);
  });
});

test('a plan as text says why resources stay once for all of them', () => {
  const guarded = { metadata: { protected: true } };
  const file = fileOf({ a: guarded, b: { ...guarded, account: 'other' }, c: {} }, []);

  const [, stays] = renderPlan(file, 'text').split('What stays\n');

  expect(stays?.split('\n')).toEqual([
    '  refused, it is protected',
    '    acme_box  a  main  eu',
    '    acme_box  b  other  eu',
    '',
  ]);
});

describe('names that are hostile', () => {
  const hostile = `<script>alert("x")</script>&'\u0000\u001b[31m\u202e\n"];\\` + 'n'.repeat(500);

  test('break no format', () => {
    const file = fileOf({ a: { reported: { name: hostile } }, b: { account: hostile } }, ['a b']);

    const shown = Object.fromEntries(planFormats.map((format) => [format, renderPlan(file, format)]));

    expect(JSON.parse(shown['json'] ?? '')).toEqual(file);
    const broken = Object.entries(shown).filter(([format, text]) => format !== 'json' && unprintable.test(text));
    expect(broken.map(([format]) => format)).toEqual([]);
    for (const format of ['html', 'svg']) expect(shown[format]?.includes('<script')).toBe(false);
    // Each statement stays on its line, and no quote ends early.
    for (const line of (shown['dot'] ?? '').split('\n')) {
      expect(line.replaceAll(/\\./g, '').replaceAll(/"[^"]*"/g, '')).not.toContain('"');
    }
  });
});

// eslint-disable-next-line no-control-regex
const unprintable = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

function fileOf(nodes: Nodes, edges: readonly string[]): PlanFile {
  const { clouds } = rules();
  const plan = makePlan(selection(nodes, edges), clouds);
  return planFile(plan, { graph: 'resoto', createdAt: new Date(0), clouds });
}
