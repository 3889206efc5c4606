import type { CoreClient, StoredConfig } from '../core-client/core-client.ts';
import { ConfigError, errorText } from '../errors.ts';
import type { Logger } from '../plugin/contract.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../protocol/json.ts';
import { configKinds } from './config-model.ts';
import { parseSection, type Problem } from './field-parser.ts';
import { missingDefaults } from './missing-defaults.ts';
import { applyOverride, parseOverride, type Override } from './overrides.ts';
import { resolvePlaceholders, type Environment } from './placeholders.ts';
import { sectionSecrets } from './section-secrets.ts';
import { sectionValues, type SectionDeclaration } from './section.ts';
import type { WorkerSection, WorkerSettings } from './worker-section.ts';

/** Where configuration documents are kept. */
type ConfigStore = Pick<CoreClient, 'config' | 'patchConfig' | 'patchConfigModel'>;

/** What is in force: every section this worker knows, every field with a value of its declared type. */
export interface Configuration {
  /** Id of the document. */
  readonly id: string;
  readonly revision: string | undefined;
  readonly worker: WorkerSettings;
  /** Effective values of a section; empty for a section nobody declared. */
  readonly section: (name: string) => JsonObject;
  /** Why a section cannot be used, of those whose errors do not fail the whole configuration. */
  readonly sectionError?: (name: string) => ConfigError | undefined;
}

