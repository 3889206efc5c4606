import type { Reported } from '@resoto/worker-core/plugin';

import type { RegionRun } from '../../region-run.ts';
import { textOf } from '../../values.ts';

const statuses = new Map<string, string>([
  ['available', 'available'],
  ['stopped', 'stopped'],
  ['deleting', 'terminated'],
  ...all('failed', [
    'failed',
    'inaccessible-encryption-credentials',
    'incompatible-network',
    'incompatible-option-group',
    'incompatible-parameters',
    'incompatible-restore',
    'insufficient-capacity',
    'restore-error',
    'storage-full',
  ]),
  ...all('busy', [
    'backing-up',
    'configuring-enhanced-monitoring',
    'configuring-iam-database-auth',
    'configuring-log-exports',
    'converting-to-vpc',
    'creating',
    'delete-precheck',
    'inaccessible-encryption-credentials-recoverable',
    'maintenance',
    'modifying',
    'moving-to-vpc',
    'rebooting',
    'resetting-master-credentials',
    'renaming',
    'starting',
    'stopping',
    'storage-config-upgrade',
    'storage-optimization',
    'upgrading',
  ]),
]);

/** The status of a database, where the core has words of its own for it. Others take the word of the vendor. */
export function statusFor({ context }: RegionRun, status: unknown): Reported {
  return context.generation === 'fix' ? { db_status: statuses.get(textOf(status)) ?? 'unknown' } : {};
}

function all(meaning: string, words: readonly string[]): [string, string][] {
  return words.map((word) => [word, meaning]);
}
