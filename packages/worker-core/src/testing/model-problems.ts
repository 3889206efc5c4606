import type { Generation } from '../protocol/generation.ts';
import { stringifyJson } from '../protocol/json.ts';
import type { ComplexKindJson, KindJson } from '../protocol/model-json.ts';
import { ModelView, ownProperties, type ModelType } from './model-view.ts';

const mostBytes = 5 * 1024 * 1024;
const nameOfKind = /^[a-zA-Z][\w.]*$/;

/** Why a core would refuse a model (protocol 7.2). Empty: it takes it. */
export function modelProblems(kinds: readonly KindJson[], generation: Generation): string[] {
  const model = new ModelView(kinds);
  const bytes = Buffer.byteLength(stringifyJson(kinds));
  return [
    ...(bytes > mostBytes ? [`the model has ${bytes} bytes, a core takes ${mostBytes}`] : []),
    ...repeated(kinds.map(({ fqn }) => fqn)).map((fqn) => `${fqn} is there twice`),
    ...kinds.filter(({ fqn }) => !nameOfKind.test(fqn)).map(({ fqn }) => `${fqn} is no name of a kind`),
    ...model.complexKinds.flatMap((kind) => unknownNames(kind, model)),
    ...(generation === 'fix' ? model.complexKinds.flatMap((kind) => declaredAgain(kind, model)) : []),
    ...pathsWithTwoTypes(model),
  ];
}

function unknownNames(kind: ComplexKindJson, model: ModelView): string[] {
  const unknown = (names: readonly string[], what: string): string[] =>
    names.filter((name) => !model.knows(name)).map((name) => `${what} ${name} of ${kind.fqn} is unknown`);
  return [
    ...unknown(kind.bases ?? [], 'base'),
    ...unknown(Object.values(kind.successor_kinds ?? {}).flat(), 'successor'),
    ...ownProperties(kind).flatMap(({ name, type }) => unknown([elementOf(type)], `kind of ${name}`)),
  ];
}

function declaredAgain(kind: ComplexKindJson, model: ModelView): string[] {
  const bases = [...model.lineage(kind.fqn)].filter((fqn) => fqn !== kind.fqn);
  return ownProperties(kind).flatMap(({ name }) => {
    const base = bases.find((fqn) => ownProperties(model.complex(fqn)).some((other) => other.name === name));
    return base === undefined ? [] : [`${kind.fqn} declares ${name}, which its base ${base} declares`];
  });
}

function pathsWithTwoTypes(model: ModelView): string[] {
  const types = new Map<string, { readonly type: string; readonly kind: string }>();
  const problems = new Set<string>();
  const visit = (path: string, type: ModelType, kind: string, above: readonly string[]): void => {
    if (type.is !== 'kind') return visit(`${path}${type.is === 'list' ? '[]' : '{}'}`, type.of, kind, above);
    const known = types.get(path);
    if (type.name === 'any') return;
    if (known === undefined) types.set(path, { type: type.name, kind });
    else if (known.type !== type.name) {
      problems.add(`${path} is ${known.type} in ${known.kind} and ${type.name} in ${kind}`);
    }
    if (above.includes(type.name)) return;
    for (const property of model.properties(type.name).values()) {
      visit(`${path}.${property.name}`, property.type, kind, [...above, type.name]);
    }
  };
  // Inherited properties are visited with the kind that declares them.
  for (const kind of model.complexKinds) {
    if (kind.aggregate_root === false) continue;
    for (const property of ownProperties(kind)) {
      if (!property.synthetic) visit(property.name, property.type, kind.fqn, []);
    }
  }
  return [...problems];
}

function elementOf(type: ModelType): string {
  return type.is === 'kind' ? type.name : elementOf(type.of);
}

function repeated(names: readonly string[]): string[] {
  return names.filter((name, index) => names.indexOf(name) !== index);
}
