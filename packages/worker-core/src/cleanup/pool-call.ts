import type { CollectorInput } from '../collect/jobs.ts';
import type { ThreadPool } from '../collect/thread-pool.ts';
import { TimedOutError, WorkerError } from '../errors.ts';
import type { AccountJob, Logger } from '../plugin/contract.ts';
import { withTimeLimit } from '../time-limit.ts';
import type { PlannedNode } from './plan.ts';
import { tally } from './tally.ts';
import type { CleanupCall } from './walk.ts';

export interface PoolCallOptions {
  readonly pool: ThreadPool;
  readonly log: Pick<Logger, 'debug'>;
  readonly collector: (cloud: string) => CollectorInput | undefined;
  readonly account: (account: PlannedNode['account']) => AccountJob | undefined;
  /** Milliseconds a call may take. Default: 10 minutes. */
  readonly limit?: number;
}

/**
 * Calls of a walk, made in worker threads. Nothing else makes them: who has no such function cannot delete. A call that has begun
 * is not aborted when the run is stopped, so that what it did is known.
 */
export function poolCall({ pool, log, collector, account, limit = 600_000 }: PoolCallOptions): CleanupCall {
  return async (verb, { cloud, id }, resources) => {
    const input = collector(cloud);
    const job = account({ cloud, id });
    if (input === undefined || job === undefined) {
      throw new WorkerError(
        'account_not_found',
        `The account ${id} of ${cloud} cannot be reached with this configuration`,
      );
    }
    const late = () => new TimedOutError(`The call did not end within ${limit / 1000} s`);
    const started = performance.now();
    const answers = await withTimeLimit({ milliseconds: limit, late }, (signal) =>
      pool.run('cleanup', () => ({ ...input, account: job, verb, resources }), { signal }),
    );
    log.debug('call of a cleanup', {
      ...{ verb, cloud, account: id, kind: resources[0]?.kind, resources: resources.length },
      ...{ answers: tally(answers.map(({ is }) => is)), ms: Math.round(performance.now() - started) },
    });
    return answers;
  };
}
