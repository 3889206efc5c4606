/** Hears about changes of a configuration document (protocol 3.6), and says what is wrong with one (protocol 4). */
import { errorCode, errorText } from '../errors.ts';
import type { Logger } from '../plugin/contract.ts';
import { errorEvent, parseBusMessage, type BusMessage } from '../protocol/messages.ts';
import type { BackOff } from './back-off.ts';
import { ConnectionLog } from './connection-log.ts';
import type { CoreConnection } from './connection.ts';
import type { HeartBeat } from './heart-beat.ts';
import { CoreSocket, type SocketState } from './socket.ts';

export interface ConfigEventsOptions {
  readonly connection: CoreConnection;
  readonly configId: string;
  /**
   * The document was changed; undefined: it may have been, while there was no connection. A revision that is known already
   * means nothing has changed.
   */
  readonly onChange: (revision: string | undefined) => void;
  readonly log: Logger;
  readonly onState?: (state: SocketState) => void;
  readonly backOff?: BackOff;
  readonly heartBeat?: HeartBeat;
}

export interface ConfigEvents {
  /**
   * Puts an event `error` on the bus of the core, as the core does for its own workflows: the document cannot be used. Without a
   * connection it is sent with the next one; of several only the last. The text must not hold secrets.
   */
  unusable(text: string): void;
  /** Closes for good; resolves when nothing is left. */
  close(): Promise<void>;
}

/** Listens until it is closed. */
export function configEvents({ configId, onChange, log, onState, ...options }: ConfigEventsOptions): ConfigEvents {
  const connectionLog = new ConnectionLog(log, 'not listening for changes of the configuration');
  let unsent: string | undefined;
  const socket = new CoreSocket({
    ...options,
    path: '/events',
    query: { show: 'config-updated' },
    onState: (state) => {
      connectionLog.note(state);
      onState?.(state);
      if (state.is !== 'connected') return;
      if (state.epoch > 1) onChange(undefined);
      void send();
    },
    onMessage: (text) => {
      let message: BusMessage;
      try {
        message = parseBusMessage(text);
      } catch (error) {
        log.warn('an event of the core was ignored', { error: errorText(error) });
        return;
      }
      if (message.message_type !== 'config-updated' || message.data['id'] !== configId) return;
      const revision = message.data['revision'];
      onChange(typeof revision === 'string' ? revision : undefined);
    },
  });

  async function send(): Promise<void> {
    const frame = unsent;
    if (frame === undefined) return;
    try {
      await socket.send(frame);
    } catch (error) {
      if (errorCode(error) === 'connection_closed') return;
      log.warn('an event could not be sent to the core', { error: errorText(error) });
    }
    if (unsent === frame) unsent = undefined;
  }

  return {
    unusable(text) {
      unsent = errorEvent('configuration', configId, text);
      void send();
    },
    close: () => socket.close(),
  };
}
