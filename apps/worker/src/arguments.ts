import { errorCode, errorText, Secrets } from '@resoto/worker-core';

import { readCommandLine } from './command-line.ts';
import { commands, type CommandDeclaration, type CommandName } from './commands.ts';
import { environmentValues, type OptionValue } from './environment.ts';
import { machineHelp, type Option } from './options.ts';
import { familyArgument, familyEnvironment, type Program, resotoworker } from './program.ts';
import { secretsOf } from './secrets.ts';
import { callText, usage } from './usage.ts';
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
  /** Whose options these are. */
  readonly program: Program;
  /** Knows the secrets among options and variables, and learns more on the way. */
  readonly secrets: Secrets;
  /** Variables that were understood, but perhaps not as they were meant. */
  readonly remarks: readonly string[];
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
export function parseArguments(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  program: Program = resotoworker,
): Command | Help {
  const known = commands(program);
  const declaration = known.find(({ name }) => name !== 'connect' && name === args[0]);
  const command = declaration ?? known.find(({ name }) => name === 'connect');
  if (command === undefined) throw new Error('one command has no name');
  const rest = (declaration === undefined ? args : args.slice(1)).map((arg) => familyArgument(program, arg));
  try {
    return parse(program, command, known, rest, familyEnvironment(program, env));
  } catch (error) {
    if (errorCode(error) !== 'usage') throw error;
    throw usageError(errorText(error), usage(program, command, known));
  }
}

function parse(
  program: Program,
  command: CommandDeclaration,
  known: readonly CommandDeclaration[],
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Command | Help {
  const { name, options } = command;
  const { values, operands, help } = readCommandLine(args, options);
  if (help === 'machine-help') return { name: 'help', text: machineHelp(options) };
  if (help === 'help') return { name: 'help', text: usage(program, command, known) };
  checkOperands(program, command, known, operands);
  const environment = environmentValues(program, options, env);
  const all = new Map([...environment.values, ...values]);
  const secrets = secretsOf(options, [environment.values, values], env);
  return { name, options: optionValues(options, all, { program, secrets, remarks: environment.remarks }), operands };
}

function checkOperands(
  program: Program,
  command: CommandDeclaration,
  known: readonly CommandDeclaration[],
  operands: readonly string[],
): void {
  const { name, operand } = command;
  const [surplus] = operands.slice(operand === undefined ? 0 : 1);
  if (surplus !== undefined) {
    const isCommand = name === 'connect' && known.some((other) => other.name === surplus);
    throw usageError(isCommand ? `${surplus} has to come first` : `Unknown argument: ${surplus}`);
  }
  if (operand !== undefined && operand.optional !== true && operands.length === 0) {
    throw usageError(`${name} needs a ${operand.name}: ${callText(program, command)}`);
  }
}

function optionValues(
  options: readonly Option[],
  given: ReadonlyMap<string, OptionValue>,
  context: Pick<OptionValues, 'program' | 'secrets' | 'remarks'>,
): OptionValues {
  const defaults = new Map(options.map((option) => [option.name, option.default]));
  const value = (name: string): OptionValue | undefined => given.get(name) ?? defaults.get(name);
  return {
    ...context,
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
    given: (name) => given.has(name),
  };
}
