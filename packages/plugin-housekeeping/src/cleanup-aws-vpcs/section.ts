import type { SectionDeclaration } from '@resoto/worker-core/plugin';

import { accountList, commonFields } from '../common/fields.ts';

export const section = {
  name: 'plugin_cleanup_aws_vpcs',
  description: 'Marks what belongs to a marked VPC.',
  fields: { ...commonFields, config: accountList },
} as const satisfies SectionDeclaration;
