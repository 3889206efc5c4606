/** The configuration of a worker, as it is used and as it is asked for. */
import type { CoreClient } from '../core-client/core-client.ts';
import type { ConfigError } from '../errors.ts';
import type { Logger } from '../plugin/contract.ts';
import type { JsonObject } from '../protocol/json.ts';
import type { Environment } from './placeholders.ts';
import type { SectionDeclaration } from './section.ts';
import type { WorkerSection, WorkerSettings } from './worker-section.ts';

/** Where configuration documents are kept. */
export type ConfigStore = Pick<CoreClient, 'config' | 'patchConfig' | 'patchConfigModel'>;

/** What is in force: every section this worker knows, every field with a value of its declared type. Never changes. */
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

/** What is in force at the moment: every piece of work reads it once, when it begins. */
export interface CurrentConfiguration<Part = Configuration> {
  readonly current: Part;
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
  /** Asked for clouds when no collector is in force. What it answers is never stored. Default: then there is none. */
  readonly collectorsAtHand?: (section: (name: string) => JsonObject) => Promise<readonly string[]>;
  /** Entries `section.key=value`. They win over the document and are never stored. */
  readonly overrides: readonly string[];
  readonly environment: Environment;
  readonly log: Logger;
  /** Told every secret value, before anything else is done with it. */
  readonly onSecret: (value: string) => void;
  readonly signal: AbortSignal;
}
