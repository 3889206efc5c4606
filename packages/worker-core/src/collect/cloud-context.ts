import { join } from 'node:path';
import type { WorkerSettings } from '../config/worker-section.ts';
import type { Limit } from '../core-client/limit.ts';
import { parseDuration } from '../protocol/duration.ts';
import type { RegisteredCollector } from '../plugin/registry.ts';
import type { CollectPlace, CollectRequest, CollectServices } from './collect-request.ts';
import { fileName } from './dump-name.ts';
import type { CollectorInput, CoreAccess } from './jobs.ts';
import { plainError, redactedError, type PlainError } from './plain-error.ts';
import type { Remark } from './report.ts';

/** What the collects of one cloud have in common. */
export interface CloudContext extends CollectServices, CollectRequest {
  readonly cloud: string;
  readonly collector: CollectorInput;
  readonly registered: RegisteredCollector;
  readonly settings: WorkerSettings;
  /** For a job that begins now. */
  readonly access: () => CoreAccess;
  /** Directory of the run. */
  readonly scratch: string;
  readonly startedAt: string;
  /** Seconds. */
  readonly carryOverMaxAge: number;
  /** Aborted also when the time of the collector is over. */
  readonly deadline: AbortSignal;
  readonly uploads: Limit;
  readonly remarks: readonly Remark[];
  /** Tells the core something about the cloud. */
  tell(level: 'info' | 'error', message: string, context?: readonly string[]): void;
  /** An error for the report. */
  describe(error: unknown): PlainError;
  /** Tells the core what a plugin has to say, and notes it for the report. */
  remark(remark: Remark): void;
  place(account: string): CollectPlace;
  /** A directory nobody has used yet. */
  newDirectory(account: string): string;
}

/** What the clouds of one run have in common. */
export interface RunContext {
  readonly scratch: string;
  readonly startedAt: string;
  readonly uploads: Limit;
}

export function cloudContext(
  services: CollectServices,
  request: CollectRequest,
  run: RunContext,
  registered: RegisteredCollector,
  deadline: AbortSignal,
): CloudContext {
  const { core, psk, generation, secrets } = services;
  const { configuration, feedback } = request;
  const {
    cloud,
    package: { entry },
    section,
  } = registered;
  const settings = configuration.worker;
  const remarks: Remark[] = [];
  let directories = 0;

  const tell: CloudContext['tell'] = (level, message, context = []) =>
    feedback.info(level, secrets.redact(message), [cloud, ...context]);

  return {
    ...services,
    ...request,
    ...run,
    cloud,
    registered,
    deadline,
    settings,
    remarks,
    tell,
    log: services.log.child(`collector_${cloud}`, cloud),
    collector: { cloud, entry, generation, config: section === undefined ? {} : configuration.section(section.name) },
    access: () => ({ uri: core.connection.uri, psk, graph: settings.graph, trust: core.connection.trust() }),
    carryOverMaxAge: parseDuration(settings.carry_over_max_age) ?? 0,
    describe: (error) => redactedError(plainError(error), secrets),
    remark: ({ level, message, context }) => {
      const remark: Remark = { level, message: secrets.redact(message), context };
      remarks.push(remark);
      tell(remark.level, remark.message, remark.context);
    },
    place: (account) => ({ task: request.task, cloud, account }),
    newDirectory: (account) => join(run.scratch, `${fileName(`${cloud}-${account}`)}-${(directories += 1)}`),
  };
}
