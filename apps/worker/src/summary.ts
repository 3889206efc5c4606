import {
  errorHint,
  errorText,
  scopeProblems,
  type AccountReport,
  type CloudReport,
  type CollectReport,
  type RunningWorker,
} from '@resoto/worker-core';

import { exitCode, type ExitCode } from './exit-code.ts';
import { outcomeWords } from './progress/outcome-words.ts';
import { printable } from './table.ts';

/** Regions a line names before the rest is only counted. */
const mostRegions = 5;

/** What was collected, what was not and why, as text for people. */
export function summary(report: CollectReport, { registry }: Pick<RunningWorker, 'registry'>): string {
  const lines = [
    '',
    ...kindLines(report.clouds.flatMap(({ accounts }) => accounts)),
    ...report.clouds.flatMap(cloudLines),
    ...unknownLines(report, registry),
    ...registry.problems.flatMap((problem) => [errorText(problem), ...optional(errorHint(problem), '  ')]),
    ...failureLines(report),
    totalLine(report),
    ...setupLines(report, registry),
    '',
  ];
  return `${lines.map(printable).join('\n')}\n`;
}

function unknownLines({ unknownCollectors }: CollectReport, { collectors }: RunningWorker['registry']): string[] {
  const installed = collectors.map(({ cloud }) => cloud).join(', ');
  return unknownCollectors.map((name) => `${name}: no plugin for this cloud is installed. Installed: ${installed}.`);
}

/** Why the run failed, unless the clouds have said so. */
function failureLines({ error, clouds }: CollectReport): string[] {
  if (error === undefined) return [];
  return clouds.length > 0 ? ['Nothing was imported.'] : [`Failed: ${error.message}`, ...optional(error.hint)];
}

/** 0: everything was read and imported; 3: parts are missing, or a plugin; 1: nothing was imported. */
export function reportExitCode(report: CollectReport, { registry }: Pick<RunningWorker, 'registry'>): ExitCode {
  if (report.error !== undefined) return exitCode.failure;
  const missing = report.unknownCollectors.length + registry.problems.length;
  return missing === 0 && report.clouds.every(isComplete) ? exitCode.success : exitCode.incomplete;
}

function isComplete({ outcome, accounts, remarks }: CloudReport): boolean {
  return (
    outcome === 'complete' &&
    remarks.every(({ level }) => level !== 'error') &&
    accounts.every(
      (account) => account.outcome === 'complete' && account.uploaded && missingLines(account).length === 0,
    )
  );
}

function kindLines(accounts: readonly AccountReport[]): string[] {
  const counts = new Map<string, number>();
  for (const { kinds } of accounts) {
    for (const [kind, count] of Object.entries(kinds)) counts.set(kind, (counts.get(kind) ?? 0) + count);
  }
  const width = Math.max(0, ...[...counts.keys()].map((kind) => kind.length));
  const lines = [...counts]
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([kind, count]) => `  ${kind.padEnd(width)}  ${String(count).padStart(8)}`);
  return lines.length === 0 ? [] : [...lines, ''];
}

function cloudLines(cloud: CloudReport): string[] {
  return [
    ...(cloud.error === undefined ? [] : [`${cloud.cloud}: ${cloud.error.message}`, ...optional(cloud.error.hint)]),
    ...cloud.remarks.map(({ message, context }) => `${[cloud.cloud, ...context].join(' ')}: ${message}`),
    ...cloud.accounts.flatMap((account) => accountLines(cloud.cloud, account)),
  ];
}

function accountLines(cloud: string, account: AccountReport): string[] {
  const { id, name, outcome, nodes, edges, carried, seconds, error, uploaded } = account;
  const title = `${cloud} ${name === id ? id : `${name} (${id})`}`;
  const kept = carried === 0 ? '' : `, ${carried} of them kept from an earlier collect`;
  const state = outcome === 'complete' && !uploaded ? 'not imported' : outcomeWords[outcome];
  return [
    `${title}: ${state}, ${nodes} nodes${kept}, ${edges} edges, ${seconds.toFixed(1)} s`,
    ...(error === undefined ? [] : [`  ${error.message}`, ...optional(error.hint, '  ')]),
    ...missingLines(account),
  ];
}

/** What could not be read, with every permission that is missing. */
function missingLines({ scopes }: AccountReport): string[] {
  const limits = { kinds: Infinity, calls: Infinity, regions: mostRegions };
  return scopeProblems(scopes, limits).map(
    ({ region, text }) => `  ${region === undefined ? '' : `${region}: `}${text}`,
  );
}

function totalLine({ clouds, seconds }: CollectReport): string {
  const accounts = clouds.flatMap((cloud) => cloud.accounts);
  const nodes = accounts.reduce((sum, account) => sum + (account.uploaded ? account.nodes : 0), 0);
  const plural = accounts.length === 1 ? '' : 's';
  return `${nodes} nodes of ${accounts.length} account${plural} in ${seconds.toFixed(1)} seconds`;
}

/** Whoever sees a made-up cloud only wants to know how to get a real one. */
function setupLines({ clouds }: CollectReport, registry: RunningWorker['registry']): string[] {
  const collected = new Set(clouds.map(({ cloud }) => cloud));
  const madeUp = registry.collectors.filter(({ cloud }) => collected.has(cloud));
  if (madeUp.length === 0 || !madeUp.every(({ plugin }) => plugin.sample === true)) return [];
  return registry.collectors.flatMap(({ plugin }) => optional(plugin.setup));
}

function optional(text: string | undefined, indent = ''): string[] {
  return text === undefined ? [] : [`${indent}${text}`];
}
