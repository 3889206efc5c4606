import type { SectionDeclaration } from '@resoto/worker-core/plugin';

/** Settings of the random cloud. */
export const section = {
  name: 'random',
  description: 'A made-up cloud.',
  fields: {
    seed: { type: 'int64', default: 0, description: 'Seed of the random numbers: one seed, one graph' },
    size: { type: 'double', default: 1, description: 'Scale of the cloud' },
  },
} as const satisfies SectionDeclaration;
