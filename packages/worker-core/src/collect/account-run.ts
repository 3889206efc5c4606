import { errorAdvice } from '../errors.ts';
import { problemText, type GraphProblem } from '../graph/problems.ts';
import type { Secrets } from '../log/secrets.ts';
import type { AccountJob } from '../plugin/contract.ts';
import type { ImportResult } from '../protocol/graph-line.ts';
import { progressLeaf } from '../protocol/progress.ts';
import type { CloudContext } from './cloud-context.ts';
import type { AccountInput, AccountResult, JobEvent } from './jobs.ts';
import { isIncomplete, outcomeOf } from './outcome.ts';
import { redactedError } from './plain-error.ts';
import type { AccountReport, ScopeReport } from './report.ts';
import { scopeProblems } from './scope-problems.ts';

/** A collected account that waits for its upload, or why there is none. */
export interface CollectedAccount {
  readonly account: AccountJob;
  /** For people and progress: unique within the cloud. */
  readonly label: string;
  readonly result: AccountResult | undefined;
  readonly error: unknown;
  readonly seconds: number;
}

/** Collects an account in a worker thread. Never throws: an account that fails is one of the results. */
export async function runAccount(context: CloudContext, account: AccountJob, label: string): Promise<CollectedAccount> {
  const { pool, deadline } = context;
  const started = performance.now();
  const seconds = () => Math.round(performance.now() - started) / 1000;
  showProgress(context, label, 0);
  context.log.debug('account begins', { account: account.id, name: account.name });
  try {
    const onEvent = (event: JobEvent) => forward(context, label, event);
    const result = await pool.run('collect', () => accountInput(context, account), { signal: deadline, onEvent });
    context.log.debug('account collected', { account: account.id, ...sizeOf(result), seconds: seconds() });
    return { account, label, result, error: undefined, seconds: seconds() };
  } catch (error) {
    return { account, label, result: undefined, error, seconds: seconds() };
  }
}

/** Takes an account from the core, for a cloud that is replaced as a whole. Null: the core does not have it. */
export async function keepWholeAccount(context: CloudContext, account: AccountJob): Promise<AccountResult | null> {
  return context.pool.run('keep', () => accountInput(context, account), { signal: context.signal });
}

/** Tells the core and the observer how an account ended. */
export function reportAccount(
  context: CloudContext,
  { account, label, result, error, seconds }: CollectedAccount,
  upload: { readonly imported?: ImportResult; readonly error?: unknown },
): AccountReport {
  const failure = error ?? upload.error;
  if (failure !== undefined) {
    context.tell('error', errorAdvice(failure), [label]);
    context.log.error('account failed', { cloud: context.cloud, account: account.id, error: failure });
  }
  for (const { region, text } of scopeProblems(result?.scopes ?? [])) {
    context.tell('error', text, region === undefined ? [label] : [label, region]);
  }
  if (result !== undefined && result.expired > 0) {
    context.tell('error', `${result.expired} nodes were kept for longer than carry_over_max_age, and are gone now`, [
      label,
    ]);
  }
  tellProblems(context, label, result?.graph.problems ?? []);
  if (upload.imported !== undefined) showProgress(context, label, 1);

  const report: AccountReport = {
    ...accountReport({ account, label, result, error, seconds }, context),
    ...(failure === undefined ? {} : { outcome: outcomeOf(failure), error: context.describe(failure) }),
    uploaded: upload.imported !== undefined,
  };
  context.observer.accountDone?.(context.place(label), report);
  return report;
}

/** What was repaired concerns whoever reads the graph. References to nothing are usual: images of others, deleted keys. */
function tellProblems(context: CloudContext, label: string, problems: readonly GraphProblem[]): void {
  const repairs = problems.filter(({ code }) => code !== 'open_reference').map(problemText);
  if (repairs.length > 0) context.tell('info', `Repaired: ${repairs.join('. ')}`, [label]);
  const open = problems.filter(({ code }) => code === 'open_reference').map(({ subject, count }) => [subject, count]);
  if (open.length === 0) return;
  context.log.debug('references to nothing', { account: label, references: Object.fromEntries(open) });
}

function sizeOf({ graph, scopes }: AccountResult) {
  const { nodes, edges, carried } = graph;
  return { nodes, edges, carried, incomplete: scopes.filter(({ outcome }) => isIncomplete(outcome)).length };
}

function accountReport(
  { account, label, result, seconds }: CollectedAccount,
  { secrets }: CloudContext,
): Omit<AccountReport, 'uploaded'> {
  return {
    id: account.id,
    name: label,
    outcome: 'complete',
    scopes: (result?.scopes ?? []).map((scope) => redactedScope(scope, secrets)),
    nodes: result?.graph.nodes ?? 0,
    edges: result?.graph.edges ?? 0,
    carried: result?.graph.carried ?? 0,
    kinds: Object.fromEntries(result?.graph.kindCounts ?? []),
    problems: result?.graph.problems ?? [],
    seconds,
  };
}

function redactedScope({ error, incomplete, ...scope }: ScopeReport, secrets: Secrets): ScopeReport {
  return {
    ...scope,
    ...(error === undefined ? {} : { error: redactedError(error, secrets) }),
    incomplete: incomplete.map((call) => ({ ...call, error: redactedError(call.error, secrets) })),
  };
}

function forward(context: CloudContext, label: string, event: JobEvent): void {
  const place = context.place(label);
  switch (event.type) {
    case 'region':
      context.log.debug('region of an account', { account: label, region: event.region, state: event.state });
      context.feedback.progress(progressLeaf(event.region, event.state === 'done' ? 1 : 0, 1, [context.cloud, label]));
      context.observer.regionProgress?.({ ...place, region: event.region, state: event.state });
      return;
    case 'scope':
      context.log.trace('part of an account', {
        ...{ account: label, region: event.region, kinds: event.kinds, outcome: event.outcome },
      });
      context.observer.scopeDone?.({ ...place, ...event });
      return;
    case 'report':
      context.remark(event);
      return;
    case 'account':
    case 'tagged':
  }
}

function showProgress({ cloud, feedback }: CloudContext, label: string, current: 0 | 1): void {
  feedback.progress(progressLeaf(label, current, 1, [cloud]));
}

function accountInput(context: CloudContext, account: AccountJob): AccountInput {
  const { settings } = context;
  return {
    ...context.collector,
    account,
    directory: context.newDirectory(account.id),
    core: context.access(),
    mergeKind: settings.graph_merge_kind,
    exportedAt: context.startedAt,
    carryOverMaxAge: context.carryOverMaxAge,
    maxResources: settings.max_resources_per_account ?? undefined,
    lastRun: context.lastRun,
  };
}
