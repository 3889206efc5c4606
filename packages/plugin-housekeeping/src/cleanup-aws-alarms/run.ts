import {
  isJsonObject,
  parseTimestamp,
  quotedList,
  sectionValues,
  type ActionContext,
  type ActionRun,
  type NodeRow,
} from '@resoto/worker-core/plugin';

import { isListed } from '../common/accounts.ts';
import { Evidence } from '../common/evidence.ts';
import { flag, idOf, listOf, propertyOf } from '../common/node.ts';
import { section } from './section.ts';

const batchSize = 500;

/** Marks alarms that watch instances none of which is alive. */
export const plan: ActionRun = {
  async run(context) {
    const { config } = sectionValues(section, context.config);
    const evidence = await Evidence.read(context);
    let alarms: NodeRow[] = [];
    for await (const alarm of context.graph.nodes(
      '/reported.kind == "aws_cloudwatch_alarm" and /desired.clean != true',
    )) {
      if (!isListed(config, alarm) || instancesOf(alarm).length === 0) continue;
      alarms.push(alarm);
      if (alarms.length < batchSize) continue;
      await judge(alarms, evidence, context);
      alarms = [];
    }
    await judge(alarms, evidence, context);
  },
};

async function judge(alarms: readonly NodeRow[], evidence: Evidence, { graph }: ActionContext): Promise<void> {
  const alive = await aliveInstances(alarms.flatMap(instancesOf), graph);
  for (const alarm of alarms) {
    if (instancesOf(alarm).some((id) => alive.has(id))) continue;
    const doubt =
      evidence.doubt(alarm, { properties: ['cloudwatch_dimensions', 'mtime'], absent: ['aws_ec2_instance'] }) ??
      (changedSince(alarm, evidence.collectedAt(alarm)) ? 'it was changed after its account was collected' : undefined);
    if (doubt !== undefined) graph.leave(alarm, doubt);
    else await graph.mark(alarm, 'None of the EC2 instances it watches exists');
  }
}

/** Instances of any account: whoever has one of this id, it is there. One that was not seen lately may be. */
async function aliveInstances(ids: readonly string[], graph: ActionContext['graph']): Promise<ReadonlySet<string>> {
  const alive = new Set<string>();
  if (ids.length === 0) return alive;
  const query = `/reported.kind == "aws_ec2_instance" and /reported.id in ${quotedList([...new Set(ids)])}`;
  for await (const instance of graph.nodes(query)) {
    const isTerminated = propertyOf(instance, 'instance_status') === 'terminated' && !flag(instance, 'carried');
    if (!isTerminated) alive.add(idOf(instance));
  }
  return alive;
}

/** Other dimensions do not count. */
function instancesOf(alarm: NodeRow): readonly string[] {
  return listOf(alarm, 'cloudwatch_dimensions').flatMap((dimension) => {
    if (!isJsonObject(dimension) || dimension['name'] !== 'InstanceId') return [];
    return typeof dimension['value'] === 'string' ? [dimension['value']] : [];
  });
}

/** Instances are listed before alarms, so a new instance can be missing of which the alarm is there already. */
function changedSince(alarm: NodeRow, time: Date | undefined): boolean {
  const changed = parseTimestamp(propertyOf(alarm, 'mtime') ?? '');
  return changed !== undefined && time !== undefined && changed >= time;
}
