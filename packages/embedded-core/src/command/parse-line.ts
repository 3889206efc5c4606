import { badRequest } from '../server/request-error.ts';

/** A command and its arguments as written, quotes included. */
interface ParsedCommand {
  readonly name: string;
  readonly args: string;
}

/** Commands joined by `|`, with the variables set in front of them. */
export interface ParsedLine {
  readonly variables: Readonly<Record<string, string>>;
  readonly commands: readonly ParsedCommand[];
}

const VARIABLE = /^\s*([A-Za-z_]\w*)=("(?:\\.|[^"\\])*"|'[^']*'|[^\s"']\S*)\s+(?=\S)/;
const ESCAPED = new Set(['|', ';', '"', "'"]);

/**
 * Splits a command line at `;` and `|` outside of quotes (protocol 10.1). Backslash escapes of these characters count
 * outside of quotes; inside, everything stays as it is, because a query has its own rules there.
 */
export function parseCommandLine(text: string): ParsedLine[] {
  const lines = splitOutsideQuotes(text).filter((line) => line.some((command) => command.trim() !== ''));
  if (lines.length === 0) throw parseError('The command line is empty');
  return lines.map(parseLine);
}

/** Splits arguments at blanks; quotes group and are removed. */
export function splitArguments(text: string): string[] {
  const found = text.matchAll(/(?:"((?:\\.|[^"\\])*)"|'([^']*)'|((?:\\.|[^\s"'\\])+))+/g);
  return [...found].map(([argument]) =>
    argument.replaceAll(/"((?:\\.|[^"\\])*)"|'([^']*)'/g, (_, double?: string, single?: string) => {
      return double?.replaceAll(/\\(["\\])/g, '$1') ?? single ?? '';
    }),
  );
}

/** Text without the quotes around all of it. */
function unquoted(text: string): string {
  return splitArguments(text).join(' ');
}

function parseLine(commands: readonly string[]): ParsedLine {
  const variables: Record<string, string> = {};
  let [first = '', ...others] = commands;
  for (let match = VARIABLE.exec(first); match !== null; match = VARIABLE.exec(first)) {
    const [whole, name = '', value = ''] = match;
    variables[name] = unquoted(value);
    first = first.slice(whole.length);
  }
  return { variables, commands: [first, ...others].map(parseCommand) };
}

function parseCommand(text: string): ParsedCommand {
  const [, name, args = ''] = /^\s*(\S+)(?:\s+(.*?))?\s*$/s.exec(text) ?? [];
  if (name === undefined) throw parseError('A command is missing before or after |');
  return { name, args };
}

function splitOutsideQuotes(text: string): string[][] {
  const lines: string[][] = [];
  let commands: string[] = [];
  let current = '';
  let quote = '';
  for (let index = 0; index < text.length; index += 1) {
    const char = text.charAt(index);
    const next = text.charAt(index + 1);
    if (char === '\\' && (quote === '' ? ESCAPED.has(next) : next === quote || next === '\\')) {
      current += quote === '' ? next : char + next;
      index += 1;
    } else if (quote !== '') {
      if (char === quote) quote = '';
      current += char;
    } else if (char === '|' || char === ';') {
      commands.push(current);
      current = '';
      if (char === ';') {
        lines.push(commands);
        commands = [];
      }
    } else {
      if (char === '"' || char === "'") quote = char;
      current += char;
    }
  }
  if (quote !== '') throw parseError(`A quote ${quote} is not closed`);
  return [...lines, [...commands, current]];
}

function parseError(message: string) {
  return badRequest(message, 'cli_parse_error');
}
