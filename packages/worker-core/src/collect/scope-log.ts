import { errorCode } from '../errors.ts';
import type { Scope } from '../plugin/contract.ts';
import { outcomeOf } from './outcome.ts';
import { plainError } from './plain-error.ts';
import type { IncompleteCall, Outcome, ScopeReport } from './report.ts';

/** Errors after which nothing else of an account can succeed. */
const accountErrors = new Set(['login_failed', 'spool_failed', 'too_many_nodes']);

interface Entry {
  readonly scope: Scope;
  outcome: Outcome;
  error?: unknown;
  readonly incomplete: Map<string, IncompleteCall>;
}

/** How the scopes of an account ended. */
export class ScopeLog {
  readonly #signal: AbortSignal;
  readonly #onEnd: (scope: Scope, outcome: Outcome) => void;
  readonly #entries = new Map<string, Entry>();

  constructor(signal: AbortSignal, onEnd: (scope: Scope, outcome: Outcome) => void) {
    this.#signal = signal;
    this.#onEnd = onEnd;
  }

  /** See `CollectContext.scope`. */
  async run<Result>(scope: Scope, work: () => Promise<Result>): Promise<Result | undefined> {
    this.#signal.throwIfAborted();
    const entry = this.#entry(scope);
    try {
      const result = await work();
      this.#onEnd(scope, 'complete');
      return result;
    } catch (error) {
      this.#signal.throwIfAborted();
      if (accountErrors.has(errorCode(error) ?? '')) throw error;
      entry.outcome = outcomeOf(error);
      entry.error = error;
      this.#onEnd(scope, entry.outcome);
      return undefined;
    }
  }

  /** See `CollectContext.incomplete`. */
  incomplete(scope: Scope, error: unknown): void {
    const call: IncompleteCall = { outcome: outcomeOf(error), error: plainError(error), count: 1 };
    const { code, facts, message } = call.error;
    const key = JSON.stringify([code, facts['call'] ?? message, facts['permission']]);
    const { incomplete } = this.#entry(scope);
    incomplete.set(key, { ...call, count: (incomplete.get(key)?.count ?? 0) + 1 });
  }

  reports(): readonly ScopeReport[] {
    return [...this.#entries.values()].map(({ scope, outcome, error, incomplete }) => ({
      kinds: scope.kinds,
      ...(scope.region === undefined ? {} : { region: scope.region }),
      outcome,
      ...(error === undefined ? {} : { error: plainError(error) }),
      incomplete: [...incomplete.values()],
    }));
  }

  /** The parts of a scope may run one by one: it is as complete as the worst of them. */
  #entry(scope: Scope): Entry {
    const key = JSON.stringify([scope.region?.id, scope.kinds]);
    const known = this.#entries.get(key);
    if (known !== undefined) return known;
    const entry: Entry = { scope, outcome: 'complete', incomplete: new Map() };
    this.#entries.set(key, entry);
    return entry;
  }
}
