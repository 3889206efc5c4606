/** Hears about changes of a configuration document (protocol 3.6). */
import { errorText } from '../errors.ts';
import type { Logger } from '../plugin/contract.ts';
import { parseBusMessage, type BusMessage } from '../protocol/messages.ts';
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

/** Listens until it is closed. */
export function configEvents({ configId, onChange, log, onState, ...options }: ConfigEventsOptions): CoreSocket {
  const connectionLog = new ConnectionLog(log, 'not listening for changes of the configuration');
  return new CoreSocket({
    ...options,
    path: '/events',
    query: { show: 'config-updated' },
    onState: (state) => {
      connectionLog.note(state);
      onState?.(state);
      if (state.is === 'connected' && state.epoch > 1) onChange(undefined);
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
}
