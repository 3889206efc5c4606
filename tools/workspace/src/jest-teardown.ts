const patience = 60_000;

/**
 * Runs in the process of Jest when all tests are done. What they left open, a socket or a server, would keep that process
 * alive for ever; it ends with a failure instead.
 */
export default function endWhenSomethingIsLeftOpen(): void {
  setTimeout(() => {
    process.stderr.write(`\nTests left something open: ${process.getActiveResourcesInfo().join(', ')}\n`);
    process.exit(1);
  }, patience).unref();
}
