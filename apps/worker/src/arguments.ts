import { errorCode, errorText } from '@resoto/worker-core';
import yargs, { type Argv } from 'yargs';

import { commands, type CommandDeclaration, type CommandName } from './commands.ts';
import { environmentValues, parseInteger, type OptionValue } from './environment.ts';
import { machineHelp, type Option } from './options.ts';
import { expandPrefixes } from './prefixes.ts';
import { usageError } from './usage-error.ts';

/** A command with the values of its options: command line, else environment, else default. */
export interface Command {
  readonly name: CommandName;
  readonly options: OptionValues;
  /** Positional arguments. */
  readonly operands: readonly string[];
}

/** Text to print instead of running a command. */
export interface Help {
  readonly name: 'help';
  readonly text: string;
}

export interface OptionValues {
  text(name: string): string | undefined;
  flag(name: string): boolean;
  integer(name: string): number | undefined;
  list(name: string): readonly string[];
  /** Was it given, on the command line or in the environment? */
  given(name: string): boolean;
}

/**
 * Reads the command line.
 *
 * @throws ConfigError `usage`, whose hint is the usage of the command
 */
export async function parseArguments(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Command | Help> {
  const declaration = commands.find((command) => command.name === args[0]) ?? commandWithoutName();
  try {
    return await parse(declaration, args, env);
  } catch (error) {
    if (errorCode(error) !== 'usage') throw error;
    throw usageError(errorText(error), await usageText(declaration));
  }
}

async function parse(
  declaration: CommandDeclaration,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<Command | Help> {
  const { name, options, operand } = declaration;
  const expanded = expandPrefixes(args, [...options.map((option) => option.name), 'help', 'machine-help']);
  if (expanded.includes('--machine-help')) return { name: 'help', text: machineHelp(options) };
  refuseValuesOfFlags(options, expanded);
  const { parsed, help } = await parseWithYargs(expanded);
  if (help !== '') return { name: 'help', text: help };
  refuseOperands(declaration, parsed['_']);
  refuseExclusive(options, parsed);
  return {
    name,
    options: optionValues(options, parsed, environmentValues(options, env)),
    operands: operand === undefined ? [] : [textOf(parsed[operand.name])],
  };
}

interface Parsed {
  readonly parsed: Readonly<Record<string, unknown>>;
  readonly help: string;
}

/** @throws ConfigError `usage` */
async function parseWithYargs(args: readonly string[]): Promise<Parsed> {
  let failure: string | undefined;
  let help = '';
  const parser = declare().fail((message: string | null, error) => {
    failure ??= message ?? error.message;
  });
  const parsed = await parser.parseAsync([...args], {}, (_error, _argv, output) => {
    help = output;
  });
  if (failure !== undefined) throw usageError(worded(failure, args));
  return { parsed, help };
}

/** yargs does not say which operand is missing, and names unknown options without their dashes. */
function worded(failure: string, args: readonly string[]): string {
  const command = commands.find(({ name }) => name === args[0]);
  if (failure.startsWith('Not enough non-option arguments') && command?.operand !== undefined) {
    return `${command.name} needs a ${command.operand.name}: resotoworker ${command.usage}`;
  }
  const [, unknown, names] = /^(Unknown arguments?: )(.*)$/.exec(failure) ?? [];
  if (unknown === undefined || names === undefined) return failure;
  const typed = args.map((arg) => arg.replace(/=.*/s, ''));
  const asTyped = (name: string): string => typed.find((arg) => arg.replace(/^-+/, '') === name) ?? name;
  return unknown + names.split(', ').map(asTyped).join(', ');
}

function declare(): Argv {
  const parser = yargs()
    .scriptName('resotoworker')
    // Not that of the terminal: half of the text is ours, and scripts compare it.
    .locale('en')
    .parserConfiguration({
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'duplicate-arguments-array': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
    })
    .strict()
    .exitProcess(false)
    .showHelpOnFail(false)
    .wrap(110)
    .help()
    .alias('h', 'help')
    .option('machine-help', { type: 'boolean', describe: 'Print every option, one per line' })
    .epilogue('Every long option can be set as RESOTOWORKER_<OPTION>, for example RESOTOWORKER_PSK.');
  for (const command of commands) declareCommand(parser, command);
  return parser;
}

function declareCommand(parser: Argv, command: CommandDeclaration): void {
  parser.command(command.usage, command.describe, (builder) => {
    if (command.operand !== undefined) {
      builder.positional(command.operand.name, { type: 'string', describe: command.operand.describe });
    }
    for (const option of command.options) {
      builder.option(option.name, {
        type: option.type === 'flag' ? 'boolean' : option.type === 'list' ? 'array' : 'string',
        ...(option.type === 'list' ? { string: true } : {}),
        ...(option.short === undefined ? {} : { alias: option.short }),
        ...(option.type === 'string' || option.type === 'int' ? { requiresArg: true } : {}),
        describe: option.describe + (option.default === undefined ? '' : ` [default: ${String(option.default)}]`),
      });
    }
    return builder;
  });
}

async function usageText(command: CommandDeclaration): Promise<string> {
  const { help } = await parseWithYargs(command.name === 'connect' ? ['--help'] : [command.name, '--help']);
  return help;
}

function commandWithoutName(): CommandDeclaration {
  const declaration = commands.find((command) => command.usage === '$0');
  if (declaration === undefined) throw new Error('one command has no name');
  return declaration;
}

/** yargs would take any text as a boolean. */
function refuseValuesOfFlags(options: readonly Option[], args: readonly string[]): void {
  for (const { name, type } of options) {
    if (type === 'flag' && args.some((arg) => arg.startsWith(`--${name}=`)))
      throw usageError(`--${name} takes no value`);
  }
}

/** yargs looks neither behind `--` nor at a command that comes after its options. */
function refuseOperands({ name }: CommandDeclaration, operands: unknown): void {
  const [surplus] = (Array.isArray(operands) ? operands.map(String) : []).filter((operand) => operand !== name);
  if (surplus === undefined) return;
  if (commands.some((command) => command.name === surplus)) throw usageError(`${surplus} has to come first`);
  throw usageError(`Unknown argument: ${surplus}`);
}

function refuseExclusive(options: readonly Option[], parsed: Readonly<Record<string, unknown>>): void {
  const given = options.filter((option) => option.exclusive !== undefined && parsed[option.name] === true);
  const [first, second] = given;
  if (first !== undefined && second !== undefined) {
    throw usageError(`--${second.name} is not allowed with --${first.name}`);
  }
}

function optionValues(
  options: readonly Option[],
  parsed: Readonly<Record<string, unknown>>,
  environment: ReadonlyMap<string, OptionValue>,
): OptionValues {
  const values = new Map<string, OptionValue>();
  for (const option of options) {
    const value = commandLineValue(option, parsed[option.name]) ?? environment.get(option.name);
    if (value !== undefined) values.set(option.name, value);
  }
  const defaults = new Map(options.map((option) => [option.name, option.default]));
  const value = (name: string): OptionValue | undefined => values.get(name) ?? defaults.get(name);
  return {
    text: (name) => {
      const text = value(name);
      return typeof text === 'string' && text !== '' ? text : undefined;
    },
    flag: (name) => value(name) === true,
    integer: (name) => {
      const number = value(name);
      return typeof number === 'number' ? number : undefined;
    },
    list: (name) => {
      const list = value(name);
      return typeof list === 'object' ? list : [];
    },
    given: (name) => values.has(name),
  };
}

function commandLineValue(option: Option, value: unknown): OptionValue | undefined {
  if (value === undefined) return undefined;
  switch (option.type) {
    case 'flag':
      return value === true;
    case 'int':
      return parseInteger(textOf(value), `--${option.name}`);
    case 'list':
      return listOf(option, value);
    case 'string':
      return textOf(value);
  }
}

function listOf({ name }: Option, value: unknown): readonly string[] {
  const list = Array.isArray(value) ? value.map(textOf) : [textOf(value)];
  if (list.length === 0) throw usageError(`--${name} needs at least one value`);
  return list;
}

/** Whatever is no flag is declared as text, so yargs gives nothing else. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
