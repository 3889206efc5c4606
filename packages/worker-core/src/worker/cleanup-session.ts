import type { CleanupRequest, CleanupServices } from '../cleanup/cleanup-services.ts';
import type { CleanupReport } from '../cleanup/cleanup-report.ts';
import type { PlanFile } from '../cleanup/plan-file.ts';
import { coreConnection, type CoreConnectionOptions } from '../core-client/connection.ts';
import { CoreClient } from '../core-client/core-client.ts';
import { generationNames } from '../protocol/generation.ts';
import { configure, installedPlugins, openPool, readOnly, waitForCore, type SetUpOptions } from './set-up.ts';

/** A core, and whose configuration is used. */
export interface CleanupSessionOptions extends SetUpOptions {
  readonly core: CoreConnectionOptions;
  /** Id of the configuration document. Default: that of the generation. */
  readonly subscriberId?: string | undefined;
  /** State directory. */
  readonly dataDirectory: string;
  readonly signal: AbortSignal;
}

/** A look at what is marked, or a cleanup, by somebody at a terminal. */
export interface CleanupSession {
  /** What would be deleted. Changes nothing, neither in a cloud nor at the core. */
  plan(): Promise<PlanFile>;
  /**
   * Deletes what is in the plan and has not changed since.
   *
   * @throws ConfigError `plan_foreign` when it is about another graph; as `cleanup`
   */
  apply(plan: PlanFile): Promise<CleanupReport>;
}

/**
 * Does cleanup work with the configuration a worker would have, without being one. The configuration document stays as it is.
 *
 * @throws TimedOutError when the core does not become ready; ConfigError; whatever the work throws
 */
export async function withCleanup<Result>(
  options: CleanupSessionOptions,
  work: (session: CleanupSession) => Promise<Result>,
): Promise<Result> {
  const { generation, log, secrets, dataDirectory, signal } = options;
  const worker = options.subscriberId ?? generationNames[generation].subscriberId;
  const core = new CoreClient({ connection: coreConnection(options.core), log: options.log });
  const { pool, setLimits } = openPool({ log });
  try {
    const registry = await installedPlugins(options);
    await waitForCore(core, options);
    const configuration = await configure(
      worker,
      readOnly((id, until) => core.config(id, until)),
      pool,
      registry,
      // A core of `local` stores no collectors: what is at hand is what that worker collected.
      { ...options, collectAtHand: true },
    );
    setLimits(configuration);
    const services: CleanupServices = { core, pool, registry, generation, log, secrets, dataDirectory, worker };
    const { cleanup, planCleanup } = await import('../cleanup/cleanup-run.ts');
    return await work({
      plan: () => planCleanup(services, { configuration, signal }),
      apply: (plan) => cleanup(services, { run: `plan/${plan.digest}`, configuration, feedback: silent, signal, plan }),
    });
  } finally {
    await pool.close();
    core.close();
  }
}

/** Nobody at a core waits for news of it. */
const silent: CleanupRequest['feedback'] = { info() {}, progress() {} };
