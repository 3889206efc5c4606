import type { NodeKind } from '@resoto/worker-core/plugin';

/** Policy document of AWS IAM that allows to collect, tag and clean up these kinds, and nothing else: a statement for each. */
export function iamPolicy(kinds: readonly NodeKind[]): string {
  const statement = (sid: string, purpose: keyof NodeKind['permissions']) => {
    const actions = new Set(kinds.flatMap(({ permissions }) => permissions[purpose] ?? []));
    return actions.size === 0 ? [] : [{ Sid: sid, Effect: 'Allow', Action: [...actions].sort(), Resource: '*' }];
  };
  const policy = {
    Version: '2012-10-17',
    Statement: [
      ...statement('ResotoCollect', 'collect'),
      ...statement('ResotoTag', 'tag'),
      ...statement('ResotoCleanup', 'cleanup'),
    ],
  };
  return `${JSON.stringify(policy, null, 2)}\n`;
}
