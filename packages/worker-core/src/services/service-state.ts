/** How a service of a plugin is doing, for health and metrics. */
import type { PlainError } from '../collect/plain-error.ts';

export type ServiceState = ServiceFacts &
  (
    | {
        /** `ended`: it had nothing to do any more. `stopped`: the worker ends. */
        readonly is: 'starting' | 'running' | 'ended' | 'stopped';
      }
    | {
        /** It failed and is started again after `retryIn` milliseconds. */
        readonly is: 'failed';
        /** Without secrets. */
        readonly error: PlainError;
        readonly retryIn: number;
      }
  );

interface ServiceFacts {
  readonly name: string;
  /** Times it was started again. */
  readonly restarts: number;
}
