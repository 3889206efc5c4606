import { expect, test } from '@jest/globals';
import { processMetrics } from './process-metrics.ts';

test('every value is a number, from the first scrape on', async () => {
  const first = await processMetrics();
  const next = await processMetrics();

  for (const value of [...valuesOf(first), ...valuesOf(next)]) expect(value).toMatch(/^\S+ -?[0-9.]+(e[+-]?\d+)?$/);
  expect(valuesOf(first).length).toBeGreaterThan(10);
});

function valuesOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}
