import type { SectionDeclaration } from '@resoto/worker-core/plugin';

import { accountList, commonFields } from '../common/fields.ts';

export const section = {
  name: 'plugin_cleanup_aws_alarms',
  description: 'Marks CloudWatch alarms of EC2 instances that are gone.',
  fields: { ...commonFields, config: accountList },
} as const satisfies SectionDeclaration;
