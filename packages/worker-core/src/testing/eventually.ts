import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds that are enough for anything, also on a machine that has much else to do. */
const patience = 60_000;

/** Waits until the check passes. When it does not in a long time, the check says why. */
export async function eventually(check: () => void | Promise<void>): Promise<void> {
  const deadline = performance.now() + patience;
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
