/** The parser and the help of a command, made by yargs from their declarations. */
import yargs, { type Argv } from 'yargs';

import type { CommandDeclaration } from './commands.ts';
import { environmentName, helpOptions, type Option } from './options.ts';
import type { Program } from './program.ts';
import { usageError } from './usage-error.ts';

/** What yargs has read: values by name of option, operands under `--`. Options that were not given are absent. */
export type Parsed = Readonly<Record<string, unknown>>;

/** A command among all commands of its program. */
export interface CommandOfProgram {
  readonly program: Program;
  readonly command: CommandDeclaration;
  readonly commands: readonly CommandDeclaration[];
}

/**
 * @param args - what `canonicalArguments` has made of a command line
 * @returns a text when help was asked for
 * @throws ConfigError `usage`
 */
export function parseCanonical(args: readonly string[], which: CommandOfProgram): Parsed | string {
  let help = '';
  const parsed = declare(which).parseSync([...args], {}, (_error, _parsed, output) => {
    help = output;
  });
  return help === '' ? parsed : help;
}

/** What comes before the message about a mistake: short, so that the message stays in sight. */
export function shortUsage({ program, command }: CommandOfProgram): string {
  const name = callText(program, { name: command.name });
  return `${callLine(program, command)}\nAll options: ${name} --help`;
}

/** How a command is called, for example `resotoworker search <query>`. */
export function callText(program: Program, command: Pick<CommandDeclaration, 'name' | 'operand'>): string {
  return [program.name, calledAs(command)].filter(Boolean).join(' ');
}

function callLine(program: Program, command: CommandDeclaration): string {
  return `usage: ${callText(program, command)} [options]`;
}

function calledAs({ name, operand }: Pick<CommandDeclaration, 'name' | 'operand'>): string {
  const operandText = operand === undefined ? '' : `<${operand.name}>`;
  return [name === 'connect' ? '' : name, operandText].filter(Boolean).join(' ');
}

function declare(which: CommandOfProgram): Argv {
  const { program, command, commands } = which;
  const parser = yargs()
    .scriptName(program.name)
    // Not that of the terminal: half of the text is ours, and scripts compare it.
    .locale('en')
    .updateStrings({
      'Argument unexpected for: %s': '--%s takes no value',
      'Arguments %s and %s are mutually exclusive': '--%s is not allowed with --%s',
    })
    .parserConfiguration({
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'greedy-arrays': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'populate--': true,
    })
    .strict()
    .exitProcess(false)
    .fail((message: string | null, error) => {
      throw usageError(worded(message ?? error.message));
    })
    .version(false)
    .wrap(110)
    .usage(usageText(which))
    .epilogue(epilogue(program));
  for (const option of helpOptions) declareHelp(parser, option);
  if (command.operand !== undefined) parser.positional(command.operand.name, { describe: command.operand.describe });
  for (const option of command.options) declareOption(parser, option);
  declareConflicts(parser, command.options);
  if (command.name === 'connect') {
    for (const named of commands.filter(({ name }) => name !== 'connect')) {
      parser.command(calledAs(named), named.describe);
    }
  }
  return parser;
}

function declareHelp(parser: Argv, { name, short, describe }: Option): void {
  if (name === 'help') parser.help(name, describe);
  else parser.option(name, { type: 'boolean', nargs: 0, skipValidation: true, describe });
  if (short !== undefined) parser.alias(short, name);
}

function declareOption(parser: Argv, option: Option): void {
  const { name, short, type, describe } = option;
  parser.option(name, {
    ...(type === 'flag'
      ? { type: 'boolean', nargs: 0 }
      : { type: 'string', array: type === 'list', requiresArg: true }),
    ...(short === undefined ? {} : { alias: short }),
    // Not as a default of yargs: whether an option was given makes a difference.
    describe: describe + (option.default === undefined ? '' : ` [default: ${String(option.default)}]`),
  });
}

function declareConflicts(parser: Argv, options: readonly Option[]): void {
  for (const [index, { name, exclusive }] of options.entries()) {
    const others = options
      .slice(0, index)
      .filter((option) => exclusive !== undefined && option.exclusive === exclusive);
    if (others.length > 0)
      parser.conflicts(
        name,
        others.map((option) => option.name),
      );
  }
}

/** The strings of yargs can name an option once only. */
function worded(message: string): string {
  return message
    .trimEnd()
    .replace(/^Not enough arguments following: (.*)$/, '--$1 needs a value; join one that begins with a dash: --$1=…');
}

function usageText({ program, command }: CommandOfProgram): string {
  const call = callLine(program, command);
  const lines =
    command.name === 'connect' ? [call, `or:    ${program.name} <command> [options]`, '', program.description] : [call];
  return [...lines, '', `${command.describe}.`].join('\n');
}

function epilogue(program: Program): string {
  const { optionPrefix } = program.names;
  const example = environmentName(program, { name: 'psk', type: 'string', describe: '' });
  const other =
    program.generation === 'fix' ? '--resotocore-uri, RESOTOWORKER_…, RESOTO_…' : '--fixcore-uri, FIXWORKER_…, FIX_…';
  return [
    `Every long option can be set as ${optionPrefix}<OPTION>, for example ${example}; it may be shortened.`,
    `The names of the other family are understood as well: ${other}`,
  ].join('\n');
}