export interface LoadOptions {
  readonly store: ConfigStore;
  readonly id: string;
  /** Sections of the installed plugins. */
  readonly sections: readonly SectionDeclaration[];
  /** Names of sections that only concern a part of the worker: what is wrong in them is the business of that part. */
  readonly sectionsApart?: ReadonlySet<string>;
  /** The section of the worker, given the clouds that `collector` names by default. */
  readonly workerSection: (collectors: readonly string[]) => WorkerSection;
  /** Asked for that default, with the effective values of the plugins' sections, when the document names no collectors. */
  readonly autoEnabled: (section: (name: string) => JsonObject) => Promise<readonly string[]>;
  /** Entries `section.key=value`. They win over the document and are never stored. */
  readonly overrides: readonly string[];
  readonly environment: Environment;
  readonly log: Logger;
  /** Told every secret value, before anything else is done with it. */
  readonly onSecret: (value: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Loads the configuration document, stores the defaults it lacks and makes it effective (worker behaviour 2.3): defaults, then
 * the document with placeholders resolved, then overrides.
 *
 * @throws ConfigError that names every value and override which cannot be understood
 * @throws CoreError, ConnectionClosedError when the document cannot be read
 */
export async function loadConfiguration(options: LoadOptions): Promise<Configuration> {
  const { store, id, sections, log, signal } = options;
  const stored = await store.config(id, signal);
  const { document, unresolved } = resolvePlaceholders(stored?.config ?? {}, options.environment);
  for (const { path, name } of unresolved) {
    log.warn('setting ignored, its environment variable is not set', {
      path,
      variable: name,
      hint: 'Set it, or use --override.',
    });
  }

  const withoutCollectors = options.workerSection([]);
  const { effective, errors } = effectiveSections([withoutCollectors, ...sections], document, options);
  const section = (name: string): JsonObject => effective.get(name) ?? {};
  for (const [name, error] of errors) log.error('section cannot be used', { section: name, error });
  warnOfUnknown([withoutCollectors, ...sections], document, options);

  const named = namesCollectors(document[withoutCollectors.name]);
  const worker = named ? withoutCollectors : options.workerSection(await options.autoEnabled(section));
  if (!named)
    effective.set(worker.name, effectiveSections([worker], document, options).effective.get(worker.name) ?? {});

  const revision = await storeDefaults([worker, ...sections], stored, options);
  const sectionError = (name: string): ConfigError | undefined => errors.get(name);
  return { id, revision, worker: sectionValues(worker, section(worker.name)), section, sectionError };
}

interface EffectiveSections {
  readonly effective: Map<string, JsonObject>;
  readonly errors: ReadonlyMap<string, ConfigError>;
}

function effectiveSections(
  sections: readonly SectionDeclaration[],
  document: JsonObject,
  { id, overrides: entries, onSecret, sectionsApart }: LoadOptions,
): EffectiveSections {
  const problems: Problem[] = [];
  const overrides = readOverrides(entries, problems);
  const effective = new Map<string, JsonObject>();
  const errors = new Map<string, ConfigError>();
  for (const section of sections) {
    const own: Problem[] = [];
    const values = effectiveSection(section, document[section.name], overrides, own);
    for (const secret of sectionSecrets(section, values)) onSecret(secret);
    effective.set(section.name, values);
    if (sectionsApart?.has(section.name) !== true) problems.push(...own);
    else if (own.length > 0) errors.set(section.name, wrongConfiguration(id, own));
  }
  if (problems.length > 0) throw wrongConfiguration(id, problems);
  return { effective, errors };
}

function effectiveSection(
  section: SectionDeclaration,
  stored: JsonValue | undefined,
  overrides: readonly Override[],
  problems: Problem[],
): JsonObject {
  if (stored !== undefined && stored !== null && !isJsonObject(stored)) {
    problems.push({
      path: section.name,
      expected: 'an object',
      found: Array.isArray(stored) ? 'a list' : `a ${typeof stored}`,
    });
    return {};
  }
  const own = overrides.filter(({ path }) => path[0] === section.name);
  const values = parseSection(section, stored ?? {}, problems);
  if (own.length === 0) return values;
  const overridden = own.reduce((result, override) => applyOverride(section, result, override, problems), values);
  // An override may have set one part of an object that was not there: its other parts get their defaults here.
  return parseSection(section, overridden, problems);
}

function readOverrides(entries: readonly string[], problems: Problem[]): Override[] {
  return entries.flatMap((entry) => {
    const override = parseOverride(entry);
    if (override !== undefined) return [override];
    const name = entry.split('=', 1)[0] ?? '';
    problems.push({ path: `--override ${name}`, expected: 'section.key=value', found: `"${name}"` });
    return [];
  });
}

function wrongConfiguration(id: string, problems: readonly Problem[]): ConfigError {
  const lines = problems.map(({ path, expected, found }) => `${path}: expected ${expected}, found ${found}`);
  return new ConfigError(`The configuration ${id} cannot be used. ${[...new Set(lines)].join('; ')}`, {
    hint: `Correct the document "${id}" at the core, the override or the environment variable that sets the value.`,
    facts: { config: id, problems },
  });
}

function warnOfUnknown(
  sections: readonly SectionDeclaration[],
  document: JsonObject,
  { overrides, log }: LoadOptions,
): void {
  const declared = new Map(sections.map((section) => [section.name, section]));
  const foreign = Object.keys(document).filter((name) => !declared.has(name) && name !== ignoredSection);
  if (foreign.length > 0)
    log.warn('sections of plugins that are not installed are left as they are', { sections: foreign });
  for (const override of overrides.map(parseOverride)) {
    if (override === undefined || declared.has(override.path[0] ?? '')) continue;
    log.error('override ignored, nothing installed has such a section', { override: override.name });
  }
  for (const { name, fields } of sections) {
    const values = document[name];
    if (!isJsonObject(values)) continue;
    const unknown = Object.keys(values).filter((key) => !(key in fields));
    if (unknown.length > 0)
      log.warn('settings nobody knows are left as they are', { section: name, settings: unknown });
  }
}

// A type of the common library of old, which no program ever registered. Documents may still have it.
const ignoredSection = 'logging';

function namesCollectors(section: JsonValue | undefined): boolean {
  return isJsonObject(section) && section['collector'] !== undefined && section['collector'] !== null;
}

/** A worker that cannot store its defaults still works: a failure is logged only. */
async function storeDefaults(
  sections: readonly SectionDeclaration[],
  stored: StoredConfig | undefined,
  { store, id, log, signal }: LoadOptions,
): Promise<string | undefined> {
  const patch = missingDefaults(sections, stored?.rawConfig ?? {});
  try {
    await store.patchConfigModel(configKinds(sections), signal);
    return patch === undefined ? stored?.revision : await store.patchConfig(id, patch, signal);
  } catch (error) {
    if (signal.aborted) throw error;
    log.warn('cannot store the configuration', { config: id, error: errorText(error) });
    return stored?.revision;
  }
}
