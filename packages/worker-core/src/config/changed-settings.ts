import { isDeepStrictEqual } from 'node:util';
import { errorText } from '../errors.ts';
import { parseDuration } from '../protocol/duration.ts';
import { isJsonObject, type JsonValue } from '../protocol/json.ts';
import type { Configuration } from './configuration.ts';
import type { FieldType, SectionDeclaration } from './section.ts';

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
    for (const [field, { type, restart: needsRestart }] of Object.entries(fields)) {
      if (isDeepStrictEqual(meaning(type, old[field]), meaning(type, values[field]))) continue;
      settings.push(`${section}.${field}`);
      if (needsRestart === true) restart.push(`${section}.${field}`);
    }
    if (sectionFault(before, section) !== sectionFault(after, section)) settings.push(section);
  }
  return { settings, restart };
}

/** Names of settings whose value is not their default. */
export function settingsApart(sections: readonly SectionDeclaration[], { section }: Configuration): readonly string[] {
  return sections.flatMap(({ name, fields }) => {
    const values = section(name);
    const apart = Object.entries(fields).filter(
      ([field, { type, default: usual }]) => !isDeepStrictEqual(meaning(type, values[field]), meaning(type, usual)),
    );
    return apart.map(([field]) => `${name}.${field}`);
  });
}

/** A core writes durations in its own way, so 30d comes back as 2592000s. */
function meaning(type: FieldType, value: JsonValue | undefined): unknown {
  if (type === 'duration') return typeof value === 'string' ? parseDuration(value) : value;
  if (typeof type === 'string' || 'oneOf' in type) return value;
  if ('list' in type) {
    const elements: readonly JsonValue[] | undefined = Array.isArray(value) ? value : undefined;
    return elements?.map((element) => meaning(type.list, element)) ?? value;
  }
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value).map(([name, member]) => {
    const memberType = 'map' in type ? type.map : type.object[name]?.type;
    return [name, memberType === undefined ? member : meaning(memberType, member)] as const;
  });
  return Object.fromEntries(members);
}

function sectionFault({ sectionError }: Configuration, section: string): string | undefined {
  const error = sectionError?.(section);
  return error === undefined ? undefined : errorText(error);
}
