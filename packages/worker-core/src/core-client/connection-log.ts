import { errorHint, errorText } from '../errors.ts';
import type { Logger } from '../plugin/contract.ts';
import type { SocketState } from './socket.ts';

/** Logs why there is no connection: a reason that stays the same is told once, so that an outage does not fill the log. */
export class ConnectionLog {
  readonly #log: Logger;
  readonly #message: string;
  readonly #facts: Readonly<Record<string, unknown>>;
  #told: string | undefined;

  constructor(log: Logger, message: string, facts: Readonly<Record<string, unknown>> = {}) {
    this.#log = log;
    this.#message = message;
    this.#facts = facts;
  }

  note(state: SocketState): void {
    if (state.is === 'connected') this.#told = undefined;
    if (state.is !== 'disconnected') return;
    const { error, retryIn } = state;
    const text = errorText(error);
    const facts = { ...this.#facts, error: text, hint: errorHint(error), retryIn };
    if (text === this.#told) this.#log.debug(this.#message, facts);
    else this.#log.warn(this.#message, facts);
    this.#told = text;
  }
}
