import { environmentName, type Option } from './options.ts';
import type { Program } from './program.ts';
import { usageError } from './usage-error.ts';

export type OptionValue = string | number | boolean | readonly string[];

export interface EnvironmentValues {
  readonly values: ReadonlyMap<string, OptionValue>;
  /** Variables that were understood, but perhaps not as they were meant. */
  readonly remarks: readonly string[];
}

/** Multi-valued options may be numbered: NAME0 … NAME254, each one whole value. */
const numberedValues = 255;

const truthy = new Set(['true', '1', 'yes']);
const falsy = new Set(['false', '0', 'no', '']);

/**
 * Values of options that come from the environment (worker behaviour 1.2). The command line wins over them.
 *
 * @throws ConfigError `usage` when a value is not of the option's type
 */
export function environmentValues(
  program: Program,
  options: readonly Option[],
  env: NodeJS.ProcessEnv,
): EnvironmentValues {
  const values = new Map<string, OptionValue>();
  const remarks: string[] = [];
  for (const option of options) {
    const name = environmentName(program, option);
    const text = env[name];
    const value = readVariable(option, name, env);
    if (value !== undefined) values.set(option.name, value);
    if (
      option.type === 'flag' &&
      text !== undefined &&
      !truthy.has(text.toLowerCase()) &&
      !falsy.has(text.toLowerCase())
    )
      remarks.push(`${name} is neither true nor false, so it is taken as false`);
  }
  return { values, remarks };
}

function readVariable({ type }: Option, name: string, env: NodeJS.ProcessEnv): OptionValue | undefined {
  const text = env[name];
  if (type === 'list') return text === undefined ? numbered(name, env) : text.split(' ');
  if (text === undefined) return undefined;
  switch (type) {
    case 'flag':
      return truthy.has(text.toLowerCase());
    case 'int':
      return parseInteger(text, name);
    case 'string':
      return text;
  }
}

function numbered(name: string, env: NodeJS.ProcessEnv): readonly string[] | undefined {
  const values: string[] = [];
  for (let index = 0; index < numberedValues; index++) {
    const value = env[`${name}${index}`];
    if (value !== undefined) values.push(value);
  }
  return values.length === 0 ? undefined : values;
}

/** Parses an integer given by a person. `source` names the option or variable it came from. */
export function parseInteger(text: string, source: string): number {
  if (!/^\s*[+-]?\d+\s*$/.test(text)) throw usageError(`${source}: '${text}' is not an integer`);
  return Number(text);
}
