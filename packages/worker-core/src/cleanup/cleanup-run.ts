/** A cleanup (worker behaviour 7): what is marked is planned, checked, deleted in order, and told. */
import { rename, writeFile } from 'node:fs/promises';
import { plainError, redactedError } from '../collect/plain-error.ts';
import { errorCode, WorkerError } from '../errors.ts';
import { makeDirectory } from '../make-directory.ts';
import { parseDuration } from '../protocol/duration.ts';
import { Approval } from './approval.ts';
import { outcomeCounts, summaryRows, type CleanupReport, type NodeOutcome } from './cleanup-report.ts';
import {
  cleanupFiles,
  collectorInput,
  journalHead,
  type CleanupRequest,
  type CleanupServices,
} from './cleanup-services.ts';
import { FreshCheck } from './fresh-check.ts';
import { Journal } from './journal.ts';
import { guard, judge } from './judge.ts';
import { lockCleanup } from './lock.ts';
import { markedNode, nodeName } from './marked-node.ts';
import { Marks } from './marks.ts';
import { unreached, type Verdict } from './outcome.ts';
import { planFile, readPlanFile, type PlanFile } from './plan-file.ts';
import { poolCall } from './pool-call.ts';
import { prepareRun, type PreparedRun } from './prepare-run.ts';
import { recoverRun, type Recovered } from './recover-run.ts';
import { Reporter } from './reporter.ts';
import { RunOutcomes } from './run-outcomes.ts';
import { guardedIn } from './taken.ts';
import { walk } from './walk.ts';

/**
 * Deletes what is marked; in a dry run, says what would be deleted and writes the plan.
 *
 * @returns what became of every marked node. It has an `error` when the run was stopped or could not do its work
 * @throws CoreError and ConnectionClosedError when the core cannot be asked at the beginning; WorkerError `cleanup_in_use`,
 *   `cleanup_off`, `plan_foreign`, `journal_failed`; ConfigError of a plan. Nothing was deleted then
 */
export async function cleanup(services: CleanupServices, request: CleanupRequest): Promise<CleanupReport> {
  const { configuration, plan } = request;
  if (!configuration.worker.cleanup) {
    throw new WorkerError('cleanup_off', 'Nothing is deleted, because the setting cleanup is false', {
      hint: 'Set cleanup to true to let this worker delete.',
    });
  }
  const unlock = await lockCleanup(cleanupFiles(services.dataDirectory).directory);
  try {
    const approved = plan ?? (await approvedPlan(services, request));
    const { graph } = configuration.worker;
    if (approved !== undefined && approved.graph !== graph) throw foreignPlan(approved, graph);
    return configuration.worker.cleanup_dry_run
      ? await dryRun(services, request, approved)
      : await realRun(services, request, approved);
  } finally {
    unlock();
  }
}

/** Reads what is marked and makes the plan. Changes nothing. */
export async function planCleanup(
  services: CleanupServices,
  request: Pick<CleanupRequest, 'configuration' | 'signal'>,
): Promise<PlanFile> {
  const marks = await readMarks(services, request);
  const prepared = await prepareRun({ services, ...request, marks });
  return fileOf(prepared, request);
}

async function dryRun(
  services: CleanupServices,
  request: CleanupRequest,
  approved: PlanFile | undefined,
): Promise<CleanupReport> {
  const started = Date.now();
  const approval = approved === undefined ? undefined : new Approval(approved);
  const marks = await readMarks(services, request);
  const prepared = await prepareRun({ services, ...request, marks, approval });
  await marks?.write();
  const outcomes = new RunOutcomes({ services, plan: prepared.plan, feedback: request.feedback });
  prepared.plan.nodes.forEach(({ verdict }, node) => outcomes.add(node, verdict ?? { outcome: 'dry_run', reason: '' }));
  const { directory, dryRun: path } = cleanupFiles(services.dataDirectory);
  makeDirectory(directory);
  await writeFile(path, `${JSON.stringify(fileOf(prepared, request), undefined, 1)}\n`, { mode: 0o600 });
  services.log.info('dry run: nothing was deleted', { plan: path });
  return finished({ services, request, started, outcomes, prepared, approval, error: prepared.brake, dryRun: true });
}

