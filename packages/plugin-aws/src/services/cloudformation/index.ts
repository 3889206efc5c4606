/** AWS CloudFormation. API version 2010-05-15. */
import type { ServiceParts } from '../../part.ts';
import { collectStacks, collectStackSets } from './collect.ts';
import { stack, stackInstance, stackSet } from './kinds.ts';

export const cloudformationParts: ServiceParts = {
  kinds: [stack, stackSet, stackInstance],
  parts: [
    { kinds: [stack], where: ['regional'], collect: collectStacks },
    { kinds: [stackSet, stackInstance], where: ['regional'], collect: collectStackSets },
  ],
};
