import {
  read,
  type AccountJob,
  type CollectContext,
  type Collector,
  type NodeKind,
  type NodeRef,
  type Scope,
} from '@resoto/worker-core/plugin';

import { openClient, type ExampleClient, type OpenClient } from './client.ts';
import type { Answer, ResourceType } from './inventory.ts';
import { account, customResource, instance, kinds, network, region, volume } from './kinds.ts';
import { tags } from './tags.ts';

/** The collector on a client of its API; tests bring their own. */
export function exampleCollector(open: OpenClient): Collector {
  return {
    kinds,
    accounts,
    collect: (job, context) => new AccountCollect(context, open(context)).run(job),
    tags,
  };
}

export const collector: Collector = exampleCollector(openClient);

async function* accounts(): AsyncGenerator<AccountJob> {
  yield { id: 'Example Account', name: 'Example Account', data: {} };
}

interface Place {
  readonly id: string;
  readonly name: string;
  readonly node: NodeRef;
}

class AccountCollect {
  readonly #context: CollectContext;
  readonly #client: ExampleClient;

  constructor(context: CollectContext, client: ExampleClient) {
    this.#context = context;
    this.#client = client;
  }

  async run(job: AccountJob): Promise<void> {
    const { sink } = this.#context;
    const accountNode = sink.add(account, { reported: { id: job.id, name: job.name }, parent: sink.cloud });
    for (const place of await this.#regions(accountNode)) {
      this.#context.progress(place.name, 'started');
      await this.#list(network, 'networks', place);
      await this.#list(volume, 'volumes', place);
      await this.#instances(place);
      await this.#customResources(place);
      this.#context.progress(place.name, 'done');
    }
  }

  /** In no scope: everything hangs on them, so the account fails when they are not known, and the core keeps what it has. */
  async #regions(accountNode: NodeRef): Promise<readonly Place[]> {
    const places: Place[] = [];
    for await (const answer of this.#client.list('regions')) {
      const node = this.#add(region, answer, accountNode);
      places.push({ id: String(answer['RegionId']), name: String(answer['Title']), node });
    }
    return places;
  }

  /** Resources that take nothing but their list. Their edges follow from the references of their kind. */
  async #list(kind: NodeKind, type: ResourceType, place: Place): Promise<void> {
    await this.#context.scope(scopeOf(kind, place), async () => {
      for await (const answer of this.#client.list(type, place.id)) this.#add(kind, answer, place.node);
    });
  }

  async #instances(place: Place): Promise<void> {
    const { sink } = this.#context;
    await this.#context.scope(scopeOf(instance, place), async () => {
      for await (const answer of this.#client.list('instances', place.id)) {
        const node = this.#add(instance, answer, place.node);
        const peer = answer['PeerId'];
        // The peer may be part of another upload, so the core looks it up when all of them have arrived.
        if (typeof peer === 'string') {
          sink.deferredEdge(sink.selector(node), { search_criteria: `is(instance) and reported.id = ${peer}` });
        }
      }
    });
  }

  async #customResources(place: Place): Promise<void> {
    const { sink } = this.#context;
    const customResources = scopeOf(customResource, place);
    await this.#context.scope(customResources, async () => {
      for await (const answer of this.#client.list('customResources', place.id)) {
        const { details, missing } = await this.#details(customResources, String(answer['ResourceId']));
        const complete = { ...answer, ...details };
        sink.add(customResource, { reported: read(customResource, complete), parent: place.node, missing });
      }
    });
  }

  /** A second call per resource. When it fails, what it would have told keeps the values of the last collect. */
  async #details(scope: Scope, id: string): Promise<{ details: Answer; missing: readonly string[] }> {
    try {
      return { details: await this.#client.details(id), missing: [] };
    } catch (error) {
      this.#context.signal.throwIfAborted();
      this.#context.incomplete(scope, error);
      return { details: {}, missing: customResource.own };
    }
  }

  #add(kind: NodeKind, answer: Answer, parent: NodeRef): NodeRef {
    return this.#context.sink.add(kind, { reported: read(kind, answer), parent, answer });
  }
}

function scopeOf({ fqn }: NodeKind, { id, name }: Place): Scope {
  return { kinds: [fqn], region: { id, name } };
}
