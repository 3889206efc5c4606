/** Events of the core as they come (protocol 4). */
import { errorText } from '../errors.ts';
import type { Logger } from '../plugin/contract.ts';
import { parseBusMessage, type CoreEvent } from '../protocol/messages.ts';
import type { BackOff } from './back-off.ts';
import { ConnectionLog } from './connection-log.ts';
import type { CoreConnection } from './connection.ts';
import { CoreSocket } from './socket.ts';

export interface CoreEventsOptions {
  readonly connection: CoreConnection;
  /** Which events, for instance `error`. */
  readonly types: readonly string[];
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** Events that may wait for whoever reads them; the oldest ones beyond are left out. Default: 1000. */
  readonly maxWaiting?: number;
  readonly backOff?: BackOff;
}

/**
 * Yields events until the signal is aborted, which ends it. Those that come while there is no connection are not heard of: a core
 * keeps none. Action messages, which travel on the same bus, are left out.
 */
export async function* coreEvents(options: CoreEventsOptions): AsyncGenerator<CoreEvent, void, undefined> {
  const { connection, types, log, signal, maxWaiting = 1000, backOff } = options;
  const waiting: CoreEvent[] = [];
  let leftOut = 0;
  let wake = (): void => {};
  const connectionLog = new ConnectionLog(log, 'not listening for events of the core', { types });
  const onAbort = (): void => wake();
  signal.addEventListener('abort', onAbort);
  const socket = new CoreSocket({
    connection,
    path: '/events',
    query: { show: types.join(',') },
    onState: (state) => connectionLog.note(state),
    onMessage: (text) => {
      const event = eventOf(text, log);
      if (event === undefined) return;
      waiting.push(event);
      if (waiting.length > maxWaiting) {
        waiting.shift();
        if ((leftOut += 1) === 1) log.warn('events of the core are left out, nobody reads them in time', { types });
      }
      wake();
    },
    ...(backOff && { backOff }),
  });
  try {
    while (!signal.aborted) {
      const event = waiting.shift();
      if (event === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve;
          if (signal.aborted) resolve();
        });
      } else {
        yield event;
      }
      if (waiting.length === 0) leftOut = 0;
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    await socket.close();
  }
}

function eventOf(text: string, log: Logger): CoreEvent | undefined {
  try {
    const message = parseBusMessage(text);
    return message.kind === 'event' ? message : undefined;
  } catch (error) {
    log.warn('an event of the core was ignored', { error: errorText(error) });
    return undefined;
  }
}
