/** The collect of one region: reads from it, and adds what was read to the graph. */
import { errorCode, path, read } from '@resoto/worker-core/plugin';
import type { CollectContext, NodeRef, Reported, Scope } from '@resoto/worker-core/plugin';

import type { AwsKind, Listing } from './aws-kind.ts';
import type { ReadClient } from './call.ts';
import type { AwsConfig } from './config.ts';
import type { NodeIndex, NotedNode } from './node-index.ts';
import type { Place } from './template.ts';
import { readUsage, usageWindow } from './usage.ts';
import type { Usage, UsageMetrics } from './usage.ts';

/** The account a region belongs to. */
export interface AccountPlace {
  readonly id: string;
  readonly name: string;
  readonly partition: string;
  readonly ref: NodeRef;
  /** Number of MFA devices. Undefined when it is not known. */
  readonly mfaDevices: number | undefined;
}

export interface RegionRunOptions {
  readonly account: AccountPlace;
  readonly region: { readonly id: string; readonly name: string; readonly ref: NodeRef };
  readonly config: AwsConfig;
  readonly context: CollectContext;
  readonly client: ReadClient;
  /** Reads from the region with the global services of the partition. */
  readonly globalClient: ReadClient;
  readonly index: NodeIndex;
}

/** What is known of a node beside the answer its kind is read from. */
export interface NodeExtras {
  /** Property values that win over those of the answer. */
  readonly reported?: Reported;
  readonly usage?: Usage | undefined;
  /** Properties that could not be read. */
  readonly missing?: readonly string[];
}

export class RegionRun {
  readonly account: AccountPlace;
  readonly region: RegionRunOptions['region'];
  readonly config: AwsConfig;
  readonly context: CollectContext;
  readonly client: ReadClient;
  readonly globalClient: ReadClient;
  readonly #index: NodeIndex;
  readonly #place: Place;
  readonly #shared = new Map<unknown, Promise<unknown>>();

  constructor({ account, region, config, context, client, globalClient, index }: RegionRunOptions) {
    this.account = account;
    this.region = region;
    this.config = config;
    this.context = context;
    this.client = client;
    this.globalClient = globalClient;
    this.#index = index;
    this.#place = { account: account.id, partition: account.partition, region };
  }

  /** The scope of kinds in this region. */
  scope(...kinds: readonly AwsKind[]): Scope {
    return { kinds: kinds.map(({ fqn }) => fqn), region: { id: this.region.id, name: this.region.name } };
  }

  /** Adds all nodes of a kind that takes nothing but its list. */
  async collectList(kind: AwsKind): Promise<void> {
    for await (const answers of this.list(kind)) {
      for (const answer of answers) this.add(kind, answer);
    }
  }

  /** The answers to the list call of a kind, page by page. The next page is asked for while one is worked on. */
  list(kind: AwsKind, input: object = {}): AsyncGenerator<readonly unknown[], undefined> {
    if (kind.list === undefined) throw new TypeError(`${kind.fqn} has no list call`);
    return ahead(this.#pages(kind.list, input));
  }

  /** Adds a node below the region. */
  add(kind: AwsKind, answer: unknown, extras: NodeExtras = {}): NodeRef {
    const { usage, missing = [] } = extras;
    const reported = completed(kind, { ...read(kind, answer), ...extras.reported }, missing, this.#place, answer);
    const link = kind.link?.(this.#place, reported, answer);
    const ref = this.context.sink.add(kind, {
      reported,
      parent: this.region.ref,
      answer,
      ...(link !== undefined && { metadata: { provider_link: link } }),
      ...(usage !== undefined && { usage }),
      ...(missing.length > 0 && { missing }),
    });
    this.#index.note(kind.fqn, this.region, { ref, id: String(reported['id']), name: String(reported['name']) });
    return ref;
  }

  /** Nodes of this region that were noted for edges. */
  nodes(kind: string): readonly NotedNode[] {
    return this.#index.in(kind, this.region);
  }

  /** As {@link nodes}, with those of the region that shares its id with this one. */
  nodesInRegionId(kind: string): readonly NotedNode[] {
    return this.#index.at(kind, this.region.id);
  }

  /** Collects what several parts need: for the first that asks, the others get the same. */
  once<Result>(collect: (run: RegionRun) => Promise<Result>): Promise<Result> {
    // The map has under each function what that function gave.
    const known = this.#shared.get(collect) as Promise<Result> | undefined;
    if (known !== undefined) return known;
    const collected = collect(this);
    this.#shared.set(collect, collected);
    return collected;
  }

  /**
   * What a further call tells about a node. When it fails, that is reported, and the properties it would have told keep the
   * values of the last collect.
   */
  async followUp(kind: AwsKind, properties: readonly string[], work: () => Promise<Reported>): Promise<NodeExtras> {
    try {
      return { reported: await work() };
    } catch (error) {
      this.incomplete(kind, error);
      return { missing: properties };
    }
  }

  /** Usage of nodes of a kind by their answers; of none when it cannot be read or is not wanted. */
  async usage(kind: AwsKind, metrics: UsageMetrics, answers: readonly unknown[]): Promise<ReadonlyMap<unknown, Usage>> {
    if (!this.config.collectUsageMetrics || answers.length === 0) return new Map();
    try {
      return await readUsage(this.client, metrics, answers, usageWindow(this.context.startedAt, this.context.lastRun));
    } catch (error) {
      this.incomplete(kind, error);
      return new Map();
    }
  }

  /**
   * Reports that a further call for nodes of a kind failed.
   *
   * @throws the error when it ends more than that call
   */
  incomplete(kind: AwsKind, error: unknown): void {
    if (this.context.signal.aborted || errorCode(error) === 'login_failed') throw error;
    this.context.incomplete(this.scope(kind), error);
  }

  /** Reports that the nodes of a kind are not complete. */
  async fail(kind: AwsKind, error: unknown): Promise<void> {
    await this.context.scope(this.scope(kind), () => Promise.reject(error));
  }

  async *#pages(
    { call, items, input, pageSize }: Listing,
    more: object,
  ): AsyncGenerator<readonly unknown[], undefined> {
    const size = pageSize === undefined ? {} : { [call.token.size]: pageSize };
    const readItems = path(items);
    for await (const page of this.client.pages(call, { ...input, ...size, ...more })) {
      const found = readItems(page);
      if (Array.isArray(found)) yield found;
    }
  }
}

function completed(
  kind: AwsKind,
  reported: Reported,
  missing: readonly string[],
  place: Place,
  answer: unknown,
): Reported {
  // The initial value of a property says: there is none. That is not known.
  for (const property of missing) delete reported[property];
  reported['name'] ??= reported['id'];
  if (kind.arn !== undefined) reported['arn'] ??= kind.arn(place, reported, answer);
  return reported;
}

/** The same items, each asked for while the one before is worked on. */
async function* ahead<Item>(items: AsyncGenerator<Item, undefined>): AsyncGenerator<Item, undefined> {
  let next = items.next();
  try {
    for (let found = await next; found.done !== true; found = await next) {
      next = items.next();
      // It is awaited in the next round, if there is one.
      next.catch(() => undefined);
      yield found.value;
    }
  } finally {
    await items.return(undefined);
  }
}
