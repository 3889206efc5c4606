/**
 * Finds actions a core emitted but did not deliver: one that falls between the list of pending actions and the moment the socket
 * is attached reaches only the event bus (protocol 12, W4).
 */
import { parseBusMessage, type Action } from '../protocol/messages.ts';
import { actionKey } from './action-log.ts';
import type { BackOff } from './back-off.ts';
import type { CoreConnection } from './connection.ts';
import type { HeartBeat } from './heart-beat.ts';
import { CoreSocket } from './socket.ts';

export interface MissedActionsOptions {
  readonly connection: CoreConnection;
  readonly events: readonly string[];
  /** Milliseconds between seeing an action and calling it missed. */
  readonly after: number;
  readonly isKnown: (action: Action) => boolean;
  readonly onMissed: (action: Action) => void;
  /** Of the socket that should deliver: a new connection gets everything that is pending. */
  readonly connectionNumber: () => number;
  readonly backOff?: BackOff;
  readonly heartBeat?: HeartBeat;
}

export class MissedActions {
  readonly #options: MissedActionsOptions;
  readonly #socket: CoreSocket;
  readonly #timers = new Map<string, NodeJS.Timeout>();

  constructor(options: MissedActionsOptions) {
    this.#options = options;
    this.#socket = new CoreSocket({
      ...options,
      path: '/events',
      query: { show: options.events.join(',') },
      onMessage: (text) => this.#see(text),
    });
  }

  async close(): Promise<void> {
    // Until it is closed, an action may come that has a timer then, and would hold up the end of the process.
    await this.#socket.close();
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  #see(text: string): void {
    const action = actionOf(text);
    if (action === undefined || this.#options.isKnown(action)) return;
    const key = actionKey(action.data);
    // One connection brings everything that is pending, so a few are enough to notice.
    if (this.#timers.has(key) || this.#timers.size >= maxWatched) return;
    const connection = this.#options.connectionNumber();
    const check = (): void => {
      this.#timers.delete(key);
      if (!this.#options.isKnown(action) && this.#options.connectionNumber() === connection)
        this.#options.onMissed(action);
    };
    this.#timers.set(key, setTimeout(check, this.#options.after));
  }
}

const maxWatched = 1000;

function actionOf(text: string): Action | undefined {
  try {
    const message = parseBusMessage(text);
    return message.kind === 'action' ? message : undefined;
  } catch {
    // Whatever else travels on the bus concerns others.
    return undefined;
  }
}
