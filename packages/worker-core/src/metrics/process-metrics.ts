import type { Registry } from 'prom-client';
import { measureEventLoopLag } from './event-loop-lag.ts';

let measuring: Promise<{ readonly register: Registry; readonly forgetLag: () => void }> | undefined;

/**
 * Memory, CPU time and the like, in the text format of Prometheus. They belong to the process, so all workers in it share them;
 * nothing is loaded or measured before somebody asks for the first time.
 */
export async function processMetrics(): Promise<string> {
  measuring ??= measure();
  const { register, forgetLag } = await measuring;
  const text = await register.metrics();
  forgetLag();
  return text;
}

async function measure(): Promise<Awaited<NonNullable<typeof measuring>>> {
  const { collectDefaultMetrics, Registry } = await import('prom-client');
  const register = new Registry();
  // Its own look at the event loop is replaced, so it never comes.
  collectDefaultMetrics({ register, eventLoopMonitoringPrecision: 2 ** 31 - 1 });
  return { register, forgetLag: measureEventLoopLag(register) };
}
