import { describe } from '@jest/globals';
import type { Needed } from './needed.ts';

/** A `describe` that is skipped, with the reason in its title, when something it needs is missing. */
export function describeWith(title: string, needs: readonly Needed[], body: () => void): void {
  const missing = needs.map((need) => need.missing).find((reason) => reason !== undefined);
  if (missing === undefined) describe(title, body);
  else describe.skip(`${title} (skipped: ${missing})`, body);
}
