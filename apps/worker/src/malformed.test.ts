/** Command lines and environments nobody would think of: each is understood or refused with a message, and never crashes. */
import { expect, test } from '@jest/globals';
import { errorCode } from '@resoto/worker-core';

import { capturedIo } from '../test/captured-io.ts';
import { parseArguments, type Command, type OptionValues } from './arguments.ts';
import { commands } from './commands.ts';
import { environmentName, type Option } from './options.ts';
import { fixworker, resotoworker, type Program } from './program.ts';
import { run } from './run.ts';

const programs = [resotoworker, fixworker];
const odd = [
  ...[
    '',
    ' ',
    '-',
    '--',
    '---',
    '=',
    '--=',
    '-=',
    '--=x',
    '-v=',
    '-1',
    '-.5',
    '--1',
    '\u0000',
    '\ud800',
    '\u202e',
    '💥',
  ],
  ...['__proto__', 'constructor', 'hasOwnProperty', 'toString', '$0', '_', 'null', 'true', 'false', 'NaN', 'a=b=c'],
  ...[
    '%s%n',
    '$(HOME)',
    '`id`',
    '../..',
    'x'.repeat(10_000),
    '1e999',
    '99999999999999999999',
    '٣',
    ' 7 ',
    '\n',
    '--\n',
  ],
];

test('thousands of malformed command lines are understood or refused', () => {
  const random = generator(20_241_129);

  for (let round = 0; round < 20_000; round += 1) {
    const program = pick(programs, random);
    const args = Array.from({ length: Math.floor(random() * 6) }, () => argument(program, random));
    const env = random() < 0.5 ? {} : environment(program, random);

    expectUnderstoodOrRefused(program, args, env);
  }
});

test('a refused command line is usage and one message, with exit code 2', async () => {
  const random = generator(7);
  let refused = 0;

  for (let round = 0; refused < 300; round += 1) {
    const program = pick(programs, random);
    const args = Array.from({ length: 1 + Math.floor(random() * 4) }, () => argument(program, random));
    if (isUnderstood(program, args)) continue;
    refused += 1;
    const io = capturedIo();

    expect(await run(args, io, program)).toBe(2);
    expect(io.output()).toBe('');
    expect(io.errors()).toMatch(new RegExp(`^usage: ${program.name}[^]*\\n\\n${program.name}: [^]+\\n$`));
    expect(io.errors()).not.toMatch(/\n\s+at .*:\d+/);
  }
});

function expectUnderstoodOrRefused(program: Program, args: readonly string[], env: NodeJS.ProcessEnv): void {
  let command: Command;
  try {
    const parsed = parseArguments(args, env, program);
    if (parsed.name === 'help') return;
    command = parsed;
  } catch (error) {
    // Naming the arguments is what makes a failure of this test useful.
    if (errorCode(error) !== 'usage')
      throw new Error(`Not refused as a user's mistake: ${JSON.stringify({ args, env })}`, { cause: error });
    return;
  }
  const known = commands(program).find(({ name }) => name === command.name)?.options ?? [];
  const wrong = known.filter((option) => !hasItsType(option, command.options)).map(({ name }) => name);
  if (wrong.length > 0) throw new Error(`Of another type: ${JSON.stringify({ args, env, wrong })}`);
}

function hasItsType({ name, type }: Option, options: OptionValues): boolean {
  switch (type) {
    case 'flag':
      return typeof options.flag(name) === 'boolean';
    case 'int':
      return Number.isInteger(options.integer(name) ?? 0);
    case 'string':
      return options.text(name) !== '' && typeof (options.text(name) ?? 'none') === 'string';
    case 'list':
      return options.list(name).every((value) => typeof value === 'string');
  }
}

function isUnderstood(program: Program, args: readonly string[]): boolean {
  try {
    parseArguments(args, {}, program);
    return true;
  } catch {
    return false;
  }
}

function argument(program: Program, random: () => number): string {
  const kind = random();
  if (kind < 0.15) return pick(commands(program), random).name;
  if (kind < 0.4) return pick(odd, random);
  const options = pick(commands(program), random).options;
  const { name, short } = pick(options, random);
  const long = `--${random() < 0.3 ? name.slice(0, 1 + Math.floor(random() * name.length)) : name}`;
  const option = random() < 0.15 ? `-${short ?? 'x'}${random() < 0.3 ? pick(odd, random) : ''}` : long;
  return random() < 0.3 ? `${option}=${pick(odd, random)}` : option;
}

function environment(program: Program, random: () => number): NodeJS.ProcessEnv {
  const variables = Array.from({ length: 1 + Math.floor(random() * 3) }, () => {
    const { options } = pick(commands(program), random);
    const name = environmentName(pick(programs, random), pick(options, random));
    return [random() < 0.2 ? `${name}${Math.floor(random() * 300)}` : name, pick(odd, random)] as const;
  });
  return Object.fromEntries(variables);
}

function pick<Item>(items: readonly Item[], random: () => number): Item {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new RangeError('nothing to pick from');
  return item;
}

/** The same numbers for the same seed (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
