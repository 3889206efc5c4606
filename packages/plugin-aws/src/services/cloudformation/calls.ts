import { member } from '@resoto/worker-core/plugin';

import type { FollowUp } from '../../follow-ups.ts';
import { cloudformation } from './client.ts';

/** What is asked for each stack. It may be deleted between the list and this call. */
export const stackFollowUps: readonly FollowUp[] = [
  {
    call: cloudformation('ListStackResources', { expected: ['ValidationError'] }),
    input: (listed) => ({ StackName: member(listed, 'StackName') }),
    items: 'StackResourceSummaries',
    as: 'resources',
    tells: [],
  },
];

export const listStackSets = cloudformation('ListStackSets');

export const listStackInstances = cloudformation('ListStackInstances', { expected: ['StackSetNotFoundException'] });
