/**
 * JSON that keeps the digits of 64-bit integers: an integer that a number cannot hold exactly is read as a bigint and
 * written with all its digits (protocol 7.12).
 */

export type JsonValue = string | number | bigint | boolean | null | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [member: string]: JsonValue;
}

/** Reads JSON. Integers beyond 2^53 become bigints. Throws the SyntaxError of `JSON.parse`. */
export function parseJson(text: string): JsonValue {
  return longNumber.test(text) ? json.parse(text, exactInteger) : json.parse(text);
}

/**
 * Writes compact JSON. Bigints become plain digits. Half a surrogate pair, which vendors leave where they cut a text and no core can
 * store, becomes U+FFFD.
 */
export function stringifyJson(value: unknown): string {
  const text = jsonText(value);
  // Undefined is no JSON, and its text is none.
  return text?.includes(surrogateEscape) ? text.replace(escapeSequence, wellFormed) : text;
}

export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

type Reviver = (this: unknown, key: string, value: unknown, context?: { readonly source?: string }) => unknown;

// The library definitions know neither the third argument of a reviver nor raw JSON; every supported Node has both.
const json: {
  parse(text: string, reviver?: Reviver): JsonValue;
  rawJSON(text: string): unknown;
} = JSON as typeof JSON & { rawJSON(text: string): unknown };

// 2^53 has 16 digits. Digits inside of texts are mostly told apart by the character in front; the others only cost time.
const longNumber = /(?:^|[:,[\s])-?\d{16,}/;
const integer = /^-?\d+$/;

function exactInteger(this: unknown, _key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  const source = context?.source ?? '';
  return integer.test(source) ? BigInt(source) : value;
}

function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (!hasBigint(value)) throw error;
    return JSON.stringify(value, rawInteger);
  }
}

const surrogateEscape = String.raw`\ud`;
const escapeSequence = /\\(?:ud[89a-f][\da-f]{2}|.)/g;

/** `JSON.stringify` escapes no surrogate but one without its other half. */
function wellFormed(sequence: string): string {
  return sequence.startsWith(surrogateEscape) ? '\uFFFD' : sequence;
}

function rawInteger(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? json.rawJSON(value.toString()) : value;
}

function hasBigint(value: unknown, seen = new Set<unknown>()): boolean {
  if (typeof value === 'bigint') return true;
  if (typeof value !== 'object' || value === null || seen.has(value)) return false;
  seen.add(value);
  return Object.values(value).some((member) => hasBigint(member, seen));
}
