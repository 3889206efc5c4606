/** Values in queries and command lines (protocol 10.1, 10.3). Nothing in them can end the value. */

/** A text as a value of a query, or as an argument of a command. */
export function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

/** Texts as a list of a query. */
export function quotedList(texts: readonly string[]): string {
  return `[${texts.map(quoted).join(', ')}]`;
}
