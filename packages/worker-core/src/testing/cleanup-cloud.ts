/** A cloud for tests of the cleanup: it holds resources, remembers every call, and lets nothing go that is still used. */
import { plainError } from '../collect/plain-error.ts';
import { WorkerError } from '../errors.ts';
import type { CleanupCall } from '../cleanup/walk.ts';
import type { CallAnswer, CleanupVerb, ResourceData } from '../cleanup/resource.ts';

export interface CloudCall {
  readonly verb: CleanupVerb;
  readonly ids: readonly string[];
}

export interface CleanupCloudOptions {
  /** Per resource: what must be gone first. A deletion before that is an error, and a violation. */
  readonly uses?: ReadonlyMap<string, readonly string[]>;
  /** Ties of `uses` that hold only until the step of one of both ends was done. */
  readonly tied?: (id: string, other: string) => boolean;
  /** Number of looks after which a deleted resource is gone. 0: at once. */
  readonly slow?: (id: string) => number;
  /** What the call does with a resource instead. */
  readonly answer?: (verb: CleanupVerb, id: string, existing: Set<string>) => CallAnswer | undefined;
  /** Runs in front of every call; whatever it throws the call throws. */
  readonly before?: (call: CloudCall) => Promise<void> | void;
}

export class CleanupCloud {
  readonly calls: CloudCall[] = [];
  /** Deletions that came before something that uses the resource was gone. */
  readonly violations: string[] = [];
  readonly existing: Set<string>;
  readonly prepared = new Set<string>();
  readonly #options: CleanupCloudOptions;
  readonly #going = new Map<string, number>();

  constructor(ids: Iterable<string>, options: CleanupCloudOptions = {}) {
    this.existing = new Set(ids);
    this.#options = options;
  }

  /** Ids in the order in which their deletion was called. */
  get deleted(): readonly string[] {
    return this.calls.filter(({ verb }) => verb === 'delete').flatMap(({ ids }) => ids);
  }

  readonly call: CleanupCall = async (verb, _account, resources) => {
    const ids = resources.map(idOf);
    this.calls.push({ verb, ids });
    await this.#options.before?.({ verb, ids });
    return ids.map((id) => this.#options.answer?.(verb, id, this.existing) ?? this.#answer(verb, id));
  };

  #answer(verb: CleanupVerb, id: string): CallAnswer {
    if (verb === 'exists') return { is: this.#look(id) ? 'there' : 'already_gone' };
    if (!this.existing.has(id)) return { is: 'already_gone' };
    if (verb === 'prepare') {
      this.prepared.add(id);
      return { is: 'done' };
    }
    return this.#delete(id);
  }

  #delete(id: string): CallAnswer {
    const { uses, tied, slow } = this.#options;
    const user = uses?.get(id)?.find((other) => {
      const isCut = tied?.(id, other) === true && (this.prepared.has(id) || this.prepared.has(other));
      return this.existing.has(other) && !isCut;
    });
    if (user !== undefined) {
      this.violations.push(`${id} before ${user}`);
      return failed('resource_in_use', `${user} still uses ${id}`);
    }
    const looks = slow?.(id) ?? 0;
    if (looks > 0) {
      if (!this.#going.has(id)) this.#going.set(id, looks);
      return { is: 'requested' };
    }
    this.existing.delete(id);
    return { is: 'deleted' };
  }

  #look(id: string): boolean {
    const looks = this.#going.get(id);
    if (looks !== undefined && this.existing.has(id)) {
      if (looks <= 1) this.existing.delete(id);
      this.#going.set(id, looks - 1);
    }
    return this.existing.has(id);
  }
}

export function failed(code: string, message: string): CallAnswer {
  return { is: 'failed', error: plainError(new WorkerError(code, message)) };
}

function idOf({ nodeId }: ResourceData): string {
  return nodeId;
}
