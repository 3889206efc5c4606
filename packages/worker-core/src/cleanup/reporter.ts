/** Brings outcomes to the core in small batches, as they come (protocol 8.3). */
import type { CoreClient } from '../core-client/core-client.ts';
import { errorCode, errorHint, errorText } from '../errors.ts';
import type { Logger } from '../plugin/contract.ts';
import type { NodePatch } from '../protocol/graph-line.ts';
import type { JsonObject, JsonValue } from '../protocol/json.ts';
import { formatTimestamp } from '../protocol/timestamp.ts';
import { isGone, type Verdict } from './outcome.ts';
import type { KnownOutcome } from './recovery.ts';

export interface ReporterOptions {
  readonly core: CoreClient;
  readonly graph: string;
  readonly log: Logger;
  /** Called with the ids of nodes the core has taken, or refused for good. */
  readonly onReported: (nodes: readonly string[]) => Promise<void>;
  /** Milliseconds between two requests. Default: half a second. */
  readonly pause?: number;
  /** Aborted: a core that does not answer is waited for only a little longer. */
  readonly signal?: AbortSignal;
}

/** Milliseconds a core has for its answer once the run was stopped. */
const lastWait = 5_000;

const batchSize = 200;
/** Entries of an event log that are kept. */
const logLength = 50;

export class Reporter {
  readonly #options: ReporterOptions;
  readonly #givenUp = new AbortController();
  readonly #onAbort = (): void => {
    const giveUp = (): void => this.#givenUp.abort(this.#options.signal?.reason);
    this.#lastTimer = setTimeout(giveUp, lastWait);
  };
  #lastTimer: NodeJS.Timeout | undefined;
  #waiting: KnownOutcome[] = [];
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> | undefined;
  #failure: unknown;

  constructor(options: ReporterOptions) {
    this.#options = options;
    const { signal } = options;
    if (signal?.aborted === true) this.#onAbort();
    else signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  add(outcome: KnownOutcome): void {
    this.#waiting.push(outcome);
    if (this.#waiting.length >= batchSize) void this.#send();
    else this.#timer ??= setTimeout(() => void this.#send(), this.#options.pause ?? 500);
  }

  /** Resolves when the core has everything. Throws the last failure when it could not be told everything. */
  async finish(): Promise<void> {
    try {
      await this.#sending;
      await this.#send();
    } finally {
      this.#options.signal?.removeEventListener('abort', this.#onAbort);
      clearTimeout(this.#lastTimer);
    }
    if (this.#waiting.length > 0) throw this.#failure;
  }

  #send(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#sending ??= this.#sendAll().finally(() => (this.#sending = undefined));
    return this.#sending;
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.slice(0, batchSize);
      try {
        await this.#patch(batch);
      } catch (error) {
        // It stays, and goes with the next ones.
        this.#failure = error;
        this.#options.log.warn('outcomes could not be reported yet', { error: errorText(error) });
        return;
      }
      this.#waiting = this.#waiting.slice(batch.length);
      await this.#options.onReported(batch.map(({ node }) => node));
    }
  }

  /** A batch that is refused goes node by node, so that one line cannot lose the others. */
  async #patch(batch: readonly KnownOutcome[]): Promise<void> {
    const { core, graph, log } = this.#options;
    try {
      await core.patchNodes(graph, batch.map(patchOf), { signal: this.#givenUp.signal });
    } catch (error) {
      if (errorCode(error) !== 'core_refused') throw error;
      const [only, ...others] = batch;
      if (only !== undefined && others.length === 0) {
        log.error('the core refused an outcome', { node: only.node, error: errorText(error), hint: errorHint(error) });
        return;
      }
      for (const outcome of batch) await this.#patch([outcome]);
    }
  }
}

/** The event log of a node with the outcome at its end. */
export function eventLogWith(stored: JsonValue | undefined, verdict: Verdict, at: Date): readonly JsonObject[] {
  const known = Array.isArray(stored) ? stored.filter(isEntry) : [];
  const entry = { timestamp: formatTimestamp(at) ?? '', msg: messageOf(verdict), exception: exceptionOf(verdict) };
  // What is found again and again is told once, with the time it was found last.
  const others = known.at(-1)?.['msg'] === entry.msg ? known.slice(0, -1) : known;
  return [...others, entry].slice(-logLength);
}

function patchOf({ node, verdict, eventLog }: KnownOutcome): NodePatch {
  const cleaned = isGone(verdict.outcome) ? { cleaned: true } : verdict.outcome === 'failed' ? { cleaned: false } : {};
  return { id: node, metadata: { ...cleaned, event_log: eventLog } };
}

function messageOf({ outcome, reason }: Verdict): string {
  switch (outcome) {
    case 'deleted':
      return 'Successfully cleaned up';
    case 'already_gone':
      return 'Already gone before it was cleaned up';
    case 'failed':
      return `Failed to clean up: ${reason}`;
    case 'refused':
      return `Refused to clean up: ${reason}`;
    case 'blocked':
      return `Not cleaned up: ${reason}`;
    case 'skipped':
      return `Skipped: ${reason}`;
    case 'dry_run':
      return 'Would have been cleaned up';
  }
}

function exceptionOf({ error }: Verdict): string | null {
  return error === undefined ? null : `${error.code ?? 'error'}: ${error.message}`;
}

function isEntry(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
