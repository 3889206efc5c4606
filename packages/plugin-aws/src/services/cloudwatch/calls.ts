import { member } from '@resoto/worker-core/plugin';

import type { FollowUp } from '../../follow-ups.ts';
import { cloudwatch, logs } from './client.ts';

// What is looked for may be gone, log group and all.
const gone = { expected: ['ResourceNotFoundException'] };

export const describeAlarms = cloudwatch('DescribeAlarms');
export const describeLogGroups = logs('DescribeLogGroups', gone);
export const describeMetricFilters = logs('DescribeMetricFilters', gone);

/** What is asked for each alarm. It may be deleted between the list and this call. */
export const alarmFollowUps: readonly FollowUp[] = [
  {
    call: cloudwatch('ListTagsForResource', { expected: ['ResourceNotFoundException', 'ResourceNotFound'] }),
    input: (listed) => ({ ResourceARN: member(listed, 'AlarmArn') }),
    as: 'tagging',
    tells: ['tags'],
  },
];
