/** Amazon Simple Queue Service. API version 2012-11-05. */
import type { ServiceParts } from '../../part.ts';
import { collectQueues } from './collect.ts';
import { queue } from './kinds.ts';

export const sqsParts: ServiceParts = {
  kinds: [queue],
  parts: [{ kinds: [queue], where: ['regional'], collect: collectQueues }],
};
