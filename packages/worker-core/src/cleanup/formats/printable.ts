import { stripVTControlCharacters } from 'node:util';

/** One line. Names come from clouds: control characters in them must not reach a terminal. */
export function printable(line: string): string {
  // eslint-disable-next-line no-control-regex
  return stripVTControlCharacters(line).replaceAll(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, ' ');
}
