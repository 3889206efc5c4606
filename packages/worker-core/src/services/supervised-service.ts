/** Keeps one service running: it is started again when it fails, with growing pauses. */
import { plainError, redactedError } from '../collect/plain-error.ts';
import { pause, pauseAfter, type BackOff } from '../core-client/back-off.ts';
import { errorText, PluginError } from '../errors.ts';
import type { Logger } from '../plugin/contract.ts';
import type { Service, ServiceContext, ServicePlugin } from '../plugin/service-contract.ts';
import type { Secrets } from '../log/secrets.ts';
import type { ServiceState } from './service-state.ts';

export interface SupervisionOptions {
  /** The context of one run. Throws when the service cannot run, for instance because of its configuration. */
  readonly context: (signal: AbortSignal) => ServiceContext;
  readonly log: Logger;
  readonly secrets: Secrets;
  readonly onState: (state: ServiceState) => void;
  readonly backOff: BackOff;
  readonly steadyAfter: number;
}

/** Resolves when the service has ended, or was stopped by the signal. Never throws. */
export async function supervise(
  plugin: ServicePlugin,
  { context, log, secrets, onState, backOff, steadyAfter }: SupervisionOptions,
  signal: AbortSignal,
): Promise<void> {
  const { name } = plugin;
  let failures = 0;
  let restarts = 0;
  for (; !signal.aborted; restarts++) {
    onState({ name, restarts, is: 'starting' });
    const began = performance.now();
    try {
      await runOnce(plugin, context, () => onState({ name, restarts, is: 'running' }), signal);
      if (signal.aborted) break;
      log.info('a service has ended', { service: name });
      onState({ name, restarts, is: 'ended' });
      return;
    } catch (error) {
      if (signal.aborted) break;
      failures = performance.now() - began > steadyAfter ? 1 : failures + 1;
      const retryIn = pauseAfter(failures, backOff);
      log.error('a service failed and is started again', { service: name, error, retryIn });
      onState({ name, restarts, is: 'failed', error: redactedError(plainError(error), secrets), retryIn });
      await pause(retryIn, signal).catch(() => undefined);
    }
  }
  onState({ name, restarts, is: 'stopped' });
}

async function runOnce(
  plugin: ServicePlugin,
  context: SupervisionOptions['context'],
  onRunning: () => void,
  signal: AbortSignal,
): Promise<void> {
  // Ends with the run, so that nothing of a run that failed is left beside the next one.
  const ended = new AbortController();
  const runContext = context(AbortSignal.any([signal, ended.signal]));
  try {
    const service = await loaded(plugin);
    signal.throwIfAborted();
    onRunning();
    await service.run(runContext);
  } finally {
    ended.abort();
  }
}

async function loaded({ name, load }: ServicePlugin): Promise<Service> {
  try {
    return await load();
  } catch (cause) {
    throw new PluginError(`The service ${name} cannot be loaded: ${errorText(cause)}`, { cause });
  }
}
