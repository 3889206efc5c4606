/** What cleanups count, for whoever shows it. Names as the reference worker has them where it counts the same (worker behaviour 10.3). */
import { Counter, Summary, type Registry } from 'prom-client';
import type { Verdict } from './outcome.ts';

export interface CleanupMetrics {
  outcome(labels: ResourceLabels, verdict: Verdict): void;
  /** Seconds. */
  run(seconds: number): void;
}

interface ResourceLabels {
  readonly cloud: string;
  /** Display name. */
  readonly account: string;
  readonly region: string;
  readonly kind: string;
}

const labelNames = ['cloud', 'account', 'region', 'kind'] as const;

/** Registers the metrics. Once per registry. */
export function cleanupMetrics(registry: Registry): CleanupMetrics {
  const registers = [registry];
  const nodes = new Counter({
    name: 'resoto_cleanup_outcomes_total',
    help: 'Resources of cleanups by outcome',
    labelNames: [...labelNames, 'outcome'],
    registers,
  });
  const failures = new Counter({
    name: 'resource_cleanup_exceptions_total',
    help: 'Deletions of resources that failed',
    labelNames,
    registers,
  });
  const failedSteps = new Counter({
    name: 'resource_pre_cleanup_exceptions_total',
    help: 'Pre-delete steps of resources that failed',
    labelNames,
    registers,
  });
  const seconds = new Summary({ name: 'resoto_cleanup_seconds', help: 'Time cleanups took', registers });
  return {
    outcome(labels, { outcome, verb }) {
      nodes.inc({ ...labels, outcome });
      if (outcome === 'failed') (verb === 'prepare' ? failedSteps : failures).inc({ ...labels });
    },
    run: (time) => seconds.observe(time),
  };
}
