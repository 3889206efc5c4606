import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until the check passes, and at most as long as the limit in milliseconds; then the check says why it does not. */
export async function eventually(check: () => void | Promise<void>, limit = 5_000): Promise<void> {
  const deadline = performance.now() + limit;
  for (;;) {
    try {
      await check();
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    await sleep(5);
  }
}
