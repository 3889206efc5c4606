import { addFollowed } from '../../collect-each.ts';
import { forEach } from '../../limits.ts';
import type { RegionRun } from '../../region-run.ts';
import { describeLoadBalancers, followUps } from './calls.ts';
import { loadBalancer } from './kinds.ts';
import { loadBalancerUsage } from './usage.ts';

export async function collectLoadBalancers(run: RegionRun): Promise<void> {
  for await (const balancers of run.list(loadBalancer)) {
    const usages = await run.usage(loadBalancer, loadBalancerUsage, balancers);
    await forEach(balancers, run.client.width(describeLoadBalancers), (listed) =>
      addFollowed(run, loadBalancer, listed, followUps, { usage: usages.get(listed) }),
    );
  }
}
