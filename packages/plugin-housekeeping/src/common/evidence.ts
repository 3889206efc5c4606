/** Whether what the core has of a resource says anything about the resource as it is now. */
import { parseTimestamp, type ActionContext, type NodeRow } from '@resoto/worker-core/plugin';

import { flag, incompleteOf, ownerId, propertyOf } from './node.ts';

/** What a judgement is based on. */
export interface Basis {
  /** Properties of the resource. */
  readonly properties?: readonly string[];
  /** Kinds of which it counts that something is *not* in the account. */
  readonly absent?: readonly string[];
}

interface KnownAccount {
  readonly node: NodeRow;
  readonly cloud: string | undefined;
  /** When it was collected; undefined when it does not say so. */
  readonly collectedAt: Date | undefined;
  readonly incomplete: readonly string[];
}

/** Milliseconds that accounts of one run may be apart: workers start at slightly different times. */
const tolerance = 600_000;

/** What is known about the accounts in the graph. */
export class Evidence {
  readonly #accounts = new Map<string, KnownAccount>();
  /** Cloud → when it was collected last. */
  readonly #newest = new Map<string | undefined, number>();
  readonly #lastCollect: number;

  /** Reads the accounts. */
  static async read({ graph, lastCollect = 0 }: Pick<ActionContext, 'graph' | 'lastCollect'>): Promise<Evidence> {
    const evidence = new Evidence(lastCollect * 1000);
    for await (const node of graph.nodes('is("account")')) evidence.#add(node);
    return evidence;
  }

  private constructor(lastCollect: number) {
    this.#lastCollect = lastCollect;
  }

  /** Why a resource cannot be judged on this basis; undefined when it can. */
  doubt(node: NodeRow, { properties = [], absent = [] }: Basis = {}): string | undefined {
    if (flag(node, 'carried')) return 'it was not seen in the last collect';
    const unread = incompleteOf(node).filter((name) => properties.includes(name));
    if (unread.length > 0) return `${unread.join(', ')} could not be read in the last collect`;
    const account = this.#accountOf(node);
    if (account === undefined) return 'its account is not known';
    if (this.#isOld(account)) return 'its account was not collected in the last run';
    const unlisted = account.incomplete.filter((name) => absent.includes(name));
    return unlisted.length > 0 ? `${unlisted.join(', ')} of its account could not be listed` : undefined;
  }

  /** When the account of a resource was collected. */
  collectedAt(node: NodeRow): Date | undefined {
    return this.#accountOf(node)?.collectedAt;
  }

  #accountOf(node: NodeRow): KnownAccount | undefined {
    return this.#accounts.get(key(ownerId(node, 'cloud'), ownerId(node, 'account')));
  }

  #add(node: NodeRow): void {
    const cloud = ownerId(node, 'cloud');
    const text = node.metadata?.['exported_at'];
    const collectedAt = typeof text === 'string' ? parseTimestamp(text) : undefined;
    this.#accounts.set(key(cloud, propertyOf(node, 'id')), {
      node,
      cloud,
      collectedAt,
      incomplete: incompleteOf(node),
    });
    this.#newest.set(cloud, Math.max(this.#newest.get(cloud) ?? 0, collectedAt?.getTime() ?? 0));
  }

  #isOld({ node, cloud, collectedAt }: KnownAccount): boolean {
    if (flag(node, 'carried') || collectedAt === undefined) return true;
    const expected = Math.max(this.#lastCollect, this.#newest.get(cloud) ?? 0);
    return collectedAt.getTime() + tolerance < expected;
  }
}

function key(cloud: string | undefined, account: string | undefined): string {
  return JSON.stringify([cloud, account]);
}
