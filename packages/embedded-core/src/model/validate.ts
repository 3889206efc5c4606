import { isJsonObject, stringifyJson, WorkerError, type JsonObject, type JsonValue } from '@resoto/worker-core';
import { isJsonArray } from '../json.ts';
import type { ComplexKind, SimpleKind } from './kind.ts';
import type { Model } from './model.ts';
import { convertScalar } from './scalar.ts';
import { typeText, type Type } from './type.ts';

export interface ValidateOptions {
  /** A string with a `$(NAME)` placeholder passes every check of a simple kind (protocol 3.2). */
  readonly placeholders?: boolean;
  /** Gives members the order of the model. */
  readonly modelOrder?: boolean;
  /** Milliseconds since the epoch. Default: the clock. */
  readonly now?: () => number;
}

const PLACEHOLDER = /\$\(\w+\)/u;
const SHOWN = 24;

/**
 * Checks a value against a kind and converts what can be converted (protocol 7.6); computed properties are left out.
 * Gives the value itself when nothing had to be changed. Throws `invalid_value` with the facts `path`, `kind`,
 * `expected` and `value`, the latter cut.
 */
export function validate(model: Model, value: JsonValue, kind: string, options: ValidateOptions = {}): JsonValue {
  return new Validation(model, kind, options).value({ is: 'named', name: kind }, value, '');
}

/** {@link validate} for an object of a complex kind. */
export function validateObject(
  model: Model,
  value: JsonObject,
  kind: string,
  options: ValidateOptions = {},
): JsonObject {
  const validated = validate(model, value, kind, options);
  if (isJsonObject(validated)) return validated;
  throw new WorkerError('invalid_value', `${kind} is no kind of objects`, { facts: { kind } });
}

class Validation {
  readonly #model: Model;
  readonly #root: string;
  readonly #options: ValidateOptions;

  constructor(model: Model, root: string, options: ValidateOptions) {
    this.#model = model;
    this.#root = root;
    this.#options = options;
  }

  /** `value` is not null; what null means is up to whoever holds it. */
  value(type: Type, value: JsonValue, path: string): JsonValue {
    switch (type.is) {
      case 'array':
        return this.#array(type, value, path);
      case 'dictionary':
        return this.#dictionary(type, value, path);
      case 'named': {
        const kind = this.#model.kinds.get(type.name);
        if (kind === undefined) throw this.#error(path, `a known kind, not ${type.name}`, value);
        return kind.is === 'simple' ? this.#scalar(kind, value, path) : this.#complex(kind, value, path);
      }
    }
  }

  #scalar(kind: SimpleKind, value: JsonValue, path: string): JsonValue {
    if (this.#options.placeholders === true && typeof value === 'string' && PLACEHOLDER.test(value)) return value;
    const converted = convertScalar(kind, value, this.#options.now ?? Date.now);
    if ('expected' in converted) throw this.#error(path, converted.expected, value);
    return converted.value;
  }

  #array(type: Type & { is: 'array' }, value: JsonValue, path: string): JsonValue {
    if (isJsonObject(value)) throw this.#error(path, typeText(type), value);
    if (!isJsonArray(value)) return [this.value(type.of, value, path)];
    let changed: JsonValue[] | undefined;
    value.forEach((element, index) => {
      if (element === null) {
        if (this.#isComplex(type.of)) throw this.#error(`${path}[${index}]`, typeText(type.of), element);
        return;
      }
      const converted = this.value(type.of, element, `${path}[${index}]`);
      if (converted === element) return;
      changed ??= [...value];
      changed[index] = converted;
    });
    return changed ?? value;
  }

  #dictionary(type: Type & { is: 'dictionary' }, value: JsonValue, path: string): JsonValue {
    if (!isJsonObject(value)) throw this.#error(path, typeText(type), value);
    let changed: Record<string, JsonValue> | undefined;
    for (const [key, member] of Object.entries(value)) {
      if (member === null) {
        if (this.#refusesNull(type.of)) throw this.#error(`${path}.${key}`, typeText(type.of), member);
        continue;
      }
      const converted = this.value(type.of, member, `${path}.${key}`);
      if (converted === member) continue;
      changed ??= { ...value };
      changed[key] = converted;
    }
    return changed ?? value;
  }

  #complex(kind: ComplexKind, value: JsonValue, path: string): JsonValue {
    if (!isJsonObject(value)) throw this.#error(path, kind.fqn, value);
    const properties = this.#model.propertiesOf(kind.fqn);
    let changed: Record<string, JsonValue> | undefined;
    for (const [name, member] of Object.entries(value)) {
      const property = properties.get(name);
      const place = path === '' ? name : `${path}.${name}`;
      if (property === undefined) {
        if (!kind.allowUnknown) throw this.#error(place, `no property ${name} in kind ${kind.fqn}`, member);
      } else if (property.synthetic !== undefined) {
        changed ??= { ...value };
        delete changed[name];
      } else if (member !== null) {
        const converted = this.value(property.type, member, place);
        if (converted === member) continue;
        changed ??= { ...value };
        changed[name] = converted;
      }
    }
    for (const property of properties.values()) {
      if (!property.required || (value[property.name] ?? null) !== null) continue;
      throw this.#error(
        path === '' ? property.name : `${path}.${property.name}`,
        `${typeText(property.type)} (required)`,
        null,
      );
    }
    return this.#options.modelOrder === true ? inOrder(changed ?? value, properties.keys()) : (changed ?? value);
  }

  #isComplex(type: Type): boolean {
    return type.is === 'named' && this.#model.complex(type.name) !== undefined;
  }

  #refusesNull(type: Type): boolean {
    const kind = type.is === 'named' ? this.#model.kinds.get(type.name) : undefined;
    if (kind === undefined) return false;
    return kind.is === 'complex' || ['date', 'datetime', 'duration'].includes(kind.runtime);
  }

  #error(path: string, expected: string, value: JsonValue): WorkerError {
    const shown = shorten(value);
    const place = path === '' ? this.#root : path;
    return new WorkerError('invalid_value', `${place}: expected ${expected}, got ${shown}`, {
      facts: { path, kind: this.#root, expected, value: shown },
    });
  }
}

/** Enough of a value to recognise it, and not enough to give a secret away. */
function shorten(value: JsonValue): string {
  const text = stringifyJson(value);
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN)}… (${text.length} characters)`;
}

function inOrder(value: JsonObject, names: Iterable<string>): JsonObject {
  const ordered: Record<string, JsonValue> = {};
  for (const name of names) {
    const member = value[name];
    if (member !== undefined) ordered[name] = member;
  }
  return { ...ordered, ...value };
}
