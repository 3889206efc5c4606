import { stringifyJson, isJsonObject } from '../protocol/json.ts';
import { hasSamples } from './missing-defaults.ts';
import { rangeText } from './range.ts';
import type { FieldDeclaration, FieldDeclarations, FieldType, SectionDeclaration } from './section.ts';

/** A setting for people. */
export interface SettingDoc {
  /** `section.field`, with `<key>` for the keys of maps and `[]` for the elements of lists. */
  readonly name: string;
  readonly type: string;
  /** JSON as code in Markdown, or words; empty for objects, whose parts have defaults of their own. */
  readonly default: string;
  readonly description: string;
  /** A change restarts the worker. */
  readonly restart: boolean;
}

/** What there is to say about the settings of a section and their parts, in the order of their declaration. */
export function settingDocs({ name, fields }: SectionDeclaration): readonly SettingDoc[] {
  return fieldDocs(name, fields);
}

function fieldDocs(prefix: string, fields: FieldDeclarations): SettingDoc[] {
  return Object.entries(fields).flatMap(([field, declaration]) => {
    const name = `${prefix}.${field}`;
    const { description, restart = false } = declaration;
    const setting = { name, type: typeText(declaration), default: defaultText(declaration), description, restart };
    return [setting, ...partDocs(name, declaration.type)];
  });
}

function partDocs(name: string, type: FieldType): SettingDoc[] {
  if (typeof type === 'string' || 'oneOf' in type) return [];
  if ('list' in type) return partDocs(`${name}[]`, type.list);
  if ('map' in type) return partDocs(`${name}.<key>`, type.map);
  return fieldDocs(name, type.object);
}

function typeText(field: FieldDeclaration): string {
  const range = rangeText(field.type === 'duration' ? {} : field);
  const type = range === '' ? nameOf(field.type) : `${nameOf(field.type)}, ${range}`;
  return field.nullable === true ? `${type}, or null` : type;
}

function nameOf(type: FieldType): string {
  if (typeof type === 'string') return scalars[type];
  if ('oneOf' in type) return type.oneOf.join(', ');
  if ('list' in type) return `list of ${nameOf(type.list)}`;
  return 'map' in type ? `map of ${nameOf(type.map)}` : 'object';
}

const scalars = {
  string: 'text',
  int64: 'whole number',
  double: 'number',
  boolean: 'true or false',
  duration: 'duration',
  any: 'anything',
} as const satisfies Record<Extract<FieldType, string>, string>;

function defaultText(field: FieldDeclaration): string {
  if (field.defaultInWords !== undefined) return field.defaultInWords;
  if (hasSamples(field)) return 'samples';
  const isParted = typeof field.type === 'object' && 'object' in field.type && isJsonObject(field.default);
  return isParted ? '' : `\`${stringifyJson(field.default)}\``;
}
