import { isJsonObject, type JsonObject, type JsonValue } from '../protocol/json.ts';
import type { FieldDeclaration, FieldType, SectionDeclaration } from './section.ts';

/** All texts of fields that are declared secret. Keys of maps are no secrets. */
export function sectionSecrets(section: SectionDeclaration, values: JsonObject): readonly string[] {
  const secrets: string[] = [];
  for (const [name, field] of Object.entries(section.fields)) collect(field, values[name], false, secrets);
  return secrets;
}

function collect(field: FieldDeclaration, value: JsonValue | undefined, inherited: boolean, secrets: string[]): void {
  collectFrom(field.type, value, inherited || field.secret === true, secrets);
}

function collectFrom(type: FieldType, value: JsonValue | undefined, secret: boolean, secrets: string[]): void {
  if (secret) secrets.push(...textsOf(value));
  else if (typeof type === 'string' || 'oneOf' in type) return;
  else if ('list' in type) {
    const elements: readonly JsonValue[] = Array.isArray(value) ? value : [];
    for (const element of elements) collectFrom(type.list, element, false, secrets);
  } else if (isJsonObject(value)) {
    for (const [key, member] of Object.entries(value)) {
      if ('map' in type) collectFrom(type.map, member, false, secrets);
      else if (type.object[key] !== undefined) collect(type.object[key], member, false, secrets);
    }
  }
}

function textsOf(value: JsonValue | undefined): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap((member: JsonValue) => textsOf(member));
}
