import { usageError } from './usage-error.ts';
import { environmentName, type Option } from './options.ts';

export type OptionValue = string | number | boolean | readonly string[];

/** Multi-valued options may be numbered: NAME0 … NAME254, each one whole value. */
const numberedValues = 255;

const truthy = new Set(['true', '1', 'yes']);

/**
 * Values of options that come from the environment (worker behaviour 1.2). The command line wins over them.
 *
 * @throws ConfigError `usage` when a value is not of the option's type
 */
export function environmentValues(
  options: readonly Option[],
  env: NodeJS.ProcessEnv,
): ReadonlyMap<string, OptionValue> {
  const values = new Map<string, OptionValue>();
  for (const option of options) {
    const value = readVariable(option, env);
    if (value !== undefined) values.set(option.name, value);
  }
  return values;
}

function readVariable(option: Option, env: NodeJS.ProcessEnv): OptionValue | undefined {
  const name = environmentName(option);
  const text = env[name];
  if (option.type === 'list') return text === undefined ? numbered(name, env) : text.split(' ');
  if (text === undefined) return undefined;
  switch (option.type) {
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
