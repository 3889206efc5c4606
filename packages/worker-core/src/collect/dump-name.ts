/** Name of a file that is kept for debugging, after the pattern of the reference worker. */
export function dumpName(what: 'model' | 'graph', of: string, extension: string, now = new Date()): string {
  const minute = now.toISOString().slice(0, 16).replaceAll(/[T:]/g, '-');
  return `resoto-${what}-${minute}-${fileName(of)}.${extension}`;
}

/** A text as part of the name of a file, where not every character can stand, and not many. */
export function fileName(text: string): string {
  return text.replaceAll(/[^\w.-]+/g, '_').slice(0, 100);
}
