/** Service Quotas. API version 2019-06-24. */
import type { ServiceParts } from '../../part.ts';
import { collectQuotas, connectQuotas } from './collect.ts';
import { serviceQuota } from './kinds.ts';
import { quotaRules } from './rules.ts';

export const serviceQuotaParts: ServiceParts = {
  kinds: [serviceQuota],
  parts: [
    {
      kinds: [serviceQuota],
      where: ['global', 'regional'],
      collect: collectQuotas,
      connectsTo: [serviceQuota.fqn, ...quotaRules.map(({ kind }) => kind)],
      connect: connectQuotas,
    },
  ],
};
