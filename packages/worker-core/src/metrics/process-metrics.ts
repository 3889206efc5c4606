import { collectDefaultMetrics, Registry } from 'prom-client';

let registry: Registry | undefined;

/**
 * Memory, CPU time and the like, in the text format of Prometheus. They belong to the process, so all workers in it share them;
 * nothing is measured before somebody asks for the first time.
 */
export async function processMetrics(): Promise<string> {
  if (registry === undefined) {
    registry = new Registry();
    // A timer every 10 ms, as is the default, would be most of what a waiting worker does.
    collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 250 });
  }
  return registry.metrics();
}
