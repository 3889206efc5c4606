import type { NodeKind, Purpose } from '@resoto/worker-core/plugin';

const sids: Readonly<Record<Purpose, string>> = {
  collect: 'ResotoCollect',
  tag: 'ResotoTag',
  cleanup: 'ResotoCleanup',
};

/** Policy document of AWS IAM that allows to collect, tag or clean up these kinds, and nothing else. */
export function iamPolicy(kinds: readonly NodeKind[], purpose: Purpose): string {
  const policy = {
    Version: '2012-10-17',
    Statement: [{ Sid: sids[purpose], Effect: 'Allow', Action: permissionsFor(kinds, purpose), Resource: '*' }],
  };
  return `${JSON.stringify(policy, null, 2)}\n`;
}

/** Names of all permissions that kinds need for a purpose, sorted. */
export function permissionsFor(kinds: readonly NodeKind[], purpose: Purpose): readonly string[] {
  return [...new Set(kinds.flatMap(({ permissions }) => permissions[purpose] ?? []))].sort();
}
