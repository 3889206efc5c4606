/** Settings several plugins have. Loaded by every worker, so nothing else is imported. */
import type { SectionDeclaration } from '@resoto/worker-core/plugin';

type Fields = SectionDeclaration['fields'];

/** The settings all plugins have. */
export const commonFields = {
  enabled: { type: 'boolean', default: false, description: 'Take part in the workflow.', restart: true },
  dry_run: { type: 'boolean', default: false, brake: true, description: 'Tell what would be changed, change nothing.' },
} as const satisfies Fields;

export const accountList = {
  type: { map: { list: 'string' } },
  nullable: true,
  default: { aws: ['1234567', '567890'] },
  brake: true,
  description:
    'Cloud and its accounts that are looked at. Empty or null: all of them. The accounts given here are samples.',
} as const satisfies Fields[string];
