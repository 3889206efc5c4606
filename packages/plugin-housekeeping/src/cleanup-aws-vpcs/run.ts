import { sectionValues, type ActionContext, type ActionRun, type NodeRow } from '@resoto/worker-core/plugin';

import { isListed } from '../common/accounts.ts';
import { DeleteGraph } from '../common/delete-graph.ts';
import { Evidence } from '../common/evidence.ts';
import { flag, idOf, isMarked, kindOf, ownerId, propertyOf } from '../common/node.ts';
import { section } from './section.ts';

const query =
  '/reported.kind == "aws_vpc" and /desired.clean == true and /metadata.cleaned != true and ' +
  '/metadata.protected != true -delete[0:]->';

const partsOfVpc = new Set([
  ...['aws_vpc_peering_connection', 'aws_ec2_network_acl', 'aws_ec2_network_interface', 'aws_elb', 'aws_alb'],
  ...['aws_alb_target_group', 'aws_ec2_subnet', 'aws_ec2_security_group', 'aws_ec2_internet_gateway'],
  ...['aws_ec2_nat_gateway', 'aws_ec2_route_table', 'aws_vpc_endpoint', 'aws_ec2_elastic_ip'],
]);

/** Marks what has to be deleted before a marked VPC, unless instances live in it: then the VPC is kept. */
export const plan: ActionRun = {
  async run(context) {
    const { config } = sectionValues(section, context.config);
    const evidence = await Evidence.read(context);
    const graph = await DeleteGraph.read(context.graph.nodesAndEdges(query));
    for (const vpc of graph.nodes) {
      if (kindOf(vpc) !== 'aws_vpc' || !isMarked(vpc) || flag(vpc, 'protected') || !isListed(config, vpc)) continue;
      const doubt = evidence.doubt(vpc, { absent: ['aws_ec2_instance'] });
      if (doubt === undefined) await widen(vpc, graph.descendants(vpc), evidence, context);
      else context.graph.leave(vpc, doubt);
    }
  },
};

async function widen(
  vpc: NodeRow,
  parts: readonly NodeRow[],
  evidence: Evidence,
  context: ActionContext,
): Promise<void> {
  const { graph } = context;
  const active = parts.filter((node) => isActiveInstance(node) && !isMarked(node));
  if (active.length > 0) {
    const ids = active.slice(0, 3).map(idOf).join(', ');
    await graph.unmark(vpc, `It contains ${active.length} active EC2 instances (${ids})`);
    context.report(
      'error',
      `The VPC ${idOf(vpc)} is not deleted, it contains ${active.length} active EC2 instances (${ids})`,
    );
    return;
  }
  for (const node of parts) await judge(node, vpc, evidence, context);
}

async function judge(node: NodeRow, vpc: NodeRow, evidence: Evidence, { graph, log }: ActionContext): Promise<void> {
  if (isMarked(node)) {
    log.debug('marked already', { vpc: idOf(vpc), kind: kindOf(node), id: idOf(node) });
    return;
  }
  const obstacle = obstacleOf(node, vpc, evidence);
  if (obstacle === undefined) {
    if (kindOf(node) === 'aws_ec2_instance') return;
    await graph.mark(node, `It belongs to the VPC ${idOf(vpc)}, which is to be deleted`);
    await graph.note(vpc, `${kindOf(node)} ${idOf(node)} is deleted with it`);
    return;
  }
  graph.leave(node, obstacle);
  await graph.note(vpc, `Its deletion will probably fail, ${kindOf(node)} ${idOf(node)} stays: ${obstacle}`);
}

/** Why a part of a VPC cannot be marked with it. */
function obstacleOf(node: NodeRow, vpc: NodeRow, evidence: Evidence): string | undefined {
  if (kindOf(node) !== 'aws_ec2_instance' && !partsOfVpc.has(kindOf(node)))
    return 'such resources are not marked with a VPC';
  if (ownerId(node, 'account') !== ownerId(vpc, 'account')) return 'it is in another account than the VPC';
  if (flag(node, 'protected')) return 'it is protected';
  return evidence.doubt(node);
}

/** One that shuts down is reported as stopped, so it keeps its VPC until it is terminated. */
function isActiveInstance(node: NodeRow): boolean {
  return kindOf(node) === 'aws_ec2_instance' && propertyOf(node, 'instance_status') !== 'terminated';
}
