import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { plainError } from '../collect/plain-error.ts';
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

  test.each([
    { planned: 'r1', now: 'r2' },
    { planned: 'r1', now: '' },
    { planned: '', now: 'r1' },
    { planned: '', now: '' },
  ])('of the revision "$planned" does not allow a node of the revision "$now"', ({ planned, now }) => {
    const approved = new Approval(fileOf({ a: { revision: planned } }, []));

    expect(approved.judge({ id: 'a', revision: now })).toMatchObject({
      outcome: 'refused',
      reason: 'it was changed after the plan was made',
    });
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

  test.each([
    ['empty', ''],
    ['cut off', '{"kind": "resoto_cleanup_plan"'],
    ['another document', '[]'],
    ['no text', '\u0000\ufffd\u0007'],
    ['nested without end', signed(`[{"id":"a","revision":"r","after":${nested(100_000)}}]`)],
    ['very long', `"${'x'.repeat(20_000_000)}"`],
    ['a list of what is no node', signed('[null,7,"a"]')],
    ['without revisions', signed('[{"id":"a","after":[]}]')],
    ['without ids', signed('[{"revision":"r","after":[]}]')],
    ['without what has to go first', signed('[{"id":"a","revision":"r"}]')],
  ])('that is %s is not read, whatever its digest', async (_, text) => {
    await writeFile(path, text);

    const error = await readPlanFile(path).then(() => undefined, plainError);

    expect(error).toMatchObject({ code: 'plan_unreadable', hint: 'Make one with: resotoworker plan --out plan.json' });
    expect(error?.message.length).toBeLessThan(1_000);
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

function nested(depth: number): string {
  return `${'['.repeat(depth)}${']'.repeat(depth)}`;
}

/** A plan of these nodes with the digest that belongs to it, as whoever knows how could make it. */
function signed(nodes: string): string {
  const rest = { kind: 'resoto_cleanup_plan', format: 1 };
  const hash = createHash('sha256').update(JSON.stringify(rest));
  // Nodes are short here, and none has a number that would be written in another way.
  if (nodes.length < 1_000) for (const node of JSON.parse(nodes) as unknown[]) hash.update(JSON.stringify(node));
  return `{"kind":"resoto_cleanup_plan","format":1,"nodes":${nodes},"digest":"${hash.digest('hex')}"}`;
}

function fileOf(nodes: Nodes, edges: readonly string[]): PlanFile {
  const { clouds } = rules();
  const plan = makePlan(selection(nodes, edges), clouds);
  return planFile(plan, { graph: 'resoto', createdAt: new Date(0), clouds });
}
