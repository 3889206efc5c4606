import type { SectionDeclaration } from '@resoto/worker-core/plugin';

import { commonFields } from '../common/fields.ts';

export const section = {
  name: 'plugin_cleanup_aws_loadbalancers',
  description: 'Marks load balancers and target groups that nothing is behind.',
  fields: {
    ...commonFields,
    min_age: { type: 'duration', default: '7 days', description: 'What is younger is left alone.' },
  },
} as const satisfies SectionDeclaration;
