import { describe, expect, test } from '@jest/globals';
import { rules, selection, type TestNode } from '../testing/cleanup-graph.ts';
import { Approval } from './approval.ts';
import { planFile } from './plan-file.ts';
import { makePlan, type CleanupPlan } from './plan.ts';

const given = rules({
  acme_stack: { takes: [{ kind: 'resource' }] },
  acme_box: { takes: [{ kind: 'acme_disk', when: 'ties[].goes_too' }] },
  acme_disk: {},
});
const stack: TestNode = { kind: 'acme_stack' };
const guarded = { protected: true };

describe('what goes with a resource', () => {
  test('keeps it when it is protected, whether it is marked or not', () => {
    const disk = { kind: 'acme_disk', reported: { ties: [{ goes_too: false }, { goes_too: true }] } };
    const plan = planOf(
      {
        a: {},
        b: {},
        c: {},
        kept: { ...disk, marked: false, metadata: guarded },
        marked: { ...disk, metadata: guarded },
      },
      ['a kept default', 'b marked default'],
    );

    expect(verdicts(plan)).toEqual({
      a: 'refused: it would take acme_disk kept with it, which is protected',
      b: 'refused: it would take acme_disk marked with it, which is protected',
      c: undefined,
      marked: 'refused: it is protected',
    });
  });

  test('keeps it also when it goes with something that goes with it, and holds back what waits for it', () => {
    const disk = { kind: 'acme_disk', marked: false, metadata: guarded, reported: { ties: [{ goes_too: true }] } };
    const plan = planOf({ top: {}, s: stack, box: { marked: false }, disk }, [
      's box default',
      'box disk default',
      'top s',
    ]);

    expect(verdicts(plan)).toMatchObject({
      s: 'refused: it would take acme_disk disk with it, which is protected',
      top: expect.stringContaining('blocked: blocked by acme_stack s (refused: it would take'),
    });
  });

  test('keeps it when its kind is never deleted', () => {
    const plan = planOf({ s: stack, disk: { kind: 'acme_disk', marked: false } }, ['s disk default'], {
      ...given,
      neverKinds: ['acme_disk'],
    });

    expect(verdicts(plan)['s']).toBe(
      'refused: it would take acme_disk disk with it, which the setting cleanup_never_kinds keeps (acme_disk)',
    );
  });

  test.each([
    ['other', 'acme_disk disk with it, which the setting cleanup_never_accounts keeps (other)'],
    ['undefined', 'acme_disk disk with it, which may be in an account that the setting cleanup_never_accounts keeps'],
  ])('keeps it when its account %s is spared, or may be', (account, reason) => {
    const plan = planOf({ s: stack, disk: { kind: 'acme_disk', marked: false, account } }, ['s disk default'], {
      ...given,
      neverAccounts: ['other'],
    });

    expect(verdicts(plan)['s']).toBe(`refused: it would take ${reason}`);
  });

  test('is named where it is not marked', () => {
    const plan = planOf({ s: stack, disk: { kind: 'acme_disk', marked: false }, box: {} }, [
      's disk default',
      's box default',
    ]);

    expect(verdicts(plan)['s']).toBeUndefined();
    expect(plan.nodes[0]?.warnings).toEqual(['goes with it, but not marked: acme_disk disk']);
  });

  test('and came after the plan was made is refused', () => {
    const disk = { kind: 'acme_disk', marked: false };
    const edges = ['s disk default'];
    const file = planFile(planOf({ s: stack, disk }, edges), {
      graph: 'resoto',
      createdAt: new Date(0),
      clouds: given.clouds,
    });
    const approval = new Approval(file);

    const same = approval.compared(selection({ s: stack, disk }, edges, given));
    const more = approval.compared(selection({ s: stack, disk, new: disk }, [...edges, 's new default'], given));

    expect(same.candidates[0]?.verdict).toBeUndefined();
    expect(more.candidates[0]?.verdict).toMatchObject({
      outcome: 'refused',
      reason: 'after the plan was made, acme_disk new came, which goes with it',
    });
  });
});

test('what a default edge leads to, and the kind does not take, is in nobody’s way', () => {
  const disk = { kind: 'acme_disk', marked: false, metadata: guarded };
  const plan = planOf(
    {
      a: {},
      s: stack,
      untied: { ...disk, reported: { ties: [{ goes_too: false }] } },
      gone: { ...disk, metadata: { protected: true, cleaned: true } },
      above: { kind: 'acme_box', marked: false, metadata: guarded },
    },
    ['a untied default', 's gone default', 'above s default'],
  );

  expect(verdicts(plan)).toEqual({ a: undefined, s: undefined });
  expect(plan.nodes.flatMap(({ warnings }) => warnings)).toEqual([]);
});

function planOf(nodes: Readonly<Record<string, TestNode>>, edges: readonly string[], by = given): CleanupPlan {
  return makePlan(selection(nodes, edges, by), by.clouds);
}

function verdicts({ nodes }: CleanupPlan): Record<string, string | undefined> {
  return Object.fromEntries(
    nodes.map(({ node, verdict }) => [node.id, verdict && `${verdict.outcome}: ${verdict.reason}`]),
  );
}
