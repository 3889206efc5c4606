import type { CleanupReport } from './cleanup-report.ts';
import type { Verdict } from './outcome.ts';

/** What cleanups tell whoever counts. Nothing waits for it. */
export interface CleanupMetrics {
  /** The end of one resource. */
  outcome(labels: ResourceLabels, verdict: Verdict): void;
  /** Seconds a call took that deletes, per resource in it. */
  deletion(seconds: number): void;
  /** The end of a run. */
  run(report: CleanupReport): void;
}

interface ResourceLabels {
  readonly cloud: string;
  /** Display name. */
  readonly account: string;
  readonly region: string;
  readonly kind: string;
}
