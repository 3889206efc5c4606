import type { JsonObject } from '../protocol/json.ts';
import type { KindJson, PropertyJson } from '../protocol/model-json.ts';
import { rangeText } from './range.ts';
import { hasSamples } from './missing-defaults.ts';
import type { FieldDeclaration, FieldDeclarations, FieldType, SectionDeclaration } from './section.ts';

/** Kinds of the sections and of everything they contain, for the model of configurations at the core. */
export function configKinds(sections: readonly SectionDeclaration[]): readonly KindJson[] {
  const kinds = new Map<string, KindJson>();

  function addObject(
    fqn: string,
    fields: FieldDeclarations,
    { root, open, description }: { root: boolean; open?: boolean | undefined; description?: string | undefined },
  ): void {
    kinds.set(fqn, {
      fqn,
      bases: [],
      properties: Object.entries(fields).map(([name, field]) => property(name, field)),
      allow_unknown_props: open === true,
      aggregate_root: root,
      ...(description === undefined ? {} : { metadata: { description } }),
    });
    for (const { type } of Object.values(fields)) addNested(type);
  }

  function addNested(type: FieldType): void {
    if (typeof type === 'string') return;
    if ('list' in type) addNested(type.list);
    else if ('map' in type) addNested(type.map);
    else if ('object' in type) addObject(type.name, type.object, { root: false, open: type.open });
    else kinds.set(type.name, { fqn: type.name, runtime_kind: 'string', enum: type.oneOf });
  }

  for (const { name, fields, description } of sections) addObject(name, fields, { root: true, description });
  return [...kinds.values()];
}

function property(name: string, field: FieldDeclaration): PropertyJson {
  const metadata: JsonObject = {
    ...(field.restart === true ? { restart_required: true } : {}),
    ...(field.multiline === true ? { 'ui-hint': 'multiline' } : {}),
  };
  return {
    name,
    kind: kindName(field.type),
    required: field.nullable !== true && !hasSamples(field),
    description: described(field),
    ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
  };
}

function described(field: FieldDeclaration): string {
  const range = rangeText(field);
  return range === '' ? field.description : `${field.description} Allowed: ${range}.`;
}

function kindName(type: FieldType): string {
  if (typeof type === 'string') return type;
  if ('list' in type) return `${kindName(type.list)}[]`;
  if ('map' in type) return `dictionary[string, ${kindName(type.map)}]`;
  return type.name;
}
