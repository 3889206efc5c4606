/** Text for XML and HTML. */
export function escaped(text: string): string {
  // eslint-disable-next-line no-control-regex
  const printable = text.replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, ' ');
  return printable.replaceAll(/[&<>"']/g, (found) => entities[found] ?? found);
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
