/**
 * What of the worker is well and what is not, for probes (worker behaviour 10.2).
 *
 * - `health`: every condition. Something needs a look, though a restart need not help.
 * - `ready`: connected and able to take work.
 * - `live`: fails only when nothing but a restart helps. A core that is away does not make it fail.
 */
export type HealthKind = 'health' | 'ready' | 'live';

export interface ConditionOptions {
  /** The worker cannot take work while it is not well. Default: false. */
  readonly ready?: boolean;
  /** The process should be restarted when it is not well. Default: false. */
  readonly live?: boolean;
  /** Well from the beginning. Default: not well, with the reason `starting`. */
  readonly ok?: boolean;
}

export interface HealthCondition {
  /** `reason` is for people: why it is not well. Secrets in it are masked. */
  set(ok: boolean, reason?: string): void;
  /** It is no part of the worker any more. */
  remove(): void;
}

export interface ConditionState {
  readonly name: string;
  readonly ok: boolean;
  /** Empty when it is well, or nobody said. */
  readonly reason: string;
}

const longestReason = 300;

export class Health {
  readonly #redact: (text: string) => string;
  readonly #conditions = new Map<string, Condition>();

  /** @param redact  masks secrets in reasons */
  constructor(redact: (text: string) => string = (text) => text) {
    this.#redact = redact;
  }

  /** A part of the worker that can be well or not. The same name again takes the place of the earlier one. */
  condition(name: string, { ready = false, live = false, ok = false }: ConditionOptions = {}): HealthCondition {
    const condition: Condition = { name, ready, live, ok, reason: ok ? '' : 'starting' };
    this.#conditions.set(name, condition);
    return {
      set: (isWell, reason = '') => {
        condition.ok = isWell;
        condition.reason = isWell ? '' : oneLine(this.#redact(reason));
      },
      remove: () => {
        if (this.#conditions.get(name) === condition) this.#conditions.delete(name);
      },
    };
  }

  /** All conditions, in the order they were made. */
  all(): readonly ConditionState[] {
    return [...this.#conditions.values()].map(({ name, ok, reason }) => ({ name, ok, reason }));
  }

  /** What is not well among the conditions that count for this kind. */
  failed(kind: HealthKind): readonly { readonly name: string; readonly reason: string }[] {
    const counting = [...this.#conditions.values()].filter((condition) => kind === 'health' || condition[kind]);
    return counting.filter(({ ok }) => !ok).map(({ name, reason }) => ({ name, reason }));
  }
}

interface Condition {
  readonly name: string;
  readonly ready: boolean;
  readonly live: boolean;
  ok: boolean;
  reason: string;
}

function oneLine(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\s]+/gu, ' ').trim();
  return line.length <= longestReason ? line : `${line.slice(0, longestReason - 1)}…`;
}
