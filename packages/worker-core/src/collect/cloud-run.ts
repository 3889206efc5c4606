import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorAdvice, TimedOutError } from '../errors.ts';
import type { AccountJob } from '../plugin/contract.ts';
import type { RegisteredCollector } from '../plugin/registry.ts';
import type { ImportResult } from '../protocol/graph-line.ts';
import { stringifyJson } from '../protocol/json.ts';
import { progressLeaf } from '../protocol/progress.ts';
import { withTimeLimit, type TimeLimit } from '../time-limit.ts';
import { runAccount } from './account-run.ts';
import { cloudContext, type CloudContext, type RunContext } from './cloud-context.ts';
import { uploadAccount, uploadCloud, type Collected } from './cloud-upload.ts';
import type { CollectRequest, CollectServices } from './collect-request.ts';
import { dumpName } from './dump-name.ts';
import type { JobEvent } from './jobs.ts';
import { outcomeOf } from './outcome.ts';
import type { AccountReport, CloudReport } from './report.ts';

/** Collects a cloud: model, accounts, uploads. Never throws: a cloud that fails is one of the results. */
export async function runCloud(
  services: CollectServices,
  request: CollectRequest,
  run: RunContext,
  collector: RegisteredCollector,
): Promise<CloudReport> {
  return withTimeLimit(timeLimit(collector.cloud, request), (deadline) =>
    collectCloud(cloudContext(services, request, run, collector, deadline)),
  );
}

async function collectCloud(context: CloudContext): Promise<CloudReport> {
  const started = performance.now();
  const imports: ImportResult[] = [];
  let accounts: readonly AccountReport[] = [];
  let failure: unknown;
  context.feedback.progress(progressLeaf(context.cloud, 0, 1));
  try {
    await sendModel(context);
    ({ accounts, failure } = await collectAccounts(context, imports));
  } catch (error) {
    failure = error;
  }
  if (failure !== undefined) tellFailure(context, failure);
  const report: CloudReport = {
    cloud: context.cloud,
    outcome: cloudOutcome(accounts, context, failure),
    ...(failure === undefined ? {} : { error: context.describe(failure) }),
    accounts,
    remarks: context.remarks,
    imported: sumOf(imports),
    seconds: Math.round(performance.now() - started) / 1000,
  };
  // What failed is not shown as done; the core does that by itself when the step ends.
  if (report.outcome === 'complete') context.feedback.progress(progressLeaf(context.cloud, 1, 1));
  return report;
}

async function collectAccounts(context: CloudContext, imports: ImportResult[]): Promise<Collected> {
  if (context.settings.graph_merge_kind === 'account') {
    const { results, failure } = await listAccounts(context, async (account, label) =>
      uploadAccount(context, await runAccount(context, account, label), imports),
    );
    return { accounts: results, failure };
  }
  const { results, failure } = await listAccounts(context, (account, label) => runAccount(context, account, label));
  return uploadCloud(context, results, failure, imports);
}

/** Starts with each account as soon as it is known. */
async function listAccounts<Result>(
  context: CloudContext,
  start: (account: AccountJob, label: string) => Promise<Result>,
): Promise<{ readonly results: readonly Result[]; readonly failure: unknown }> {
  const started = new Map<string, Promise<Result>>();
  const labels = new Set<string>();
  const onEvent = (event: JobEvent) => {
    if (event.type === 'report') context.remark(event);
    if (event.type !== 'account' || started.has(event.account.id)) return;
    const { id, name } = event.account;
    const label = labels.has(name) ? `${name} (${id})` : name;
    labels.add(label);
    context.observer.accountFound?.(context.place(label));
    started.set(id, start(event.account, label));
  };
  let failure: unknown;
  try {
    await context.pool.run('accounts', () => context.collector, { signal: context.deadline, onEvent });
    context.log.debug('accounts listed', { accounts: started.size });
  } catch (error) {
    failure = error;
  }
  return { results: await Promise.all(started.values()), failure };
}

async function sendModel(context: CloudContext): Promise<void> {
  const { models, core, settings, signal, scratch, cloud } = context;
  const kinds = await models.get(context);
  if (settings.debug_dump_json) await writeFile(join(scratch, dumpName('model', cloud, 'json')), stringifyJson(kinds));
  await core.patchModel(settings.graph, kinds, signal);
  context.log.debug('model sent', { graph: settings.graph, kinds: kinds.length });
}

function tellFailure(context: CloudContext, failure: unknown): void {
  context.tell('error', errorAdvice(failure));
  context.log.error('collector failed', { cloud: context.cloud, error: failure });
}

function cloudOutcome(
  accounts: readonly AccountReport[],
  { remarks }: CloudContext,
  failure: unknown,
): CloudReport['outcome'] {
  const isWhole = accounts.every(({ uploaded }) => uploaded) && remarks.every(({ level }) => level !== 'error');
  if (failure === undefined && isWhole) return 'complete';
  if (accounts.some(({ uploaded }) => uploaded)) return 'partial';
  if (failure !== undefined) return outcomeOf(failure);
  return accounts[0]?.outcome ?? 'failed';
}

function timeLimit(cloud: string, { configuration, signal }: CollectRequest): TimeLimit {
  const seconds = configuration.worker.timeout;
  const late = () =>
    new TimedOutError(`The collect of ${cloud} was stopped after ${seconds} s`, {
      hint: `Raise the setting timeout, or collect fewer accounts at once.`,
      facts: { cloud, seconds },
    });
  return { milliseconds: seconds * 1000, late, signal };
}

function sumOf(imports: readonly ImportResult[]): ImportResult {
  const sum = {
    nodes_created: 0,
    nodes_updated: 0,
    nodes_deleted: 0,
    edges_created: 0,
    edges_updated: 0,
    edges_deleted: 0,
  };
  for (const result of imports) {
    sum.nodes_created += result.nodes_created;
    sum.nodes_updated += result.nodes_updated;
    sum.nodes_deleted += result.nodes_deleted;
    sum.edges_created += result.edges_created;
    sum.edges_updated += result.edges_updated;
    sum.edges_deleted += result.edges_deleted;
  }
  return sum;
}
