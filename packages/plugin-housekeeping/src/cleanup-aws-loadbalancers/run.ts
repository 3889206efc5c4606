import { parseDuration, sectionValues, type ActionRun, type NodeRow } from '@resoto/worker-core/plugin';

import { DeleteGraph } from '../common/delete-graph.ts';
import { Evidence, type Basis } from '../common/evidence.ts';
import { isMarked, kindOf, listOf, propertyOf, secondsSince, tagOf } from '../common/node.ts';
import { section } from './section.ts';

const kinds = ['aws_elb', 'aws_alb', 'aws_alb_target_group'];
const query = `/reported.kind in ["${kinds.join('", "')}"] <-delete[0:1]->`;

// What a load balancer leads to is put together from lists of all of these.
const basis: Basis = {
  properties: ['backends', 'target_type', 'alb_target_health', 'alb_lb_arns', 'tags', 'ctime'],
  absent: ['aws_alb', 'aws_alb_target_group', 'aws_ec2_instance', 'aws_ecs_service'],
};

/** What is to be marked, and why; or why it cannot be judged. Undefined: it is in use, or is to be kept. */
type Verdict = { readonly mark: readonly NodeRow[]; readonly reason: string } | { readonly doubt: string } | undefined;

/** Marks load balancers without anything behind them, and target groups without anything in front of them. */
export const plan: ActionRun = {
  async run(context) {
    const minAge = parseDuration(sectionValues(section, context.config).min_age) ?? Infinity;
    const evidence = await Evidence.read(context);
    const graph = await DeleteGraph.read(context.graph.nodesAndEdges(query));
    const judge = new Judge(graph, evidence, minAge, context.now);
    for (const node of graph.nodes) {
      if (!kinds.includes(kindOf(node)) || isMarked(node)) continue;
      const verdict = judge.verdict(node);
      if (verdict === undefined) continue;
      if ('doubt' in verdict) context.graph.leave(node, verdict.doubt);
      else for (const unused of verdict.mark) await context.graph.mark(unused, verdict.reason);
    }
  },
};

class Judge {
  readonly #graph: DeleteGraph;
  readonly #evidence: Evidence;
  readonly #minAge: number;
  readonly #now: Date;

  constructor(graph: DeleteGraph, evidence: Evidence, minAge: number, now: Date) {
    this.#graph = graph;
    this.#evidence = evidence;
    this.#minAge = minAge;
    this.#now = now;
  }

  verdict(node: NodeRow): Verdict {
    const unused = this.#unused(node);
    if (unused === undefined || isKept(node)) return undefined;
    const ages = unused.mark.map((found) => secondsSince(found, 'ctime', this.#now));
    if (ages.some((age) => age !== undefined && age < this.#minAge)) return undefined;
    const doubts = unused.mark.map((found) => this.#evidence.doubt(found, basis));
    const doubt = doubts.find((found) => found !== undefined) ?? (ages.includes(undefined) ? noAge : undefined);
    return doubt === undefined ? unused : { doubt };
  }

  #unused(node: NodeRow): { readonly mark: readonly NodeRow[]; readonly reason: string } | undefined {
    switch (kindOf(node)) {
      case 'aws_elb':
        if (hasBackends(node) || this.#hasInstance(node)) return undefined;
        return { mark: [node], reason: 'There is no instance behind the load balancer' };
      case 'aws_alb': {
        if (hasBackends(node)) return undefined;
        const groups = this.#graph.predecessors(node).filter((found) => kindOf(found) === 'aws_alb_target_group');
        if (!groups.every((group) => this.#isEmpty(group, node))) return undefined;
        return { mark: [node, ...groups], reason: 'There is no instance behind the load balancer' };
      }
      default:
        // A load balancer that could not be listed is still named by its target group.
        if (this.#graph.successors(node).length > 0 || listOf(node, 'alb_lb_arns').length > 0) return undefined;
        return { mark: [node], reason: 'No load balancer uses the target group' };
    }
  }

  /** A group that only this load balancer uses, for instances, with none of them. */
  #isEmpty(group: NodeRow, balancer: NodeRow): boolean {
    if (propertyOf(group, 'target_type') !== 'instance' || isKept(group)) return false;
    return this.#graph.successors(group).every((user) => user === balancer) && !this.#hasInstance(group);
  }

  #hasInstance(node: NodeRow): boolean {
    return this.#graph
      .predecessors(node)
      .some((found) => kindOf(found) === 'aws_ec2_instance' && propertyOf(found, 'instance_status') !== 'terminated');
  }
}

const noAge = 'the time of its creation is not known';

function isKept(node: NodeRow): boolean {
  return tagOf(node, 'expiration') === 'never';
}

function hasBackends(node: NodeRow): boolean {
  return listOf(node, 'backends').length > 0;
}
