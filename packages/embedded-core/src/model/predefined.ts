import type { JsonObject } from '@resoto/worker-core';
import { parseKind, type Kind, type SimpleKind } from './kind.ts';

const SIMPLE = ['string', 'int32', 'int64', 'float', 'double', 'boolean', 'date', 'datetime', 'duration'] as const;

const AGE = 'trafo.duration_to_datetime';

/** What the core itself keeps in `metadata`, so that paths to it have a kind. */
const predefinedProperties: JsonObject = {
  fqn: 'predefined_properties',
  aggregate_root: true,
  allow_unknown_props: true,
  properties: [
    { name: 'cleaned', kind: 'boolean' },
    { name: 'protected', kind: 'boolean' },
    { name: 'phantom', kind: 'boolean' },
    { name: 'replace', kind: 'boolean' },
    { name: 'descendant_summary', kind: 'dictionary[string, int64]' },
    { name: 'descendant_count', kind: 'int64' },
    { name: 'exported_at', kind: 'datetime' },
    { name: 'exported_age', kind: AGE, synthetic: { path: ['exported_at'] } },
    { name: 'expires', kind: 'datetime' },
  ],
};

const graphRoot: JsonObject = {
  fqn: 'graph_root',
  aggregate_root: true,
  allow_unknown_props: true,
  properties: [
    { name: 'kind', kind: 'string', required: true },
    { name: 'name', kind: 'string' },
  ],
};

/** The kinds that are there before any worker sends its model (protocol 7.3). */
export const PREDEFINED: ReadonlyMap<string, Kind> = new Map(
  [
    ...SIMPLE.map((name) => simple(name, name)),
    simple('any', 'any'),
    simple(AGE, 'age'),
    parseKind(graphRoot),
    parseKind(predefinedProperties),
  ].map((kind) => [kind.fqn, kind]),
);

function simple(fqn: string, runtime: SimpleKind['runtime']): SimpleKind {
  return {
    is: 'simple',
    fqn,
    runtime,
    values: undefined,
    pattern: undefined,
    minLength: undefined,
    maxLength: undefined,
    minimum: undefined,
    maximum: undefined,
    json: { fqn, runtime_kind: runtime === 'any' || runtime === 'age' ? fqn : runtime },
  };
}
