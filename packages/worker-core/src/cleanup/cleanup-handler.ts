/** The action `cleanup` of a worker: one run at a time, and the rest of an interrupted one first. */
import { existsSync } from 'node:fs';
import { errorOf } from '../collect/plain-error.ts';
import type { CurrentConfiguration } from '../config/configuration.ts';
import type { ActionHandler } from '../core-client/actions.ts';
import { limited } from '../core-client/limit.ts';
import { errorHint, errorText, WorkerError } from '../errors.ts';
import { cleanupFiles, type CleanupServices } from './cleanup-services.ts';

export interface CleanupHandler {
  readonly handle: ActionHandler;
  /** Finds out and tells what became of a run that was interrupted. Never throws. */
  recover(): Promise<void>;
  /** From now on nothing more is deleted, and no run begins. What is being deleted is awaited and reported. */
  stop(): void;
}

// What a cleanup takes is loaded with the first one: a worker that waits should be small.
export function cleanupHandler(services: CleanupServices, live: CurrentConfiguration): CleanupHandler {
  const { log } = services;
  const oneAtATime = limited(1);
  const stopping = new AbortController();

  const handle: ActionHandler = async (action, feedback, signal) => {
    const { task, step } = action.data;
    if (!live.current.worker.cleanup) {
      log.info('nothing is cleaned up: the setting cleanup is false', { task });
      return;
    }
    const either = AbortSignal.any([signal, stopping.signal]);
    await oneAtATime(async () => {
      either.throwIfAborted();
      const configuration = live.current;
      const { cleanup } = await import('./cleanup-run.ts');
      const report = await cleanup(services, { run: `${task}/${step}`, configuration, feedback, signal: either });
      if (report.error !== undefined) throw errorOf(report.error);
    });
  };

  const recover = async (): Promise<void> => {
    if (!existsSync(cleanupFiles(services.dataDirectory).journal)) return;
    try {
      await oneAtATime(async () => {
        stopping.signal.throwIfAborted();
        const { recoverAlone } = await import('./recover-run.ts');
        await recoverAlone(services, live.current, stopping.signal);
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
    stop: () => stopping.abort(new WorkerError('worker_stopped', 'the worker stops')),
  };
}
