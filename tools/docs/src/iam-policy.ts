import type { NodeKind } from '@resoto/worker-core/plugin';

/** Policy document of AWS IAM that allows to collect these kinds, and nothing else. */
export function iamPolicy(kinds: readonly NodeKind[]): string {
  const actions = new Set(kinds.flatMap(({ permissions }) => permissions.collect));
  const policy = {
    Version: '2012-10-17',
    Statement: [{ Sid: 'ResotoCollect', Effect: 'Allow', Action: [...actions].sort(), Resource: '*' }],
  };
  return `${JSON.stringify(policy, null, 2)}\n`;
}
