import { member } from '@resoto/worker-core/plugin';

import type { FollowUp } from '../../follow-ups.ts';
import { lambda } from './client.ts';

export const listFunctions = lambda('ListFunctions');

// Also what the vendor says about a function that has no policy, or no address.
export const gone = { expected: ['ResourceNotFoundException'] };

export const functionFollowUps: readonly FollowUp[] = [
  {
    as: 'tagging',
    call: lambda('ListTags', gone),
    input: (answer) => ({ Resource: member(answer, 'FunctionArn') }),
    tells: ['tags'],
  },
  { as: 'policy', call: lambda('GetPolicy', gone), input: byName, tells: ['function_policy'] },
  {
    as: 'urlConfig',
    call: lambda('GetFunctionUrlConfig', gone),
    input: byName,
    tells: ['function_url_config'],
  },
];

function byName(answer: unknown): object {
  return { FunctionName: member(answer, 'FunctionName') };
}
