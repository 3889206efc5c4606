import {
  outcomes,
  readPlanFile,
  summaryRows,
  verdictText,
  type CleanupReport,
  type NodeOutcome,
} from '@resoto/worker-core';

import type { Command } from './arguments.ts';
import { cleanupAccess } from './cleanup-access.ts';
import { exitCode, type ExitCode } from './exit-code.ts';
import { write, type Io } from './io.ts';
import { printable, table } from './table.ts';

/** `resotoworker apply <plan>`: deletes what is in the plan and has not changed since. */
export async function apply({ options, operands: [path = ''] }: Command, io: Io): Promise<ExitCode> {
  const plan = await readPlanFile(path);
  const report = await cleanupAccess(options, io, (session) => session.apply(plan));
  await write(io.stdout, cleanupSummary(report, io.stdout.columns || usualWidth));
  if (report.error !== undefined) return exitCode.failure;
  const { failed, refused, blocked } = report.counts;
  return failed + refused + blocked === 0 ? exitCode.success : exitCode.incomplete;
}

/** Some terminals do not know how wide they are. */
const usualWidth = 120;
/** Nodes that are told one by one. */
const toldAtMost = 100;

/** A table of what became of the resources, then what did not go as planned. */
export function cleanupSummary({ nodes, dryRun, seconds, error }: CleanupReport, width: number): string {
  const told = nodes.filter(({ reason, outcome }) => reason !== '' && outcome !== 'deleted');
  const used = outcomes.filter((outcome) => nodes.some((node) => node.outcome === outcome));
  const rows = summaryRows(nodes).map(({ account, kind, counts }) => [
    account,
    kind,
    ...used.map((outcome) => String(counts[outcome])),
  ]);
  const header = ['account', 'kind', ...used.map((outcome) => outcome.replace('_', ' '))];
  return [
    table(header, rows, width),
    ...told.slice(0, toldAtMost).map(line),
    ...(told.length > toldAtMost ? [`… and ${told.length - toldAtMost} more`] : []),
    ...(dryRun ? ['Nothing was deleted: cleanup_dry_run is true.'] : []),
    ...(error === undefined ? [] : [error.message, ...(error.hint === undefined ? [] : [error.hint])]),
    `${nodes.length} resources in ${seconds.toFixed(1)} seconds`,
    '',
  ].join('\n');
}

function line(node: NodeOutcome): string {
  return printable(`${node.kind} ${node.name}: ${verdictText(node)}`);
}
