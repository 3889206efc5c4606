/**
 * What the parser of the reference worker understands and yargs does not (worker behaviour 1.1): options may be shortened, a
 * value that begins with a dash has to be joined to its option with `=`, and a list that is repeated starts anew.
 */
import { helpOptions, type Option } from './options.ts';
import { usageError } from './usage-error.ts';

/**
 * Rewrites arguments so that yargs cannot read them otherwise: options by their long names, values joined to them by `=`, operands
 * last, behind `--`. An unknown option ends it, as nobody knows whether the next argument belongs to it, and so does help.
 *
 * @throws ConfigError `usage` when the beginning of a name fits several options
 */
export function canonicalArguments(args: readonly string[], options: readonly Option[]): readonly string[] {
  const known = [...helpOptions, ...options];
  const end = args.includes('--') ? args.indexOf('--') : args.length;
  const canonical: CanonicalArgument[] = [];
  const operands: string[] = [];
  let index = 0;
  while (index < end) {
    const arg = args[index] ?? '';
    index += 1;
    if (!isOption(arg, known)) {
      operands.push(arg);
      continue;
    }
    const given = arg.startsWith('--') ? longOption(arg, known) : shortOptions(arg, known);
    if (given === undefined) return [...texts(canonical), unknownOption(splitName(arg).name)];
    for (const { option, joined } of given) {
      const values = joined === undefined ? valuesBehind(option, args.slice(index, end), known) : [joined];
      if (helpOptions.includes(option)) return [...texts(canonical), `--${option.name}`];
      if (joined === undefined) index += values.length;
      canonical.push(...canonicalOption(option, values, canonical));
    }
  }
  return [...texts(canonical), '--', ...operands, ...args.slice(end + 1)];
}

interface GivenOption {
  readonly option: Option;
  /** What was joined to it by `=`. */
  readonly joined: string | undefined;
}

interface CanonicalArgument {
  readonly name: string;
  readonly text: string;
  /** Another list of the same name came later. */
  replaced?: boolean;
}

function texts(canonical: readonly CanonicalArgument[]): readonly string[] {
  return canonical.filter(({ replaced }) => replaced !== true).map(({ text }) => text);
}

/** Without a value it is for yargs to say that there has to be one. */
function canonicalOption(
  { name, type }: Option,
  values: readonly string[],
  before: readonly CanonicalArgument[],
): readonly CanonicalArgument[] {
  const bare = `--${name}`;
  if (values.length === 0) return [{ name, text: bare }];
  if (type === 'list')
    for (const earlier of before) if (earlier.name === name) earlier.replaced = earlier.text !== bare;
  // From the values of lists, and of no others, yargs takes one pair of quotes.
  return values.map((value) => ({ name, text: type === 'list' ? `${bare}="${value}"` : `${bare}=${value}` }));
}

/** With its dashes as a part of its name, which yargs will report as it was typed, and which is never one that every object has. */
function unknownOption(name: string): string {
  // Names of dashes alone mean something else to yargs, and it looks for names in the first line only.
  const named = /^-+$/.test(name) ? `${name} ` : name.replaceAll(/[\n\r\u2028\u2029]/g, ' ');
  return `--${named}`;
}

function isOption(arg: string, known: readonly Option[]): boolean {
  if (!arg.startsWith('-') || arg === '-' || negativeNumber.test(arg)) return false;
  // A text with a space is no option, unless the space is in the value: somebody quoted it.
  return !arg.includes(' ') || (arg.startsWith('--') && candidates(splitName(arg).name, known).length > 0);
}

const negativeNumber = /^-(\d+|\d*\.\d+)$/;

function longOption(arg: string, known: readonly Option[]): readonly GivenOption[] | undefined {
  const { name, value } = splitName(arg);
  const matches = candidates(name, known);
  const [option] = matches;
  if (option === undefined) return undefined;
  if (matches.length > 1) {
    throw usageError(`${name} is ambiguous: ${matches.map((match) => `--${match.name}`).join(', ')}`);
  }
  return [{ option, joined: value }];
}

function candidates(name: string, known: readonly Option[]): readonly Option[] {
  const exact = known.filter((option) => `--${option.name}` === name);
  return exact.length > 0 ? exact : known.filter((option) => `--${option.name}`.startsWith(name));
}

function splitName(arg: string): { readonly name: string; readonly value: string | undefined } {
  const end = arg.indexOf('=');
  return end === -1 ? { name: arg, value: undefined } : { name: arg.slice(0, end), value: arg.slice(end + 1) };
}

/** All short options are flags. */
function shortOptions(arg: string, known: readonly Option[]): readonly GivenOption[] | undefined {
  const given: GivenOption[] = [];
  for (let at = 1; at < arg.length; at += 1) {
    const option = known.find(({ short }) => short === arg[at]);
    if (option === undefined) return undefined;
    const joined = arg[at + 1] === '=' ? arg.slice(at + 2) : undefined;
    given.push({ option, joined });
    if (joined !== undefined) break;
  }
  return given.length === 0 ? undefined : given;
}

/** The arguments behind an option that are its values. */
function valuesBehind({ type }: Option, rest: readonly string[], known: readonly Option[]): readonly string[] {
  if (type === 'flag') return [];
  const next = rest.findIndex((arg) => isOption(arg, known));
  const values = next === -1 ? rest : rest.slice(0, next);
  return type === 'list' ? values : values.slice(0, 1);
}
