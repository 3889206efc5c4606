import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import {
  errorText,
  isJsonObject,
  parseJson,
  stringifyJson,
  type JsonObject,
  type JsonValue,
} from '@resoto/worker-core';
import type { MessageBus } from '../bus/message-bus.ts';
import type { Database } from '../database.ts';
import type { ModelStore } from '../model/model-store.ts';
import { badRequest, notFound } from '../server/request-error.ts';
import { fillPlaceholders, mergeConfig } from './merge-config.ts';

export interface StoredConfig {
  readonly config: JsonObject;
  readonly revision: string;
}

/** Who checks a config besides the model (protocol 3.2). */
export interface ValidationEntry {
  readonly id: string;
  readonly external_validation: boolean;
}

export interface ConfigChange {
  readonly config: JsonObject;
  /** Absent when nothing was changed. */
  readonly revision?: string;
}

export interface ChangeOptions {
  readonly validate: boolean;
  readonly dryRun: boolean;
}

/** Asks a worker about a config; rejects with its answer when it refuses. */
export type ExternalValidation = (entry: string, id: string, config: JsonObject) => Promise<void>;

export interface ConfigStoreOptions {
  readonly database: Database;
  readonly model: ModelStore;
  readonly bus: MessageBus;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly validateExternally: ExternalValidation;
}

const TABLES = [
  `CREATE TABLE config (id TEXT PRIMARY KEY, document TEXT NOT NULL, revision TEXT NOT NULL) STRICT;
   CREATE TABLE config_validation (id TEXT PRIMARY KEY, external_validation INTEGER NOT NULL) STRICT;`,
];

/** Config documents, their revisions and who validates them (protocol 3). */
export class ConfigStore {
  readonly #options: ConfigStoreOptions;

  constructor(options: ConfigStoreOptions) {
    this.#options = options;
    options.database.migrate('config', TABLES);
  }

  ids(): string[] {
    return this.#ids('config');
  }

  get(id: string): StoredConfig {
    const stored = this.#find(id);
    if (stored === undefined) throw notFound('No config with this id');
    return stored;
  }

  /** The config with the environment of the core filled in, and with values of their declared types where possible. */
  resolved(config: JsonObject): JsonObject {
    const sections = Object.entries(config).map(([name, section]) => {
      const filled = fillPlaceholders(section, this.#options.environment);
      return [name, this.#coerced(name, filled)] as const;
    });
    return Object.fromEntries(sections);
  }

  put(id: string, config: JsonObject, options: ChangeOptions): Promise<ConfigChange> {
    return this.#change(id, config, options);
  }

  patch(id: string, update: JsonObject, options: ChangeOptions): Promise<ConfigChange> {
    return this.#change(id, mergeConfig(this.#find(id)?.config ?? {}, update), options);
  }

  delete(id: string): void {
    const { database, bus } = this.#options;
    const deleted = database.transaction(() => {
      database.prepare('DELETE FROM config_validation WHERE id = ?').run(id);
      return database.prepare('DELETE FROM config WHERE id = ?').run(id) === 1;
    });
    if (deleted) bus.event('config-deleted', { id });
  }

  validationIds(): string[] {
    return this.#ids('config_validation');
  }

  validation(id: string): ValidationEntry | undefined {
    const row = this.#options.database
      .prepare<{ external_validation: number }>('SELECT external_validation FROM config_validation WHERE id = ?')
      .get(id);
    return row === undefined ? undefined : { id, external_validation: row.external_validation === 1 };
  }

  putValidation(entry: ValidationEntry): void {
    this.#options.database
      .prepare('INSERT OR REPLACE INTO config_validation VALUES (?, ?)')
      .run(entry.id, entry.external_validation ? 1 : 0);
  }

  async #change(id: string, wanted: JsonObject, { validate, dryRun }: ChangeOptions): Promise<ConfigChange> {
    const config = validate ? this.#validated(wanted) : wanted;
    if (validate) await this.#validateExternally(id, config);
    const stored = this.#find(id);
    if (dryRun || (stored !== undefined && isDeepStrictEqual(stored.config, config))) return { config };
    const revision = `_${randomBytes(7).toString('base64url')}`;
    this.#options.database
      .prepare('INSERT OR REPLACE INTO config VALUES (?, ?, ?)')
      .run(id, stringifyJson(config), revision);
    this.#options.bus.event('config-updated', { id, revision });
    return { config, revision };
  }

  #validated(config: JsonObject): JsonObject {
    const { model } = this.#options;
    const sections = Object.entries(config).map(([name, section]) => {
      if (!model.isComplex(name)) return [name, section] as const;
      return [name, model.validate(section, name, { placeholders: true, modelOrder: true })] as const;
    });
    return Object.fromEntries(sections);
  }

  async #validateExternally(id: string, config: JsonObject): Promise<void> {
    const entry = prefixes(id).find((prefix) => this.validation(prefix)?.external_validation === true);
    if (entry === undefined) return;
    try {
      await this.#options.validateExternally(entry, id, config);
    } catch (error) {
      throw badRequest(`The config ${id} is refused: ${errorText(error)}`, 'config_refused', error);
    }
  }

  #coerced(name: string, section: JsonValue): JsonValue {
    const { model } = this.#options;
    if (!model.isComplex(name)) return section;
    try {
      return model.validate(section, name, { placeholders: true });
    } catch {
      // Whoever reads the config judges it; a document stored without validation must stay readable.
      return section;
    }
  }

  #find(id: string): StoredConfig | undefined {
    const row = this.#options.database
      .prepare<{ document: string; revision: string }>('SELECT document, revision FROM config WHERE id = ?')
      .get(id);
    if (row === undefined) return undefined;
    const config = parseJson(row.document);
    return { config: isJsonObject(config) ? config : {}, revision: row.revision };
  }

  #ids(table: 'config' | 'config_validation'): string[] {
    const rows = this.#options.database.prepare<{ id: string }>(`SELECT id FROM ${table} ORDER BY id`).all();
    return rows.map(({ id }) => id);
  }
}

/** `a.b.c`, then `a.b`, then `a`. */
function prefixes(id: string): string[] {
  const parts = id.split('.');
  return parts.map((_, index) => parts.slice(0, parts.length - index).join('.'));
}
