/** Name of a file that is kept for debugging, after the pattern of the reference worker. */
export function dumpName(what: 'model' | 'graph', of: string, extension: string, now = new Date()): string {
  const minute = now.toISOString().slice(0, 16).replaceAll(/[T:]/g, '-');
  return `resoto-${what}-${minute}-${of.replaceAll(/[^\w.-]+/g, '_')}.${extension}`;
}
