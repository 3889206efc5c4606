/** Changing tags, inside of a worker thread. */
import type { TagInput } from '../collect/jobs.ts';
import { plainError } from '../collect/plain-error.ts';
import type { JobHost } from '../collect/job-host.ts';
import { PluginError, ProviderError, TimedOutError } from '../errors.ts';
import { computedProperties, ResourceKinds } from '../kinds/resource-kinds.ts';
import type { NodeKind } from '../kinds/types.ts';
import type { Collector, PluginContext } from '../plugin/contract.ts';
import { raced } from '../raced.ts';
import { withTimeLimit } from '../time-limit.ts';
import type { TagOrder, TagOutcome } from './tag-order.ts';

/** Milliseconds. The core has given up long before. */
const timeLimit = 60_000;

/** Carries out all orders at the same time, and tells their outcomes as they come. Never throws. */
export async function changeTags(
  collector: Collector,
  { cloud, orders }: TagInput,
  { signal, emit }: Pick<JobHost, 'signal' | 'emit'>,
  context: PluginContext,
): Promise<void> {
  const late = () => new TimedOutError(`Not done within ${timeLimit / 1000} s`);
  const outcomes = new Outcomes((ready) => emit({ type: 'tagged', outcomes: ready }));
  try {
    await withTimeLimit({ milliseconds: timeLimit, late, signal }, async (limited) => {
      const run = { collector, cloud, context: { ...context, signal: limited } };
      await Promise.all(orders.map(async (order) => outcomes.add(await carryOut(order, run))));
    });
  } finally {
    outcomes.flush();
  }
}

interface Run {
  readonly collector: Collector;
  readonly cloud: string;
  readonly context: PluginContext;
}

async function carryOut(order: TagOrder, { collector, cloud, context }: Run): Promise<TagOutcome> {
  const { id, changes, resource } = order;
  const kind = kindOf(collector, resource.reported['kind']);
  const computed = computedProperties(kind);
  try {
    if (kind.phantom) throw new ProviderError(`${kind.fqn} has no tags: it is no thing of its own`);
    if (collector.tags === undefined) throw new PluginError(`Tags of ${cloud} cannot be changed`, { code: 'no_tags' });
    const failed = await raced(collector.tags.change({ ...resource, kind }, changes, context), context.signal);
    return { id, failed: [...failed].map(([key, error]) => [key, plainError(error)]), computed };
  } catch (error) {
    const reason = plainError(error);
    const keys = [...changes.remove, ...Object.keys(changes.update)];
    return { id, failed: keys.map((key) => [key, reason]), computed };
  }
}

/** Outcomes that come in the same turn go out together. */
class Outcomes {
  readonly #emit: (outcomes: readonly TagOutcome[]) => void;
  #ready: TagOutcome[] = [];
  #planned: NodeJS.Immediate | undefined;

  constructor(emit: (outcomes: readonly TagOutcome[]) => void) {
    this.#emit = emit;
  }

  add(outcome: TagOutcome): void {
    this.#ready.push(outcome);
    this.#planned ??= setImmediate(() => this.flush());
  }

  flush(): void {
    clearImmediate(this.#planned);
    this.#planned = undefined;
    if (this.#ready.length > 0) this.#emit(this.#ready.splice(0));
  }
}

const kindsOf = new WeakMap<Collector, ResourceKinds>();

function kindOf(collector: Collector, name: unknown): NodeKind {
  let kinds = kindsOf.get(collector);
  if (kinds === undefined) kindsOf.set(collector, (kinds = new ResourceKinds(collector.kinds)));
  return kinds.find(name);
}
