import { ConfigError } from '../errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../protocol/json.ts';
import { parseSection, type Problem } from './field-parser.ts';
import { applyOverride, isEmptyOverride, parseOverride, type Override } from './overrides.ts';
import type { FilledText, UnresolvedName } from './placeholders.ts';
import { sectionSecrets } from './section-secrets.ts';
import type { SectionDeclaration } from './section.ts';

export interface SectionSources {
  /** Id of the document, for error texts. */
  readonly id: string;
  /** Entries `section.key=value`. They win over the document. */
  readonly overrides: readonly string[];
  /** Names of sections whose errors do not fail the others. */
  readonly sectionsApart?: ReadonlySet<string>;
  /** Texts of the document that came out of the environment: what is wrong with one is told with its variable. */
  readonly filled?: readonly FilledText[];
  /** Texts that are not in the document, because a variable they name is not set. */
  readonly unresolved?: readonly UnresolvedName[];
  /** Told every secret value, before anything else is done with it. */
  readonly onSecret: (value: string) => void;
}

export interface EffectiveSections {
  readonly values: ReadonlyMap<string, JsonObject>;
  /** Of the sections apart. */
  readonly errors: ReadonlyMap<string, ConfigError>;
}

/**
 * Values in force: defaults, then the document, then overrides.
 *
 * @param document  without placeholders
 * @throws ConfigError that names every value and override which cannot be understood, and shows no secret
 */
export function effectiveSections(
  sections: readonly SectionDeclaration[],
  document: JsonObject,
  { id, overrides: entries, onSecret, sectionsApart, filled = [], unresolved = [] }: SectionSources,
): EffectiveSections {
  const problems: Problem[] = [];
  const variables = new Map(filled.map(({ path, name }) => [path, name]));
  const overrides = readOverrides(entries, sections, problems);
  const values = new Map<string, JsonObject>();
  const errors = new Map<string, ConfigError>();
  for (const section of sections) {
    const own: Problem[] = missingBrakes(section, unresolved, overrides);
    const stored = sectionOf(document, section.name, own);
    const effective = withOverrides(section, parseSection(section, stored, own), overrides, problems);
    for (const secret of sectionSecrets(section, effective)) onSecret(secret);
    values.set(section.name, effective);
    if (sectionsApart?.has(section.name) !== true) problems.push(...own);
    else if (own.length > 0) errors.set(section.name, wrongConfiguration(id, own, variables));
  }
  if (problems.length > 0) throw wrongConfiguration(id, problems, variables);
  return { values, errors };
}

/** What was to hold back deletions, and would be gone for want of a variable. */
function missingBrakes(
  { name: section, fields }: SectionDeclaration,
  unresolved: readonly UnresolvedName[],
  overrides: readonly Override[],
): Problem[] {
  return unresolved.flatMap(({ path, name }) => {
    const [own, field = ''] = path.split(/[.[]/, 2);
    if (own !== section || !Object.hasOwn(fields, field) || fields[field]?.brake !== true) return [];
    if (overrides.some((override) => isPartOf(path, override.name))) return [];
    return [{ path, expected: 'a value', found: `nothing, as the environment variable ${name} is not set` }];
  });
}

function isPartOf(path: string, whole: string): boolean {
  return path === whole || path.startsWith(`${whole}.`) || path.startsWith(`${whole}[`);
}

function sectionOf(document: JsonObject, name: string, problems: Problem[]): JsonObject {
  const stored: JsonValue | undefined = Object.hasOwn(document, name) ? document[name] : undefined;
  if (stored === undefined || stored === null) return {};
  if (isJsonObject(stored)) return stored;
  const found = Array.isArray(stored) ? 'a list' : `a ${typeof stored}`;
  problems.push({ path: name, expected: 'an object', found });
  return {};
}

/** What is wrong with an override is the business of whoever started the worker, in every section. */
function withOverrides(
  section: SectionDeclaration,
  values: JsonObject,
  overrides: readonly Override[],
  problems: Problem[],
): JsonObject {
  const own = overrides.filter(({ path }) => path[0] === section.name);
  if (own.length === 0) return values;
  const overridden = own.reduce((result, override) => applyOverride(section, result, override, problems), values);
  // An override may have set one part of an object that was not there: its other parts get their defaults here.
  return parseSection(section, overridden, problems);
}

function readOverrides(
  entries: readonly string[],
  sections: readonly SectionDeclaration[],
  problems: Problem[],
): Override[] {
  return entries.flatMap((entry, index) => {
    const override = parseOverride(entry);
    if (override !== undefined) return [override];
    if (isEmptyOverride(entry)) return [];
    const [name = ''] = entry.split('=', 1);
    // A value that was split at its spaces arrives as entries of its own, so only what begins like a setting is shown.
    const isShown = sections.some((section) => name === section.name || name.startsWith(`${section.name}.`));
    const shown = isShown ? name : `number ${index + 1}`;
    problems.push({ path: `--override ${shown}`, expected: 'section.key=value', found: 'something else' });
    return [];
  });
}

function wrongConfiguration(
  id: string,
  problems: readonly Problem[],
  variables: ReadonlyMap<string, string>,
): ConfigError {
  const lines = problems.map(({ path, expected, found }) => {
    const variable = variables.get(path);
    return `${path}: expected ${expected}, found ${found}${variable === undefined ? '' : ` from $(${variable})`}`;
  });
  return new ConfigError(`The configuration ${id} cannot be used. ${[...new Set(lines)].join('; ')}`, {
    hint: `Correct the document "${id}" at the core, the override or the environment variable that sets the value.`,
    facts: { config: id, problems },
  });
}
