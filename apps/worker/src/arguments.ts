import { errorCode, errorText, Secrets } from '@resoto/worker-core';

import { canonicalArguments } from './argparse.ts';
import { commands, type CommandName } from './commands.ts';
import { environmentValues, parseInteger, type OptionValue } from './environment.ts';
import { machineHelp, type Option } from './options.ts';
import { callText, parseCanonical, shortUsage, type CommandOfProgram, type Parsed } from './parser.ts';
import { familyArgument, familyEnvironment, type Program, resotoworker } from './program.ts';
import { secretsOf } from './secrets.ts';
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
  const which = { program, command, commands: known };
  try {
    return parse(which, rest, familyEnvironment(program, env));
  } catch (error) {
    if (errorCode(error) !== 'usage') throw error;
    throw usageError(errorText(error), shortUsage(which));
  }
}

function parse(which: CommandOfProgram, args: readonly string[], env: NodeJS.ProcessEnv): Command | Help {
  const { program, command } = which;
  const { name, options } = command;
  const parsed = parseCanonical(canonicalArguments(args, options), which);
  if (typeof parsed === 'string') return { name: 'help', text: parsed };
  if (parsed['machine-help'] === true) return { name: 'help', text: machineHelp(options) };
  const operands = textsOf(parsed['--']);
  checkOperands(which, operands);
  const values = commandLineValues(options, parsed);
  // A variable whose option was given is not used, so it need not be a number. It may still be a secret.
  const unused = ({ name: option, type }: Option): boolean => type === 'int' && values.has(option);
  const environment = environmentValues(
    program,
    options.filter((option) => !unused(option)),
    env,
  );
  const all = new Map([...environment.values, ...values]);
  const secrets = secretsOf(options, [environment.values, values], env);
  return { name, options: optionValues(options, all, { program, secrets, remarks: environment.remarks }), operands };
}

function checkOperands({ program, command, commands: known }: CommandOfProgram, operands: readonly string[]): void {
  const { name, operand } = command;
  const [surplus] = operands.slice(operand === undefined ? 0 : 1);
  if (surplus !== undefined) {
    const isCommand = name === 'connect' && known.some((other) => other.name === surplus);
    throw usageError(isCommand ? `${surplus} has to come first` : `Unknown argument: ${surplus}`);
  }
  if (operand !== undefined && operands.length === 0) {
    throw usageError(`${name} needs a ${operand.name}: ${callText(program, command)}`);
  }
}

function commandLineValues(options: readonly Option[], parsed: Parsed): ReadonlyMap<string, OptionValue> {
  const values = new Map<string, OptionValue>();
  for (const option of options) {
    const value = commandLineValue(option, parsed[option.name]);
    if (value !== undefined) values.set(option.name, value);
  }
  return values;
}

/** Of values that were given one after the other the last one counts. */
function commandLineValue({ name, type }: Option, value: unknown): OptionValue | undefined {
  if (value === undefined) return undefined;
  switch (type) {
    case 'flag':
      return value === true;
    case 'int':
      return textsOf(value)
        .map((text) => parseInteger(text, `--${name}`))
        .at(-1);
    case 'list':
      return textsOf(value);
    case 'string':
      return textsOf(value).at(-1);
  }
}

/** Whatever is no flag is declared as text, so yargs gives nothing else. */
function textsOf(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : [value]).filter((text) => typeof text === 'string');
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
