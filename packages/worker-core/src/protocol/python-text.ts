/** The text of a tuple as Python writes it: what node identity is computed from (protocol 7.10). */

export type Key = string | number | bigint | boolean | null;

/** `('aws_ec2_volume', 'aws', None)`. Numbers are integers. */
export function tupleText(keys: readonly Key[]): string {
  return plainTuple(keys) ?? `(${keys.map(itemText).join(', ')}${keys.length === 1 ? ',' : ''})`;
}

/** One item of a tuple: `None`, `True`, `42`, `'text'`. */
export function itemText(item: Key): string {
  if (typeof item === 'string') return stringText(item);
  if (item === null) return 'None';
  if (typeof item === 'boolean') return item ? 'True' : 'False';
  return item.toString();
}

// Nearly all keys are printable ASCII without quote and backslash; one test for the whole tuple keeps an id near 1 µs.
const special = /[^\x20-\x26\x28-\x5b\x5d-\x7e]/;

function plainTuple(keys: readonly Key[]): string | undefined {
  if (keys.length < 2) return undefined;
  let joined = '';
  let text = '';
  for (const key of keys) {
    if (typeof key !== 'string') return undefined;
    joined += key;
    text += text === '' ? `('${key}` : `', '${key}`;
  }
  return special.test(joined) ? undefined : `${text}')`;
}

// `C` holds control, format, surrogate, private and unassigned code points; a lone surrogate matches on its own.
const escaped = /[\\\p{C}\p{Zl}\p{Zp}\p{Zs}]/gu;

function stringText(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const inner = text.replace(escaped, escape);
  return quote + (quote === "'" ? inner.replaceAll("'", "\\'") : inner) + quote;
}

function escape(character: string): string {
  switch (character) {
    case ' ':
      return ' ';
    case '\\':
      return '\\\\';
    case '\t':
      return '\\t';
    case '\n':
      return '\\n';
    case '\r':
      return '\\r';
  }
  const codePoint = character.codePointAt(0) ?? 0;
  const hex = codePoint.toString(16);
  if (codePoint <= 0xff) return `\\x${hex.padStart(2, '0')}`;
  return codePoint <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}
