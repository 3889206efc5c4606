import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Registry } from 'prom-client';
import { Gauge } from './prom-client.ts';

type Histogram = ReturnType<typeof monitorEventLoopDelay>;

/** Milliseconds between two looks. A timer every 10 ms, as is usual, would be most of what a waiting worker does. */
const interval = 250;

/** In nanoseconds. What is measured is the time between two looks. */
const lags: Readonly<Record<string, (histogram: Histogram) => number>> = {
  min: ({ min }) => min - interval * 1e6,
  max: ({ max }) => max - interval * 1e6,
  mean: ({ mean }) => mean - interval * 1e6,
  stddev: ({ stddev }) => stddev,
  p50: (histogram) => histogram.percentile(50) - interval * 1e6,
  p90: (histogram) => histogram.percentile(90) - interval * 1e6,
  p99: (histogram) => histogram.percentile(99) - interval * 1e6,
};

/**
 * Measures how late the event loop is, under the names of prom-client: its own values are NaN before the first look, and take
 * the time between two looks for lag. As long as nothing was measured there are no values.
 *
 * @returns forgets what was measured so far
 */
export function measureEventLoopLag(register: Registry): () => void {
  const histogram = monitorEventLoopDelay({ resolution: interval });
  histogram.enable();
  for (const [value, lag] of Object.entries(lags)) {
    const name = `nodejs_eventloop_lag_${value}_seconds`;
    register.removeSingleMetric(name);
    const gauge = new Gauge({
      name,
      help: `How late the event loop was since the last scrape: ${value}.`,
      registers: [],
      collect() {
        if (histogram.count === 0) this.remove();
        else this.set(Math.max(0, lag(histogram) / 1e9));
      },
    });
    register.registerMetric(gauge);
  }
  return () => histogram.reset();
}
