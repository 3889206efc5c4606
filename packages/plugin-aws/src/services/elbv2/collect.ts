/** Target groups and the load balancers in front of them. */
import { member, path } from '@resoto/worker-core/plugin';

import { addFollowed } from '../../collect-each.ts';
import { follow } from '../../follow-ups.ts';
import type { Followed } from '../../follow-ups.ts';
import { forEach } from '../../limits.ts';
import type { NodeExtras, RegionRun } from '../../region-run.ts';
import { listOf, textOf } from '../../values.ts';
import { describeLoadBalancers, describeTargetGroups, loadBalancerFollowUps, targetGroupFollowUps } from './calls.ts';
import { loadBalancer, targetGroup } from './kinds.ts';
import { firstLoadBalancer, loadBalancerUsage, targetGroupUsage } from './usage.ts';

/** Adds the target groups of a region, and keeps which targets are behind which load balancer. */
export async function collectTargetGroups(run: RegionRun): Promise<Backends> {
  const backends = new Backends();
  for await (const groups of run.list(targetGroup)) {
    const usages = await run.usage(targetGroup, targetGroupUsage, groups.filter(hasLoadBalancer));
    const followed = new Map<unknown, Followed>();
    await forEach(groups, run.client.width(describeTargetGroups), async (listed) => {
      const group = await follow(run, targetGroup, listed, targetGroupFollowUps);
      run.add(targetGroup, group.answer, { usage: usages.get(listed), missing: group.missing });
      followed.set(listed, group);
    });
    // Not as they come: the order of backends would be another one each time.
    for (const listed of groups) backends.add(followed.get(listed));
  }
  return backends;
}

export async function collectLoadBalancers(run: RegionRun): Promise<void> {
  const backends = await readBackends(run);
  for await (const balancers of run.list(loadBalancer)) {
    const usages = await run.usage(loadBalancer, loadBalancerUsage, balancers);
    await forEach(balancers, run.client.width(describeLoadBalancers), (listed) =>
      addFollowed(run, loadBalancer, listed, loadBalancerFollowUps, {
        usage: usages.get(listed),
        ...(backends?.of(listed) ?? unknownBackends),
      }),
    );
  }
}

const unknownBackends: NodeExtras = { missing: ['backends'] };

/** Undefined when they could not be read. */
async function readBackends(run: RegionRun): Promise<Backends | undefined> {
  if (!run.config.wants(targetGroup.fqn)) return new Backends();
  try {
    return await run.once(collectTargetGroups);
  } catch (error) {
    run.incomplete(loadBalancer, error);
    return undefined;
  }
}

function hasLoadBalancer(group: unknown): boolean {
  return firstLoadBalancer(group) !== undefined;
}

const targetIds = path('health.TargetHealthDescriptions[].Target.Id');

/** The targets of load balancers: ids of instances, addresses, ARNs of functions. */
export class Backends {
  readonly #targets = new Map<string, string[]>();
  readonly #unknown = new Set<string>();

  /** Adds those of a target group. */
  add(group: Followed | undefined): void {
    for (const arn of listOf(member(group?.answer, 'LoadBalancerArns')).map(textOf)) {
      if (group?.missing.includes('alb_target_health') === true) this.#unknown.add(arn);
      const targets = this.#targets.get(arn) ?? [];
      targets.push(...listOf(targetIds(group?.answer)).map(textOf));
      this.#targets.set(arn, targets);
    }
  }

  of(balancer: unknown): NodeExtras {
    const arn = textOf(member(balancer, 'LoadBalancerArn'));
    return this.#unknown.has(arn) ? unknownBackends : { reported: { backends: this.#targets.get(arn) ?? [] } };
  }
}
