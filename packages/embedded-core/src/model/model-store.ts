import { parseJson, stringifyJson, type Generation, type JsonObject, type JsonValue } from '@resoto/worker-core';
import type { Database } from '../database.ts';
import { parseKind, type Kind } from './kind.ts';
import { Model } from './model.ts';
import { PREDEFINED } from './predefined.ts';
import { checkModel, checkNodeModel } from './rules.ts';
import { validate, type ValidateOptions } from './validate.ts';

/** The stored kinds of one graph, or of all configs, with the predefined ones. */
export interface ModelStore {
  /** The model as it is now. A later update gives another one. */
  current(): Model;
  /** All kinds as JSON, predefined ones first. */
  kinds(): JsonObject[];
  /** `{"kinds":{fqn: kind}}`, the answer to an update (protocol 7.2). */
  toJson(): JsonObject;
  /** Adds and replaces kinds. Throws `invalid_model`, and then nothing is changed. */
  patch(kinds: readonly JsonValue[]): void;
  /** Like {@link patch}, and deletes every other kind that is not predefined. */
  put(kinds: readonly JsonValue[]): void;
  has(fqn: string): boolean;
  /** Whether the kind is known and complex, as sections of a config document are. */
  isComplex(fqn: string): boolean;
  /**
   * Checks a value against a kind and converts what can be converted (protocol 7.6). Gives the converted value.
   * Throws `invalid_value` with the facts `path`, `kind`, `expected`, `value`.
   */
  validate(value: JsonValue, kind: string, options?: ValidateOptions): JsonValue;
}

export interface ModelStoreOptions {
  readonly database: Database;
  readonly generation: Generation;
  /** Whose kinds these are, e.g. `configs`. */
  readonly scope: string;
  /** The kinds describe nodes, so the rules that make paths unambiguous apply. Default: false, as for configs. */
  readonly ofNodes?: boolean;
}

/** Tables of all model stores of a database. */
export const MODEL_SCHEMA = [
  'CREATE TABLE model_kinds (scope TEXT, fqn TEXT, body TEXT NOT NULL, PRIMARY KEY (scope, fqn)) WITHOUT ROWID',
];

export function openModelStore(options: ModelStoreOptions): ModelStore {
  options.database.migrate('model', MODEL_SCHEMA);
  return new SqliteModelStore(options);
}

class SqliteModelStore implements ModelStore {
  readonly #options: ModelStoreOptions;
  #model: Model;

  constructor(options: ModelStoreOptions) {
    this.#options = { ...options };
    const stored = options.database.prepare<{ body: string }>('SELECT body FROM model_kinds WHERE scope = ?');
    this.#model = new Model(stored.all(options.scope).map(({ body }) => parseKind(parseJson(body))));
  }

  current(): Model {
    return this.#model;
  }

  kinds(): JsonObject[] {
    return [...this.#model.kinds.values()].map((kind) => kind.json);
  }

  toJson(): JsonObject {
    return { kinds: Object.fromEntries([...this.#model.kinds.values()].map((kind) => [kind.fqn, kind.json])) };
  }

  patch(kinds: readonly JsonValue[]): void {
    this.#update([...this.#own(), ...kinds.map(parseKind)]);
  }

  put(kinds: readonly JsonValue[]): void {
    this.#update(kinds.map(parseKind));
  }

  has(fqn: string): boolean {
    return this.#model.kinds.has(fqn);
  }

  isComplex(fqn: string): boolean {
    return this.#model.complex(fqn) !== undefined;
  }

  validate(value: JsonValue, kind: string, options?: ValidateOptions): JsonValue {
    return validate(this.#model, value, kind, options);
  }

  /** Workers send the whole model before each collect; mostly nothing is new, and then nothing has to be checked. */
  #update(kinds: readonly Kind[]): void {
    const next = new Model(kinds);
    const changed = [...next.kinds.values()].filter((kind) => !isStored(this.#model.kinds.get(kind.fqn), kind));
    const removed = [...this.#model.kinds.keys()].filter((fqn) => !next.kinds.has(fqn));
    if (changed.length === 0 && removed.length === 0) return;
    checkModel(this.#model, next);
    if (this.#options.ofNodes === true) checkNodeModel(next, this.#options.generation);
    const { database, scope } = this.#options;
    database.transaction(() => {
      const store = database.prepare('INSERT OR REPLACE INTO model_kinds VALUES (?, ?, ?)');
      const remove = database.prepare('DELETE FROM model_kinds WHERE scope = ? AND fqn = ?');
      for (const kind of changed) store.run(scope, kind.fqn, stringifyJson(kind.json));
      for (const fqn of removed) remove.run(scope, fqn);
    });
    this.#model = next;
  }

  #own(): Kind[] {
    return [...this.#model.kinds.values()].filter((kind) => !PREDEFINED.has(kind.fqn));
  }
}

function isStored(stored: Kind | undefined, kind: Kind): boolean {
  return stored !== undefined && stringifyJson(stored.json) === stringifyJson(kind.json);
}