async function realRun(
  services: CleanupServices,
  request: CleanupRequest,
  approved: PlanFile | undefined,
): Promise<CleanupReport> {
  const started = Date.now();
  const { configuration, signal, run } = request;
  const { graph } = configuration.worker;
  const recovered = await recoverRun(services, configuration, signal);
  const journal = await journalFor(recovered, services, request, started);
  const approval = approved === undefined ? undefined : new Approval(approved);
  let isTold = false;
  try {
    const marks = await readMarks(services, request);
    const known = recovered.run === run ? recovered.known : new Map();
    const prepared = await prepareRun({ services, configuration, signal, marks, approval, known });
    await marks?.write();
    const reporter = new Reporter({
      core: services.core,
      graph,
      log: services.log,
      signal,
      onReported: (nodes) => journal.append({ is: 'reported', nodes }),
    });
    const outcomes = new RunOutcomes({ services, plan: prepared.plan, feedback: request.feedback, reporter, journal });
    const error =
      prepared.brake === undefined
        ? await deleteAll(services, request, prepared, outcomes, recovered, approval)
        : stoppedByBrake(prepared, outcomes);
    const unreported = await outcomes.finish().then(
      () => undefined,
      (failure: unknown) => failure,
    );
    isTold = unreported === undefined;
    return finished({
      services,
      request,
      started,
      outcomes,
      prepared,
      approval,
      error: error ?? unreported,
      dryRun: false,
      earlier: recovered.run === run ? recovered.earlier : [],
    });
  } finally {
    // What the core does not know yet is told with the next run.
    await (isTold ? journal.finish() : journal.close());
    if (isTold && approved !== undefined && request.plan === undefined) await retireApproved(services);
  }
}

async function deleteAll(
  services: CleanupServices,
  { configuration, signal }: CleanupRequest,
  { plan, rules, account }: PreparedRun,
  outcomes: RunOutcomes,
  { requested }: Recovered,
  approval: Approval | undefined,
): Promise<unknown> {
  const { graph, cleanup_pool_size: places } = configuration.worker;
  const fresh = new FreshCheck({
    core: services.core,
    graph,
    signal,
    idOf: (node) => plan.nodes[node]?.node.id ?? '',
    takes: (node) => plan.nodes[node]?.takes ?? [],
    judgeTaken: (row) => guardedIn([{ ...nodeName(row), guard: guard(row, rules) }]),
    judge: (node, row) => {
      outcomes.noteEventLog(node, row.metadata?.['event_log']);
      if (row.metadata?.['cleaned'] === true) return deletedByAnother;
      return judge(row, { ...rules, waits: () => undefined }) ?? approval?.judge(markedNode(row));
    },
  });
  return walk({
    plan,
    call: poolCall({
      pool: services.pool,
      log: services.log,
      collector: (cloud) => collectorInput(services, configuration, cloud),
      account,
    }),
    journal: outcomes.walkJournal,
    check: (nodes, soon) => fresh.check(nodes, soon),
    onOutcome: (node, verdict) => outcomes.add(node, verdict),
    places,
    signal,
    requested,
  });
}

/** It is out of the way of what waits for it, and the core knows it. */
const deletedByAnother: Verdict = {
  outcome: 'already_gone',
  reason: 'another cleanup deleted it meanwhile',
  quiet: true,
};

function stoppedByBrake({ plan, brake }: PreparedRun, outcomes: RunOutcomes): unknown {
  const { message } = plainError(brake);
  plan.nodes.forEach(({ verdict }, node) => outcomes.add(node, verdict ?? unreached(message, true)));
  return brake;
}

/** Goes on with the journal of the same run, or begins a new one. */
async function journalFor(
  { run, journal }: Recovered,
  services: CleanupServices,
  request: CleanupRequest,
  started: number,
): Promise<Journal> {
  if (journal !== undefined && run === request.run) return journal;
  await journal?.finish();
  const { journal: path } = cleanupFiles(services.dataDirectory);
  const head = journalHead(services, request.configuration.worker.graph, request.run);
  return Journal.begin(path, head, new Date(started).toISOString());
}

