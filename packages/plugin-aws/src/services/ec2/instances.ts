/** Instances with their types, usage and user data. */
import { member, path } from '@resoto/worker-core/plugin';

import { forEach } from '../../limits.ts';
import type { NodeExtras, RegionRun } from '../../region-run.ts';
import type { Usage } from '../../usage.ts';
import { textOf } from '../../values.ts';
import { describeInstanceAttribute } from './calls.ts';
import { InstanceTypes } from './instance-types.ts';
import { instanceType } from './kinds/instance-types.ts';
import { instance } from './kinds/instances.ts';
import { instanceUsage } from './usage.ts';

export async function collectInstances(run: RegionRun): Promise<void> {
  const types = new InstanceTypes(run);
  const wantsTypes = run.config.wants(instanceType.fqn);
  for await (const instances of run.list(instance)) {
    const running = instances.filter((answer) => stateOf(answer) === 'running');
    const [usages] = await Promise.all([
      run.usage(instance, instanceUsage, running),
      wantsTypes ? types.add(instances.map(typeOf)) : undefined,
    ]);
    await forEach(instances, run.client.width(describeInstanceAttribute), async (answer) => {
      addInstance(run, answer, types, usages.get(answer), await readUserData(run, answer));
    });
  }
  if (types.problem !== undefined) await run.fail(instanceType, types.problem);
}

function addInstance(
  run: RegionRun,
  answer: unknown,
  types: InstanceTypes,
  usage: Usage | undefined,
  userData: NodeExtras,
): void {
  const type = types.find(typeOf(answer));
  const unknown = type === undefined && types.problem !== undefined ? ['instance_cores', 'instance_memory'] : [];
  const node = run.add(instance, answer, {
    // How many cores a type has counts threads, unlike the CPU options of an instance.
    reported: {
      ...(type !== undefined && { instance_cores: type.cores, instance_memory: type.memory }),
      ...userData.reported,
    },
    missing: [...unknown, ...(userData.missing ?? [])],
    usage,
  });
  if (type !== undefined) run.context.sink.edge(type.ref, node);
}

const userDataValue = path('UserData.Value');

async function readUserData(run: RegionRun, answer: unknown): Promise<NodeExtras> {
  if (!run.config.collectUserData) return {};
  return run.followUp(instance, ['instance_user_data'], async () => {
    const input = { InstanceId: idOf(answer), Attribute: 'userData' };
    return { instance_user_data: decoded(userDataValue(await run.client.read(describeInstanceAttribute, input))) };
  });
}

/** Text of Base64. Undefined when it is none: user data may be compressed. */
function decoded(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(value, 'base64'));
  } catch {
    return undefined;
  }
}

const stateOf = path('State.Name');

function idOf(answer: unknown): string {
  return textOf(member(answer, 'InstanceId'));
}

function typeOf(answer: unknown): string {
  return textOf(member(answer, 'InstanceType'));
}
