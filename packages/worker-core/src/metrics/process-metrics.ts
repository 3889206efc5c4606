import type { Registry } from 'prom-client';

let registry: Promise<Registry> | undefined;

/**
 * Memory, CPU time and the like, in the text format of Prometheus. They belong to the process, so all workers in it share them;
 * nothing is loaded or measured before somebody asks for the first time.
 */
export async function processMetrics(): Promise<string> {
  registry ??= measured();
  return (await registry).metrics();
}

async function measured(): Promise<Registry> {
  const { collectDefaultMetrics, Registry } = await import('prom-client');
  const register = new Registry();
  // A timer every 10 ms, as is the default, would be most of what a waiting worker does.
  collectDefaultMetrics({ register, eventLoopMonitoringPrecision: 250 });
  return register;
}
