/**
 * Loaded before the worker. The first process of a container has no default actions for signals, so until the worker has
 * listeners of its own, and again once it has dropped them, a signal that asks it to end would be without effect.
 */
import { constants } from 'node:os';

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (process.listenerCount(signal) === 1) process.exit(128 + constants.signals[signal]);
  });
}
