/** The action `cleanup` of a worker: one run at a time, and the rest of an interrupted one first. */
import { existsSync } from 'node:fs';
import type { Registry } from 'prom-client';
import { errorOf } from '../collect/plain-error.ts';
import type { Configuration } from '../config/configuration.ts';
import type { ActionHandler } from '../core-client/actions.ts';
import { limited } from '../core-client/limit.ts';
import { errorHint, errorText, WorkerError } from '../errors.ts';
import { cleanupFiles, type CleanupServices } from './cleanup-services.ts';
import type { CleanupMetrics } from './metrics.ts';

export interface CleanupHandler {
  readonly handle: ActionHandler;
  /** Finds out and tells what became of a run that was interrupted. Never throws. */
  recover(): Promise<void>;
  /** Stops the recovery. Runs are stopped by their own signal. */
  close(): Promise<void>;
}

export interface CleanupHandlerServices extends Omit<CleanupServices, 'metrics'> {
  /** Where metrics are registered with the first cleanup. */
  readonly metricsRegistry?: Registry;
}

// What a cleanup takes is loaded with the first one: a worker that waits should be small.
export function cleanupHandler(services: CleanupHandlerServices, configuration: Configuration): CleanupHandler {
  const { log, metricsRegistry } = services;
  const oneAtATime = limited(1);
  const closing = new AbortController();
  let metrics: CleanupMetrics | undefined;

  const prepared = async (): Promise<CleanupServices> => {
    if (metricsRegistry !== undefined && metrics === undefined) {
      const { cleanupMetrics } = await import('./metrics.ts');
      metrics ??= cleanupMetrics(metricsRegistry);
    }
    return { ...services, ...(metrics !== undefined && { metrics }) };
  };

  const handle: ActionHandler = async (action, feedback, signal) => {
    const { task, step } = action.data;
    if (!configuration.worker.cleanup) {
      log.info('nothing is cleaned up: the setting cleanup is false', { task });
      return;
    }
    await oneAtATime(async () => {
      signal.throwIfAborted();
      const { cleanup } = await import('./cleanup-run.ts');
      const report = await cleanup(await prepared(), { run: `${task}/${step}`, configuration, feedback, signal });
      if (report.error !== undefined) throw errorOf(report.error);
    });
  };

  const recover = async (): Promise<void> => {
    if (!existsSync(cleanupFiles(services.dataDirectory).journal)) return;
    try {
      await oneAtATime(async () => {
        closing.signal.throwIfAborted();
        const { recoverAlone } = await import('./recover-run.ts');
        await recoverAlone(await prepared(), configuration, closing.signal);
      });
    } catch (error) {
      log.error('an interrupted cleanup cannot be looked into yet', {
        error: errorText(error),
        hint: errorHint(error) ?? 'It is tried again with the next cleanup.',
      });
    }
  };

  return {
    handle,
    recover,
    close: async () => closing.abort(new WorkerError('worker_stopped', 'the worker stops')),
  };
}
