import { parseDuration } from '../protocol/duration.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../protocol/json.ts';
import type { SimpleKindJson } from '../protocol/model-json.ts';
import type { ModelType, ModelView } from './model-view.ts';

/**
 * What is wrong with the properties of a node under a model (protocol 7.6). Stricter than a core: a value has to be of its
 * type, not only convertible into it.
 */
export function nodeProblems(reported: JsonObject, model: ModelView): string[] {
  const { kind } = reported;
  if (typeof kind !== 'string' || model.complex(kind)?.aggregate_root !== true) {
    return [`kind ${JSON.stringify(kind)} is unknown`];
  }
  return memberProblems(reported, kind, model, '');
}

function memberProblems(members: JsonObject, kind: string, model: ModelView, prefix: string): string[] {
  const properties = model.properties(kind);
  const required = [...properties.values()].filter((property) => property.required && members[property.name] == null);
  return [
    ...required.map(({ name }) => `${prefix}${name} is required`),
    ...Object.entries(members).flatMap(([name, value]) => {
      const path = `${prefix}${name}`;
      const property = properties.get(name);
      if (property === undefined) return [`${path} is not declared`];
      if (property.synthetic) return [`${path} is computed by the core`];
      return valueProblems(value, property.type, model, path);
    }),
  ];
}

function valueProblems(value: JsonValue, type: ModelType, model: ModelView, path: string): string[] {
  if (type.is === 'list') {
    if (!Array.isArray(value)) return [`${path} is no list`];
    return value.flatMap((element: JsonValue, index) =>
      element === null && mayBeNull(type.of, model) ? [] : valueProblems(element, type.of, model, `${path}[${index}]`),
    );
  }
  if (type.is === 'dictionary') {
    if (!isJsonObject(value)) return [`${path} is no dictionary`];
    return Object.entries(value).flatMap(([key, element]) => valueProblems(element, type.of, model, `${path}.${key}`));
  }
  const simple = model.simple(type.name);
  if (simple !== undefined) return isOf(simple, value) ? [] : [`${path} is no ${type.name}`];
  const isRight = simpleTypes[type.name];
  if (isRight !== undefined) return isRight(value) ? [] : [`${path} is no ${type.name}`];
  return isJsonObject(value) ? memberProblems(value, type.name, model, `${path}.`) : [`${path} is no ${type.name}`];
}

const simpleTypes: Readonly<Record<string, (value: JsonValue) => boolean>> = {
  any: () => true,
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  int32: (value) => Number.isInteger(value),
  int64: (value) => Number.isInteger(value) || typeof value === 'bigint',
  float: (value) => typeof value === 'number',
  double: (value) => typeof value === 'number' || typeof value === 'bigint',
  datetime: (value) => typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value),
  date: (value) => typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value),
  duration: (value) => typeof value === 'string' && parseDuration(value) !== undefined,
};

function isOf(kind: SimpleKindJson, value: JsonValue): boolean {
  if (simpleTypes[kind.runtime_kind]?.(value) !== true) return false;
  return kind.enum === undefined || (typeof value === 'string' && kind.enum.includes(value));
}

function mayBeNull(type: ModelType, model: ModelView): boolean {
  if (type.is !== 'kind' || ['datetime', 'date', 'duration'].includes(type.name)) return false;
  return model.simple(type.name) !== undefined || type.name in simpleTypes;
}
