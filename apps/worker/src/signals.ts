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
