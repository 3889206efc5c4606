/** Text for XML and HTML. What XML does not allow, and what turns the direction of a line, becomes a space. */
export function escaped(text: string): string {
  const printable = text.replaceAll(unfit, ' ').toWellFormed();
  return printable.replaceAll(/[&<>"']/g, (found) => entities[found] ?? found);
}

// eslint-disable-next-line no-control-regex
const unfit = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/g;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
