/** Amazon Simple Notification Service. API version 2010-03-31. */
import type { ServiceParts } from '../../part.ts';
import { collectApplications, collectSubscriptions, collectTopics } from './collect.ts';
import { endpoint, platformApplication, subscription, topic } from './kinds.ts';

export const snsParts: ServiceParts = {
  kinds: [topic, subscription, platformApplication, endpoint],
  parts: [
    { kinds: [topic], where: ['regional'], collect: collectTopics },
    { kinds: [subscription], where: ['regional'], collect: collectSubscriptions },
    { kinds: [platformApplication, endpoint], where: ['regional'], collect: collectApplications },
  ],
};
