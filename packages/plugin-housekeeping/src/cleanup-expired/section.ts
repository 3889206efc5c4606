import type { SectionDeclaration } from '@resoto/worker-core/plugin';

import { commonFields } from '../common/fields.ts';

export const section = {
  name: 'plugin_cleanup_expired',
  description: 'Marks resources whose time is over, by their tags expiration or expires.',
  fields: commonFields,
} as const satisfies SectionDeclaration;
