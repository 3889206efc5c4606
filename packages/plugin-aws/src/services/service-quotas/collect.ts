import { path } from '@resoto/worker-core/plugin';

import type { RegionRun } from '../../region-run.ts';
import { serviceQuota } from './kinds.ts';
import { quotaRules, ruleFor } from './rules.ts';

/** Services whose quotas are asked for. Those of global services are in the region of these. */
const globalServices = ['iam'];

export async function collectQuotas(run: RegionRun): Promise<void> {
  const isGlobal = run.region.name === 'global';
  const services = new Set(
    quotaRules.map(({ service }) => service).filter((service) => globalServices.includes(service) === isGlobal),
  );
  await Promise.all(Array.from(services, (service) => collectQuotasOf(service, run)));
}

const quotaName = path('QuotaName');

async function collectQuotasOf(service: string, run: RegionRun): Promise<void> {
  for await (const quotas of run.list(serviceQuota, { ServiceCode: service })) {
    for (const quota of quotas) {
      if (ruleFor(String(quotaName(quota)), service) !== undefined) run.add(serviceQuota, quota);
    }
  }
}

/** Draws an edge from each quota to what it limits. */
export function connectQuotas(run: RegionRun): void {
  for (const quota of run.nodes(serviceQuota.fqn)) {
    const rule = ruleFor(quota.name);
    if (rule === undefined) continue;
    for (const limited of run.nodesInRegionId(rule.kind)) {
      if (rule.id === undefined || rule.id.test(limited.id)) run.context.sink.edge(quota.ref, limited.ref);
    }
  }
}
