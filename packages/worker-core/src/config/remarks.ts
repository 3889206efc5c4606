import type { ConfigError } from '../errors.ts';
import type { Logger } from '../plugin/contract.ts';
import { isJsonObject, type JsonObject } from '../protocol/json.ts';
import { isEmptyOverride, parseOverride } from './overrides.ts';
import type { UnresolvedName } from './placeholders.ts';
import type { SectionDeclaration } from './section.ts';

/** Something about a configuration that people should know, although it is in force. */
export interface Remark {
  readonly level: 'warn' | 'error';
  readonly message: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

export interface Remarkable {
  readonly sections: readonly SectionDeclaration[];
  readonly document: JsonObject;
  readonly unresolved: readonly UnresolvedName[];
  readonly overrides: readonly string[];
  /** Sections that cannot be used. */
  readonly errors: ReadonlyMap<string, ConfigError>;
}

/** What is ignored in a document or an override, and why. */
export function remarksOn(configuration: Remarkable): Remark[] {
  return [
    ...unresolvedNames(configuration),
    ...[...configuration.errors].map(([section, error]) =>
      remark('error', 'section cannot be used', { section, error }),
    ),
    ...emptyOverrides(configuration),
    ...unknownSections(configuration),
    ...unknownSettings(configuration),
  ];
}

export function logRemarks(remarks: readonly Remark[], log: Logger): void {
  for (const { level, message, facts } of remarks) log[level](message, facts);
}

function unresolvedNames({ sections, unresolved, overrides }: Remarkable): Remark[] {
  const overridden = new Set(overrides.map((entry) => parseOverride(entry)?.name));
  const own = unresolved.filter(({ path }) => {
    // What stands in sections of others is theirs; they may have the variable.
    return sections.some(({ name }) => path === name || path.startsWith(`${name}.`)) && !overridden.has(path);
  });
  return own.map(({ path, name }) =>
    remark('warn', 'setting ignored, its environment variable is not set', {
      path,
      variable: name,
      hint: `Set the environment variable ${name} of the worker, or give the value with --override ${path}=….`,
    }),
  );
}

function emptyOverrides({ overrides }: Remarkable): Remark[] {
  const hint = 'In a variable, overrides are separated by single spaces.';
  return overrides.some(isEmptyOverride) ? [remark('error', 'override ignored, it is empty', { hint })] : [];
}

function unknownSections({ sections, document, overrides }: Remarkable): Remark[] {
  const declared = new Set(sections.map(({ name }) => name));
  const foreign = Object.keys(document).filter((name) => !declared.has(name) && name !== ignoredSection);
  const remarks = overrides.flatMap((entry) => {
    const override = parseOverride(entry);
    if (override === undefined || declared.has(override.path[0] ?? '')) return [];
    return [remark('error', 'override ignored, nothing installed has such a section', { override: override.name })];
  });
  if (foreign.length === 0) return remarks;
  return [
    remark('warn', 'sections of plugins that are not installed are left as they are', { sections: foreign }),
    ...remarks,
  ];
}

// A type of the common library of old, which no program ever registered. Documents may still have it.
const ignoredSection = 'logging';

function unknownSettings({ sections, document }: Remarkable): Remark[] {
  return sections.flatMap(({ name, fields }) => {
    const values = Object.hasOwn(document, name) ? document[name] : undefined;
    if (!isJsonObject(values)) return [];
    const unknown = Object.keys(values).filter((key) => !Object.hasOwn(fields, key));
    if (unknown.length === 0) return [];
    return [
      remark('warn', 'settings nobody knows are left as they are', {
        section: name,
        settings: unknown,
        hint: 'Remove them when you edit the document: until then the core refuses to store changes of it.',
      }),
    ];
  });
}

function remark(level: Remark['level'], message: string, facts: Remark['facts']): Remark {
  return { level, message, facts };
}
