import yargs, { type Argv } from 'yargs';

import { environmentValues, parseInteger, type OptionValue } from './environment.ts';
import { machineHelp, workerOptions, type Option } from './options.ts';
import { expandPrefixes } from './prefixes.ts';
import { usageError } from './usage-error.ts';

export type CommandName = 'connect' | 'local' | 'search';

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

interface CommandDeclaration {
  readonly name: CommandName;
  /** As yargs wants it; `$0` is the command without a name. */
  readonly usage: string;
  readonly describe: string;
  readonly options: readonly Option[];
  readonly operand?: { readonly name: string; readonly describe: string };
}

const coreOptions = pick('psk', 'verbose', 'trace', 'quiet', 'resotocore-uri', 'ca-cert', 'no-verify-certs');

const commands: readonly CommandDeclaration[] = [
  {
    name: 'connect',
    usage: '$0',
    describe: 'Connect to a core and do the work it asks for',
    options: [
      ...workerOptions,
      {
        name: 'data',
        type: 'string',
        value: 'DIR',
        describe: 'Directory for state on disk (default: a place of the platform)',
      },
    ],
  },
  {
    name: 'local',
    usage: 'local',
    describe: 'Run with an embedded core: collect at once, show what was found, stay',
    options: [
      { name: 'once', type: 'flag', describe: 'End after the first collect; the exit code tells how it went' },
      { name: 'data', type: 'string', value: 'DIR', describe: 'Keep the graph there (default: in memory)' },
      {
        name: 'port',
        type: 'int',
        value: 'PORT',
        describe: 'Port of the embedded core (default: 8900, or a free one)',
      },
      {
        name: 'host',
        type: 'string',
        value: 'HOST',
        default: '127.0.0.1',
        describe: 'Address the embedded core listens at',
      },
      ...pick('subscriber-id', 'psk', 'verbose', 'trace', 'quiet', 'override'),
    ],
  },
  {
    name: 'search',
    usage: 'search <query>',
    describe: 'Search the graph of a core: a table on a terminal, JSON lines in a pipe',
    operand: { name: 'query', describe: "For example 'is(instance) and instance_cores > 4'" },
    options: [
      ...coreOptions,
      { name: 'graph', type: 'string', value: 'NAME', default: 'resoto', describe: 'Graph to search' },
      { name: 'json', type: 'flag', describe: 'Print JSON lines, also on a terminal' },
    ],
  },
];

/**
 * Reads the command line.
 *
 * @throws ConfigError `usage`, whose hint is the usage of the command
 */
export async function parseArguments(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Command | Help> {
  const declaration = commands.find((command) => command.name === args[0]) ?? commandWithoutName();
  if (args.includes('--machine-help')) return { name: 'help', text: machineHelp(declaration.options) };
  const names = [...declaration.options.map((option) => option.name), 'help', 'machine-help', 'version'];
  const { parsed, help, failure } = await parseWithYargs(expandPrefixes(args, names));
  if (failure !== undefined) throw usageError(failure, await usageText(declaration));
  if (help !== '') return { name: 'help', text: help };

  refuseExclusive(declaration.options, parsed);
  const operand = declaration.operand === undefined ? [] : [textOf(parsed[declaration.operand.name])];
  return {
    name: declaration.name,
    options: optionValues(declaration.options, parsed, environmentValues(declaration.options, env)),
    operands: operand,
  };
}

interface Parsed {
  readonly parsed: Readonly<Record<string, unknown>>;
  readonly help: string;
  readonly failure: string | undefined;
}

async function parseWithYargs(args: readonly string[]): Promise<Parsed> {
  let failure: string | undefined;
  let help = '';
  const parser = declare().fail((message: string | null, error) => {
    failure ??= message ?? error.message;
  });
  const parsed = await parser.parseAsync([...args], {}, (_error, _argv, output) => {
    help = output;
  });
  return { parsed, help: failure === undefined ? help : '', failure };
}

function declare(): Argv {
  const parser = yargs()
    .scriptName('resotoworker')
    .parserConfiguration({
      'boolean-negation': false,
      'camel-case-expansion': false,
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
      return Array.isArray(value) ? value.map(textOf) : [textOf(value)];
    case 'string':
      return textOf(value);
  }
}

/** Whatever is no flag is declared as text, so yargs gives nothing else. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function pick(...names: readonly string[]): readonly Option[] {
  return workerOptions.filter((option) => names.includes(option.name));
}
