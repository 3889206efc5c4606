import { describe, expect, test } from '@jest/globals';
import { row, rules, type TestNode } from '../testing/cleanup-graph.ts';
import { judge, type Rules } from './judge.ts';
import type { KindDescription } from './resource.ts';
import { cleanupQuery } from './select.ts';

const phantom: KindDescription = { kind: 'acme_type', kinds: ['acme_type'], phantom: true, permissions: [] };
const fixed: KindDescription = { kind: 'acme_fixed', kinds: ['acme_fixed'], phantom: false, permissions: [] };
const base = rules({ acme_box: {} });
const given: Rules = {
  ...base,
  clouds: new Map([
    ['acme', new Map([...(base.clouds.get('acme') ?? []), ['acme_type', phantom], ['acme_fixed', fixed]])],
  ]),
  neverAccounts: ['prod'],
};

describe('a marked node', () => {
  test('that nothing speaks against may be deleted', () => {
    expect(judge(row('a'), given)).toBeUndefined();
  });

  test.each<[string, TestNode, string]>([
    ['is protected', { metadata: { protected: true } }, 'refused: it is protected'],
    ['is a phantom', { metadata: { phantom: true } }, 'refused: it is a phantom: there is nothing to delete'],
    ['is of a phantom kind', { kind: 'acme_type' }, 'refused: it is a phantom: there is nothing to delete'],
    ['was cleaned', { metadata: { cleaned: true } }, 'skipped: it was cleaned before'],
    ['is not marked', { marked: false }, 'skipped: it is not marked for cleanup any more'],
    ['is of another cloud', { cloud: 'other' }, 'skipped: it belongs to other, which this worker does not clean'],
    ['has a placeholder for a cloud', { cloud: 'undefined' }, 'refused: its cloud is not known'],
    ['has a placeholder for an account', { account: 'undefined' }, 'refused: its account is not known'],
    ['has a placeholder for a region', { region: 'undefined' }, 'refused: its region is not known'],
    ['is of a foreign kind', { kind: 'x' }, 'refused: the plugin of its cloud does not know the kind x'],
    ['cannot be deleted', { kind: 'acme_fixed' }, 'refused: resources of kind acme_fixed cannot be deleted'],
    ['is in a spared account', { account: 'prod' }, 'refused: the setting cleanup_never_accounts names prod'],
  ])('that %s is not deleted (no. 4)', (_, node, expected) => {
    const verdict = judge(row('a', node), given);

    expect(`${verdict?.outcome}: ${verdict?.reason}`).toBe(expected);
  });

  test('of a kind whose base is never deleted is refused', () => {
    expect(judge(row('a'), { ...given, neverKinds: ['resource'] })).toEqual({
      outcome: 'refused',
      reason: 'the setting cleanup_never_kinds names resource',
    });
  });

  test('without any owner is refused', () => {
    const { ancestors: _, ...orphan } = row('a');

    expect(judge(orphan, given)).toEqual({ outcome: 'refused', reason: 'its cloud is not known' });
  });
});

test('the query is that of the reference worker', () => {
  expect(cleanupQuery([])).toBe(
    '/desired.clean == true and /metadata.cleaned != true and /metadata.protected!=true <-default,delete[0:]->',
  );
  expect(cleanupQuery(['acme', 'other'])).toBe(
    '/desired.clean == true and /metadata.cleaned != true and /metadata.protected!=true ' +
      'and /ancestors.cloud.reported.id in ["acme", "other"] <-default,delete[0:]->',
  );
});