/** Undefined when marks of any age may be deleted. */
async function readMarks(
  { core, dataDirectory }: CleanupServices,
  { configuration: { worker } }: Pick<CleanupRequest, 'configuration'>,
): Promise<Marks | undefined> {
  if (parseDuration(worker.cleanup_min_mark_age) === 0) return undefined;
  const place = `${core.connection.uri} ${worker.graph}`;
  return Marks.read(cleanupFiles(dataDirectory).marks, place, Date.now());
}

/** The plan that was laid into the state directory, if one is needed. */
async function approvedPlan(
  { dataDirectory }: CleanupServices,
  { configuration }: CleanupRequest,
): Promise<PlanFile | undefined> {
  if (!configuration.worker.cleanup_requires_plan || configuration.worker.cleanup_dry_run) return undefined;
  const { approved } = cleanupFiles(dataDirectory);
  try {
    return await readPlanFile(approved);
  } catch (error) {
    if (errorCode(error) !== 'plan_unreadable') throw error;
    throw new WorkerError(
      'cleanup_brake',
      `The brake cleanup_requires_plan stopped the cleanup: there is no approved plan`,
      {
        hint: `Make a plan with the command plan, and carry it out with apply, or lay it down as ${approved}.`,
        facts: { setting: 'cleanup_requires_plan' },
        cause: error,
      },
    );
  }
}

function foreignPlan({ graph }: PlanFile, own: string): WorkerError {
  return new WorkerError('plan_foreign', `The plan is about the graph ${graph}, and this worker works on ${own}`, {
    hint: 'Make a plan with the configuration it is carried out with.',
  });
}

/** A plan is carried out once. */
async function retireApproved({ dataDirectory }: CleanupServices): Promise<void> {
  const { approved } = cleanupFiles(dataDirectory);
  await rename(approved, approved.replace(/\.json$/, '.done.json'));
}

function fileOf(
  { plan, clouds, brake }: PreparedRun,
  { configuration }: Pick<CleanupRequest, 'configuration'>,
): PlanFile {
  const warnings = brake === undefined ? plan.warnings : [plainError(brake).message, ...plan.warnings];
  const { graph } = configuration.worker;
  return planFile({ ...plan, warnings }, { graph, createdAt: new Date(), clouds });
}

interface FinishedRun {
  readonly services: CleanupServices;
  readonly request: CleanupRequest;
  readonly started: number;
  readonly outcomes: RunOutcomes;
  readonly prepared: PreparedRun;
  readonly approval: Approval | undefined;
  readonly error: unknown;
  readonly dryRun: boolean;
  /** What an earlier process of the same run did. */
  readonly earlier?: readonly NodeOutcome[];
}

function finished({
  services,
  request,
  started,
  outcomes,
  prepared,
  approval,
  error,
  dryRun: isDry,
  earlier = [],
}: FinishedRun): CleanupReport {
  const ended = new Set(outcomes.nodes.map(({ id }) => id));
  const before = earlier.filter(({ id }) => !ended.has(id));
  for (const { id } of before) ended.add(id);
  const missing = approval
    ?.missing(prepared.selection)
    .filter(({ id }) => !ended.has(id))
    .map(({ id, kind, name, cloud, account, region }): NodeOutcome => ({
      ...{ id, kind, name, cloud, account: account.name, region, outcome: 'refused' },
      reason: 'it is not marked any more, or the core does not have it any more',
    }));
  const nodes = [...before, ...outcomes.nodes, ...(missing ?? [])];
  const seconds = (Date.now() - started) / 1000;
  const report: CleanupReport = {
    startedAt: new Date(started).toISOString(),
    seconds,
    dryRun: isDry,
    nodes,
    counts: outcomeCounts(nodes),
    warnings: prepared.plan.warnings,
    ...(error !== undefined && { error: redactedError(plainError(error), services.secrets) }),
  };
  for (const warning of report.warnings) services.log.warn('cleanup plan', { warning });
  outcomes.tellSummary(nodes);
  services.metrics?.run(report);
  services.log.info('cleanup ended', {
    run: request.run,
    seconds,
    outcomes: report.counts,
    summary: summaryRows(nodes).slice(0, 100),
    ...(report.error !== undefined && { error: report.error.message }),
  });
  return report;
}
