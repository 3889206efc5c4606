/** The end of a run whose process ended before it did: finds out what has happened, and tells the core. */
import { plainError } from '../collect/plain-error.ts';
import type { Configuration } from '../config/configuration.ts';
import { errorCode, errorText, WorkerError } from '../errors.ts';
import { stringifyJson } from '../protocol/json.ts';
import { nodeOutcome, type NodeOutcome } from './cleanup-report.ts';
import { cleanupFiles, collectorInput, journalHead, type CleanupServices } from './cleanup-services.ts';
import { Journal, readJournal, setAside, type JournalHead, type ReadJournal } from './journal.ts';
import { lockCleanup } from './lock.ts';
import { nodeName } from './marked-node.ts';
import type { Verdict } from './outcome.ts';
import { poolCall } from './pool-call.ts';
import { accountsOf } from './prepare-run.ts';
import { journalState, recover, type JournalState, type KnownOutcome, type OpenNode } from './recovery.ts';
import { eventLogWith, Reporter } from './reporter.ts';
import type { CleanupCall } from './walk.ts';

/** What a new run has to know of the one before. */
export interface Recovered {
  /** Which run it was. */
  readonly run: string | undefined;
  /** Outcomes of nodes that the run has reached, the recovered ones included. */
  readonly known: ReadonlyMap<string, Verdict>;
  /** The same, to be told again. */
  readonly earlier: readonly NodeOutcome[];
  /** Ids of nodes that are still there although the cloud has accepted their deletion. */
  readonly requested: ReadonlySet<string>;
  /** Open, at its end. Undefined: there was none, or not one of this worker. */
  readonly journal: Journal | undefined;
}

const nothing: Recovered = {
  run: undefined,
  known: new Map(),
  earlier: [],
  requested: new Set(),
  journal: undefined,
};

/**
 * Deals with the journal of an earlier process. A journal of another worker, or one that cannot be read, is set aside and named.
 * Only asks whether resources exist; deletes nothing.
 *
 * @param call  makes the calls to the cloud; absent: calls of worker threads
 * @throws WorkerError `journal_failed`; whatever the report to the core throws
 */
export async function recoverRun(
  services: CleanupServices,
  configuration: Configuration,
  signal: AbortSignal,
  call?: CleanupCall,
): Promise<Recovered> {
  const { log } = services;
  const { journal: path } = cleanupFiles(services.dataDirectory);
  const found = await ownJournal(path, services, configuration);
  if (found === undefined) return nothing;
  const state = journalState(found);
  log.info('a cleanup was interrupted', { ...found.head, open: state.open.length, outcomes: state.outcomes.size });
  if (found.broken > 0) log.error('lines of the journal cannot be read', { path, lines: found.broken });
  const journal = await Journal.resume(path, found);
  try {
    const exists = call ?? (await existsCall(services, configuration, state, signal));
    const { gone, requested, unknown } = await recover(state.open, exists, () => 50);
    for (const { node, reason } of unknown) {
      log.warn('it is not known whether a deletion was finished', { node: node.resource.nodeId, reason });
    }
    const recovered = gone.map(goneOutcome);
    for (const outcome of recovered) await journal.append({ is: 'outcome', ...outcome });
    const unreported = [...state.outcomes.values()].filter(({ node }) => !state.reported.has(node));
    await report(services, configuration, journal, [...unreported, ...recovered]);
    log.info('the interrupted cleanup is told', {
      gone: gone.length,
      requested: requested.size,
      unknown: unknown.length,
    });
    const known = new Map([...state.outcomes.values(), ...recovered].map(({ node, verdict }) => [node, verdict]));
    const earlier = [...known].flatMap(([id, verdict]) => {
      const resource = state.resources.get(id);
      return resource === undefined ? [] : [nodeOutcome({ ...resource, ...nodeName({ id, ...resource }) }, verdict)];
    });
    return { run: found.head.run, known, earlier, requested, journal };
  } catch (error) {
    await journal.close();
    throw error;
  }
}

/**
 * The same, without a run that goes on with it. The journal stays, so that a run that is delivered again goes on where it was.
 *
 * @throws WorkerError `cleanup_in_use`, and as {@link recoverRun}
 */
export async function recoverAlone(
  services: CleanupServices,
  configuration: Configuration,
  signal: AbortSignal,
): Promise<void> {
  const unlock = await lockCleanup(cleanupFiles(services.dataDirectory).directory);
  try {
    const { journal } = await recoverRun(services, configuration, signal);
    await journal?.close();
  } finally {
    unlock();
  }
}

async function ownJournal(
  path: string,
  services: CleanupServices,
  { worker: { graph } }: Configuration,
): Promise<ReadJournal | undefined> {
  const { log } = services;
  let problem: WorkerError;
  try {
    const found = await readJournal(path);
    if (found === undefined || isSame(found.head, journalHead(services, graph, found.head.run))) return found;
    problem = new WorkerError('journal_foreign', `The journal ${path} is of another worker, core or graph`, {
      facts: { ...found.head },
    });
  } catch (error) {
    if (errorCode(error) !== 'journal_broken') throw error;
    problem = new WorkerError('journal_broken', errorText(error), { cause: error });
  }
  const aside = await setAside(path, new Date());
  log.error('a journal of a cleanup was set aside', {
    code: problem.code,
    error: problem.message,
    ...problem.facts,
    aside,
    hint: 'What it was about is not known. Nothing was deleted because of it.',
  });
  return undefined;
}

function isSame(a: JournalHead, b: JournalHead): boolean {
  return a.worker === b.worker && a.core === b.core && a.graph === b.graph;
}

async function existsCall(
  services: CleanupServices,
  configuration: Configuration,
  { open }: JournalState,
  signal: AbortSignal,
): Promise<CleanupCall> {
  const clouds = new Set(open.map(({ account }) => account.cloud));
  const accounts = new Map<string, Awaited<ReturnType<typeof accountsOf>>>();
  for (const cloud of clouds) accounts.set(cloud, await accountsOf({ services, configuration, signal }, cloud));
  return poolCall({
    pool: services.pool,
    log: services.log,
    collector: (cloud) => collectorInput(services, configuration, cloud),
    account: ({ cloud, id }) => accounts.get(cloud)?.get(id),
  });
}

function goneOutcome({ resource, isTried }: OpenNode): KnownOutcome {
  const reason = isTried ? 'found gone after the worker was interrupted' : 'gone while the worker was interrupted';
  const verdict: Verdict = { outcome: isTried ? 'deleted' : 'already_gone', reason };
  return {
    node: resource.nodeId,
    verdict,
    eventLog: eventLogWith(resource.metadata['event_log'], verdict, new Date()),
  };
}

async function report(
  { core, log }: CleanupServices,
  { worker: { graph } }: Configuration,
  journal: Journal,
  outcomes: readonly KnownOutcome[],
): Promise<void> {
  const reporter = new Reporter({ core, graph, log, onReported: (nodes) => journal.append({ is: 'reported', nodes }) });
  for (const outcome of outcomes) reporter.add(outcome);
  try {
    await reporter.finish();
  } catch (error) {
    const { message } = plainError(error);
    throw new WorkerError('not_reported', `Outcomes of an interrupted cleanup could not be reported: ${message}`, {
      hint: 'They stay in the journal, and are reported with the next cleanup.',
      facts: { run: stringifyJson(outcomes.length) },
      cause: error,
    });
  }
}
