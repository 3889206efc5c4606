import { isJsonObject, type JsonObject, type JsonValue } from '../protocol/json.ts';
import type { FieldDeclaration, FieldDeclarations, SectionDeclaration } from './section.ts';

/**
 * What a stored document lacks: a patch with the defaults of every field that is not there. Whatever is stored stays as it
 * is, with its placeholders, and so does everything nobody here has declared. Undefined when nothing is missing.
 *
 * A section that is not there is written whole. To one that is there neither samples are added (who removed them does not
 * want them back) nor nulls, which a core does not take from a patch.
 */
export function missingDefaults(sections: readonly SectionDeclaration[], stored: JsonObject): JsonObject | undefined {
  const patch: Record<string, JsonValue> = {};
  for (const { name, fields } of sections) {
    const section = Object.hasOwn(stored, name) ? stored[name] : undefined;
    if (section === undefined || section === null) patch[name] = allDefaults(fields);
    else if (isJsonObject(section)) {
      const missing = missingFields(fields, section);
      if (missing !== undefined) patch[name] = missing;
    }
  }
  return Object.keys(patch).length > 0 ? patch : undefined;
}

/** Whether the default is a map with entries: it shows how the field is used, and is nothing a document has to have. */
export function hasSamples({ type, default: initial }: FieldDeclaration): boolean {
  const isMap = type === 'any' || (typeof type === 'object' && 'map' in type);
  return isMap && isJsonObject(initial) && Object.keys(initial).length > 0;
}

function allDefaults(fields: FieldDeclarations): JsonObject {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.default]));
}

function missingFields(fields: FieldDeclarations, stored: JsonObject): JsonObject | undefined {
  const patch: Record<string, JsonValue> = {};
  for (const [name, field] of Object.entries(fields)) {
    const missing = missingField(field, Object.hasOwn(stored, name) ? stored[name] : undefined);
    if (missing !== undefined) patch[name] = missing;
  }
  return Object.keys(patch).length > 0 ? patch : undefined;
}

function missingField(field: FieldDeclaration, stored: JsonValue | undefined): JsonValue | undefined {
  const { type, nullable, default: initial } = field;
  const isStored = stored !== undefined && (stored !== null || nullable === true);
  if (typeof type === 'object' && 'object' in type && isJsonObject(isStored ? stored : initial)) {
    if (!isStored) return withoutSamples(type.object, initial);
    return isJsonObject(stored) ? missingFields(type.object, stored) : undefined;
  }
  return isStored || initial === null || hasSamples(field) ? undefined : initial;
}

/** The default of an object without the samples in it. */
function withoutSamples(fields: FieldDeclarations, initial: JsonValue): JsonValue {
  if (!isJsonObject(initial)) return initial;
  return Object.fromEntries(
    Object.entries(initial).flatMap(([name, value]) => {
      const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
      if (field === undefined) return [[name, value] as const];
      if (hasSamples({ ...field, default: value })) return [];
      const { type } = field;
      const inner = typeof type === 'object' && 'object' in type ? withoutSamples(type.object, value) : value;
      return [[name, inner] as const];
    }),
  );
}
