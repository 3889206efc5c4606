/** Amazon S3. API versions 2006-03-01, S3 Control 2018-08-20. */
import type { ServiceParts } from '../../part.ts';
import { collectAccountSettings, collectBuckets } from './collect.ts';
import { accountSettings, bucket } from './kinds.ts';

export const s3Parts: ServiceParts = {
  kinds: [accountSettings, bucket],
  parts: [
    { kinds: [accountSettings], where: ['global'], collect: collectAccountSettings },
    { kinds: [bucket], where: ['global'], collect: collectBuckets },
  ],
};
