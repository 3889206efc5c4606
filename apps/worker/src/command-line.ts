/**
 * Reads a command line as the reference worker does, whose parser is part of its interface (worker behaviour 1.1): options
 * may be shortened, the last one wins, and a value that begins with a dash has to be joined to its option with `=`.
 */
import { parseInteger, type OptionValue } from './environment.ts';
import type { Option } from './options.ts';
import { usageError } from './usage-error.ts';

export interface CommandLine {
  /** Values of the options that were given. */
  readonly values: ReadonlyMap<string, OptionValue>;
  readonly operands: readonly string[];
  /** Help was asked for: what comes behind it was not read. */
  readonly help?: 'help' | 'machine-help';
}

const helpOptions: readonly Option[] = [
  { name: 'help', short: 'h', type: 'flag', describe: 'Show this help' },
  { name: 'machine-help', type: 'flag', describe: 'Print every option, one per line' },
];

/** Every option a command understands: those of help go first. */
export function withHelp(options: readonly Option[]): readonly Option[] {
  return [...helpOptions, ...options];
}

/** @throws ConfigError `usage` */
export function readCommandLine(args: readonly string[], options: readonly Option[]): CommandLine {
  const known = withHelp(options);
  const end = args.includes('--') ? args.indexOf('--') : args.length;
  const values = new Map<string, OptionValue>();
  const operands: string[] = [];
  let index = 0;
  while (index < end) {
    const arg = args[index] ?? '';
    index += 1;
    const given = givenOptions(arg, known);
    if (given === undefined) operands.push(arg);
    else {
      for (const { option, joined } of given) {
        if (option.name === 'help' || option.name === 'machine-help') return { values, operands, help: option.name };
        const rest = args.slice(index, end);
        const taken = joined === undefined ? valuesBehind(option, rest, known) : [];
        index += taken.length;
        refuseExclusive(option, values, options);
        values.set(option.name, valueOf(option, joined === undefined ? taken : [joined]));
      }
    }
  }
  return { values, operands: [...operands, ...args.slice(end + 1)] };
}

interface GivenOption {
  readonly option: Option;
  /** What was joined to it by `=`. */
  readonly joined: string | undefined;
}

/** The options an argument stands for: several for `-ab`. Undefined: it is a value or an operand. */
function givenOptions(arg: string, known: readonly Option[]): readonly GivenOption[] | undefined {
  if (!isOption(arg, known)) return undefined;
  const given = arg.startsWith('--') ? longOption(arg, known) : shortOptions(arg, known);
  if (given === undefined) throw usageError(`Unknown argument: ${splitName(arg).name}`);
  return given;
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
  return given;
}

/** The arguments behind an option that are its values. */
function valuesBehind({ type }: Option, rest: readonly string[], known: readonly Option[]): readonly string[] {
  if (type === 'flag') return [];
  const next = rest.findIndex((arg) => isOption(arg, known));
  const values = next === -1 ? rest : rest.slice(0, next);
  return type === 'list' ? values : values.slice(0, 1);
}

function valueOf({ name, type }: Option, given: readonly string[]): OptionValue {
  const [first] = given;
  switch (type) {
    case 'flag':
      if (first !== undefined) throw usageError(`--${name} takes no value`);
      return true;
    case 'list':
      if (first === undefined) throw usageError(`--${name} needs at least one value`);
      return given;
    case 'int':
    case 'string':
      if (first === undefined)
        throw usageError(`--${name} needs a value; join one that begins with a dash: --${name}=…`);
      return type === 'int' ? parseInteger(first, `--${name}`) : first;
  }
}

function refuseExclusive(
  { name, exclusive }: Option,
  values: ReadonlyMap<string, OptionValue>,
  options: readonly Option[],
): void {
  if (exclusive === undefined) return;
  const other = options.find(
    (option) => option.exclusive === exclusive && option.name !== name && values.has(option.name),
  );
  if (other !== undefined) throw usageError(`--${name} is not allowed with --${other.name}`);
}
