import { isJsonObject, type JsonObject, type JsonValue } from '../protocol/json.ts';
import type { FieldDeclarations, SectionDeclaration } from './section.ts';

/**
 * What a stored document lacks: a patch with the defaults of every field that is not there. Whatever is stored stays as it
 * is, with its placeholders, and so does everything nobody here has declared. Undefined when nothing is missing.
 */
export function missingDefaults(sections: readonly SectionDeclaration[], stored: JsonObject): JsonObject | undefined {
  const patch: Record<string, JsonValue> = {};
  for (const { name, fields } of sections) {
    const section = stored[name];
    const missing = missingFields(fields, isJsonObject(section) ? section : {});
    if (missing !== undefined) patch[name] = missing;
  }
  return Object.keys(patch).length > 0 ? patch : undefined;
}

function missingFields(fields: FieldDeclarations, stored: JsonObject): JsonObject | undefined {
  const patch: Record<string, JsonValue> = {};
  for (const [name, { type, nullable, default: initial }] of Object.entries(fields)) {
    const value = stored[name];
    if (value === undefined || (value === null && nullable !== true)) patch[name] = initial;
    else if (typeof type === 'object' && 'object' in type && isJsonObject(value)) {
      const missing = missingFields(type.object, value);
      if (missing !== undefined) patch[name] = missing;
    }
  }
  return Object.keys(patch).length > 0 ? patch : undefined;
}
