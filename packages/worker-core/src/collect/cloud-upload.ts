import { join } from 'node:path';
import { errorText, WorkerError } from '../errors.ts';
import type { AccountJob } from '../plugin/contract.ts';
import type { ImportResult } from '../protocol/graph-line.ts';
import { keepWholeAccount, reportAccount, type CollectedAccount } from './account-run.ts';
import type { CloudContext } from './cloud-context.ts';
import { accountsQuery } from './core-queries.ts';
import { dumpName } from './dump-name.ts';
import type { AccountResult } from './jobs.ts';
import type { AccountReport } from './report.ts';
import { upload } from './upload.ts';
import { wholeAnswer } from './whole-answer.ts';

/** How the accounts of a cloud ended. */
export interface Collected {
  readonly accounts: readonly AccountReport[];
  /** Why not all accounts are known, or the cloud could not be uploaded. */
  readonly failure: unknown;
}

/** Uploads an account by itself. */
export async function uploadAccount(
  context: CloudContext,
  collected: CollectedAccount,
  imports: ImportResult[],
): Promise<AccountReport> {
  const { account, label, result } = collected;
  if (result === undefined) return reportAccount(context, collected, {});
  try {
    const imported = await uploadResults(context, [result], label, account.id);
    imports.push(imported);
    return reportAccount(context, collected, { imported });
  } catch (error) {
    return reportAccount(context, collected, { error });
  }
}

/** Everything of the cloud is replaced by one body, so what could not be collected has to be in it as the core has it. */
export async function uploadCloud(
  context: CloudContext,
  collected: readonly CollectedAccount[],
  listFailure: unknown,
  imports: ImportResult[],
): Promise<Collected> {
  try {
    const kept = await keepMissing(context, collected, listFailure);
    const results = [...collected.flatMap(({ result }) => (result === undefined ? [] : [result])), ...kept];
    if (collected.every(({ result }) => result === undefined)) {
      return { accounts: collected.map((account) => reportAccount(context, account, {})), failure: listFailure };
    }
    const imported = await uploadResults(context, results, context.cloud);
    imports.push(imported);
    const accounts = collected.map((account) =>
      reportAccount(context, account, account.result === undefined ? {} : { imported }),
    );
    return { accounts, failure: listFailure };
  } catch (error) {
    const accounts = collected.map((account) => reportAccount(context, account, {}));
    return { accounts, failure: listFailure ?? error };
  }
}

async function keepMissing(
  context: CloudContext,
  collected: readonly CollectedAccount[],
  listFailure: unknown,
): Promise<readonly AccountResult[]> {
  const failed = collected.filter(({ result }) => result === undefined).map(({ account }) => account);
  const listIsComplete = listFailure === undefined && context.remarks.every(({ level }) => level !== 'error');
  const missing = listIsComplete ? failed : [...failed, ...(await unlistedAccounts(context, collected))];
  const kept: AccountResult[] = [];
  for (const account of missing) {
    try {
      const result = await keepWholeAccount(context, account);
      if (result !== null) kept.push(result);
    } catch (cause) {
      throw new WorkerError(
        'account_not_kept',
        `${context.cloud} is not uploaded: its account ${account.name} was not collected, and cannot be kept: ${errorText(cause)}`,
        { hint: 'What the core has of this cloud stays as it is.', facts: { account: account.id }, cause },
      );
    }
  }
  return kept;
}

/** Accounts the core has and the collector did not name, perhaps because it could not. */
async function unlistedAccounts(
  { core, settings, cloud, signal }: CloudContext,
  collected: readonly CollectedAccount[],
): Promise<AccountJob[]> {
  const listed = new Set(collected.map(({ account }) => account.id));
  return wholeAnswer(signal, async () => {
    const unlisted: AccountJob[] = [];
    for await (const { reported } of core.searchList(settings.graph, accountsQuery(cloud), { section: '/', signal })) {
      const { id, name } = reported;
      if (typeof id === 'string' && !listed.has(id)) {
        unlisted.push({ id, name: typeof name === 'string' ? name : id, data: {} });
      }
    }
    return unlisted;
  });
}

async function uploadResults(
  context: CloudContext,
  results: readonly AccountResult[],
  label: string,
  account?: string,
): Promise<ImportResult> {
  const { core, settings, generation, cloud, task, signal, patience, scratch, log } = context;
  const waits = performance.now();
  return context.uploads(async () => {
    const started = performance.now();
    const imported = await upload(results, {
      ...{ core, generation, task, signal, patience },
      graph: settings.graph,
      mergeKind: settings.graph_merge_kind,
      place: account === undefined ? { cloud } : { cloud, account },
      dumpTo: settings.debug_dump_json ? join(scratch, dumpName('graph', `${cloud}-${label}`, 'ndjson')) : undefined,
    });
    const times = { waitedMs: Math.round(started - waits), ms: Math.round(performance.now() - started) };
    log.debug('graph imported', { cloud, account, ...imported, ...times });
    return imported;
  });
}
