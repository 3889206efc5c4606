import { expect, test } from '@jest/globals';
import { base, kind } from '@resoto/worker-core/plugin';

import { iamPolicy } from './iam-policy.ts';

test('a policy allows what the kinds need for a purpose, once', () => {
  const declare = (fqn: string, collect: string[], cleanup: string[]) =>
    kind(fqn, [base.volume], { pythonType: fqn, permissions: { collect, cleanup } });
  const kinds = [declare('a', ['s3:List', 'ec2:Describe'], ['ec2:Delete']), declare('b', ['s3:List'], [])];

  const statements = (['collect', 'cleanup'] as const).map((purpose): unknown => JSON.parse(iamPolicy(kinds, purpose)));

  expect(statements).toMatchObject([
    { Statement: [{ Effect: 'Allow', Action: ['ec2:Describe', 's3:List'] }] },
    { Statement: [{ Effect: 'Allow', Action: ['ec2:Delete'] }] },
  ]);
});
