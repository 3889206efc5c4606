import type { SectionDeclaration } from '@resoto/worker-core/plugin';

import { commonFields } from '../common/fields.ts';

export const section = {
  name: 'plugin_cleanup_volumes',
  description: 'Marks volumes that are not in use.',
  fields: {
    ...commonFields,
    min_age: {
      type: 'duration',
      default: '14 days',
      description: 'How long a volume has to exist and to be without access and change.',
    },
  },
} as const satisfies SectionDeclaration;
