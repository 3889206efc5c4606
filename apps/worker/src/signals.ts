import type { Log } from '@resoto/worker-core';

const stopSignals = ['SIGINT', 'SIGTERM'] as const;

/** Calls back once on the first signal that asks the program to stop; the second one ends it at once. */
export function onStopSignal(stop: () => void): () => void {
  const forget = (): void => {
    for (const signal of stopSignals) process.off(signal, handle);
  };
  const handle = (): void => {
    forget();
    stop();
  };
  for (const signal of stopSignals) process.on(signal, handle);
  return forget;
}

const levelSignal = 'SIGUSR2';

/** Lets a signal make a log more talkative while the program runs, and the next one make it as it was. */
export function onLevelSignal(log: Log): () => void {
  // Windows knows no such signal.
  if (process.platform === 'win32') return () => {};
  const usual = log.level;
  const other = usual === 'debug' || usual === 'trace' ? 'info' : 'debug';
  const change = (): void => {
    const next = log.level === usual ? other : usual;
    // Told at whichever of both levels shows it.
    if (next === other) log.setLevel(next);
    log.info('log level changed', { level: next });
    log.setLevel(next);
  };
  process.on(levelSignal, change);
  return () => process.off(levelSignal, change);
}
