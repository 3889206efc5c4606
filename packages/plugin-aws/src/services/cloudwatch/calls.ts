import { member } from '@resoto/worker-core/plugin';

import type { FollowUp } from '../../follow-ups.ts';
import { cloudwatch } from './client.ts';

/** What is asked for each alarm. It may be deleted between the list and this call. */
export const alarmFollowUps: readonly FollowUp[] = [
  {
    call: cloudwatch('ListTagsForResource', { expected: ['ResourceNotFoundException', 'ResourceNotFound'] }),
    input: (listed) => ({ ResourceARN: member(listed, 'AlarmArn') }),
    as: 'tagging',
    tells: ['tags'],
  },
];
