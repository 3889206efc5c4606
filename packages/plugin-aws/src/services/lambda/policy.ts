import { path } from '@resoto/worker-core/plugin';

import { listOf, textOf } from '../../values.ts';

const statements = path('Statement');
const principal = path('Principal.Service');
const sourceArn = path('Condition.ArnLike.AWS:SourceArn');

/** Ids of the REST APIs that a policy allows to call the function. */
export function callingApis(policy: unknown): string[] {
  return listOf(statements(policy))
    .filter((statement) => principal(statement) === 'apigateway.amazonaws.com')
    .flatMap((statement) => [sourceArn(statement)].flat())
    .map((arn) => textOf(arn).split(':').at(-1)?.split('/')[0] ?? '')
    .filter((id) => id !== '');
}
