import type { StoredConfig } from '../core-client/core-client.ts';
import type { ConfigError } from '../errors.ts';
import { isJsonObject, type JsonObject } from '../protocol/json.ts';
import type { Configuration, LoadOptions } from './configuration.ts';
import { effectiveSections } from './effective-sections.ts';
import { resolvePlaceholders } from './placeholders.ts';
import { remarksOn, type Remark } from './remarks.ts';
import { sectionValues, type SectionDeclaration } from './section.ts';

export interface ReadConfiguration {
  readonly configuration: Configuration;
  /** With the defaults that hold for this worker, its own section first. */
  readonly sections: readonly SectionDeclaration[];
  readonly remarks: readonly Remark[];
}

/**
 * Makes a document effective: defaults, then the document with placeholders resolved, then overrides. Writes nothing.
 *
 * @throws ConfigError that names every value and override which cannot be understood; what `autoEnabled` throws
 */
export async function readConfiguration(
  stored: StoredConfig | undefined,
  options: LoadOptions,
): Promise<ReadConfiguration> {
  const { id, overrides } = options;
  const { document, unresolved, filled } = resolvePlaceholders(stored?.config ?? {}, options.environment);
  const withoutCollectors = options.workerSection([]);
  const { values, errors } = effectiveSections([withoutCollectors, ...options.sections], document, {
    ...options,
    filled,
    unresolved,
  });

  const named = namesCollectors(document, withoutCollectors.name);
  const worker = named ? withoutCollectors : options.workerSection(await options.autoEnabled(sectionIn(values)));
  const effective = new Map(values);
  if (!named) effective.set(worker.name, ownValues(worker, document, options));
  const settings = sectionValues(worker, sectionIn(effective)(worker.name));
  if (settings.collector.length === 0 && options.collectorsAtHand !== undefined) {
    effective.set(worker.name, { ...settings, collector: await options.collectorsAtHand(sectionIn(effective)) });
  }

  const sections = [worker, ...options.sections];
  const section = sectionIn(effective);
  const sectionError = (name: string): ConfigError | undefined => errors.get(name);
  return {
    configuration: {
      id,
      revision: stored?.revision,
      worker: sectionValues(worker, section(worker.name)),
      section,
      sectionError,
    },
    sections,
    remarks: remarksOn({ sections, document, unresolved, overrides, errors }),
  };
}

function ownValues(worker: SectionDeclaration, document: JsonObject, options: LoadOptions): JsonObject {
  const prefix = `${worker.name}.`;
  // The others were read already, and what is wrong with their overrides would be said of sections that are not here.
  const overrides = options.overrides.filter((entry) => entry.startsWith(prefix));
  return effectiveSections([worker], document, { ...options, overrides }).values.get(worker.name) ?? {};
}

function sectionIn(values: ReadonlyMap<string, JsonObject>): (name: string) => JsonObject {
  return (name) => values.get(name) ?? {};
}

function namesCollectors(document: JsonObject, name: string): boolean {
  const section = Object.hasOwn(document, name) ? document[name] : undefined;
  return isJsonObject(section) && section['collector'] !== undefined && section['collector'] !== null;
}
