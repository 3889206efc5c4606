import type { SectionDeclaration } from '@resoto/worker-core/plugin';

import { commonFields } from '../common/fields.ts';

export const section = {
  name: 'plugin_protector',
  description: 'Protects listed resources from being marked and deleted.',
  fields: {
    ...commonFields,
    config: {
      type: { map: { map: { map: { map: { list: 'string' } } } } },
      default: { example: { 'Example Account': { 'us-west': { example_instance: ['someInstance1'] } } } },
      brake: true,
      description:
        'Cloud, account, region, kind and ids of the resources. The empty text as region: resources without region. ' +
        'What is given here is a sample.',
    },
  },
} as const satisfies SectionDeclaration;
