import type { Log } from '../log/log.ts';
import type { CallCounts } from './call-counts.ts';
import type { JobEvent } from './jobs.ts';

/** What a job has of the thread it runs in. */
export interface JobHost {
  readonly signal: AbortSignal;
  readonly log: Log;
  readonly emit: (event: JobEvent) => void;
  readonly calls: Pick<CallCounts, 'add'>;
}
