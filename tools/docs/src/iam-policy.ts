import type { NodeKind } from '@resoto/worker-core/plugin';

type Purpose = keyof NodeKind['permissions'];

const sids: Readonly<Record<Purpose, string>> = {
  collect: 'ResotoCollect',
  tag: 'ResotoTag',
  cleanup: 'ResotoCleanup',
};

/** Policy document of AWS IAM that allows to collect, tag or clean up these kinds, and nothing else. */
export function iamPolicy(kinds: readonly NodeKind[], purpose: Purpose): string {
  const actions = new Set(kinds.flatMap(({ permissions }) => permissions[purpose] ?? []));
  const policy = {
    Version: '2012-10-17',
    Statement: [{ Sid: sids[purpose], Effect: 'Allow', Action: [...actions].sort(), Resource: '*' }],
  };
  return `${JSON.stringify(policy, null, 2)}\n`;
}
