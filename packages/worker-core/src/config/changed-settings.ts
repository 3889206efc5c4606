import { isDeepStrictEqual } from 'node:util';
import { errorText } from '../errors.ts';
import type { Configuration } from './configuration.ts';
import type { SectionDeclaration } from './section.ts';

export interface ChangedSettings {
  /** Names `section.field`, and of sections that can be used no more or again. */
  readonly settings: readonly string[];
  /** Those of them whose change needs a restart. */
  readonly restart: readonly string[];
}

/** What is different between two configurations in force. A setting that an override pins never is. */
export function changedSettings(
  sections: readonly SectionDeclaration[],
  before: Configuration,
  after: Configuration,
): ChangedSettings {
  const settings: string[] = [];
  const restart: string[] = [];
  for (const { name: section, fields } of sections) {
    const [old, values] = [before.section(section), after.section(section)];
    for (const [field, { restart: needsRestart }] of Object.entries(fields)) {
      if (isDeepStrictEqual(old[field], values[field])) continue;
      settings.push(`${section}.${field}`);
      if (needsRestart === true) restart.push(`${section}.${field}`);
    }
    if (sectionFault(before, section) !== sectionFault(after, section)) settings.push(section);
  }
  return { settings, restart };
}

function sectionFault({ sectionError }: Configuration, section: string): string | undefined {
  const error = sectionError?.(section);
  return error === undefined ? undefined : errorText(error);
}
