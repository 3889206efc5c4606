import { describe, expect, test } from '@jest/globals';

import { parseArguments, type Command } from './arguments.ts';
import { workerOptions } from './options.ts';
import { familyEnvironment, fixworker, resotoworker, type Program } from './program.ts';

describe('an option of the worker', () => {
  test.each([
    ['subscriber-id', 'resoto.worker'],
    ['psk', undefined],
    ['resotocore-uri', 'https://localhost:8900'],
    ['ca-cert', undefined],
    ['cert', undefined],
    ['cert-key', undefined],
    ['cert-key-pass', undefined],
    ['data', undefined],
  ])('--%s takes a text; without it is %j', async (name, byDefault) => {
    const given = await command([`--${name}`, 'some text']);
    const joined = await command([`--${name}=some=text`]);
    const absent = await command([]);

    expect(given.options.text(name)).toBe('some text');
    expect(joined.options.text(name)).toBe('some=text');
    expect(absent.options.text(name)).toBe(byDefault);
  });

  test.each(['verbose', 'trace', 'quiet', 'no-verify-certs'])('--%s is a flag and off by default', async (name) => {
    const given = await command([`--${name}`]);
    const absent = await command([]);

    expect(given.options.flag(name)).toBe(true);
    expect(absent.options.flag(name)).toBe(false);
  });

  test('-v means --verbose', async () => {
    expect((await command(['-v'])).options.flag('verbose')).toBe(true);
  });

  test('--idle-timeout takes an integer, also a negative one', async () => {
    expect((await command(['--idle-timeout', '90'])).options.integer('idle-timeout')).toBe(90);
    expect((await command(['--idle-timeout', '-1'])).options.integer('idle-timeout')).toBe(-1);
    expect((await command([])).options.integer('idle-timeout')).toBeUndefined();
  });

  test('--override takes one or more values, which may hold spaces, commas and equal signs', async () => {
    const { options } = await command(['--override', 'a.b=1', 'c.d=x=y, z', '-v']);

    expect(options.list('override')).toEqual(['a.b=1', 'c.d=x=y, z']);
    expect(options.flag('verbose')).toBe(true);
  });

  test('that is repeated replaces what it said before', async () => {
    const { options } = await command(['--override', 'a.b=1', 'c.d=2', '--override', 'e.f=3', '--psk=a', '--psk=b']);

    expect(options.list('override')).toEqual(['e.f=3']);
    expect(options.text('psk')).toBe('b');
  });

  test('may be shortened as long as it stays clear which one is meant', async () => {
    const { options } = await command(['--resotocore', 'http://core:8900', '--ver', '--cert-key-p=x']);

    expect(options.text('resotocore-uri')).toBe('http://core:8900');
    expect(options.flag('verbose')).toBe(true);
    expect(options.text('cert-key-pass')).toBe('x');
  });

  test('is taken as text even when it looks like a number', async () => {
    expect((await command(['--subscriber-id', '007'])).options.text('subscriber-id')).toBe('007');
  });
});

describe('a usage error', () => {
  test.each([
    ['an unknown option', ['--fork=yes', '-x'], /^Unknown argument: --fork$/],
    ['a name every object has', ['--constructor', 'x'], /^Unknown argument: --constructor$/],
    ['an unknown short option', ['-x'], /^Unknown argument: -x$/],
    ['a word behind a flag', ['--verbose', 'false'], /^Unknown argument: false$/],
    ['a short flag with a value', ['-v=false'], /--verbose takes no value/],
    ['a value that looks like an option', ['--psk', '-secret'], /^--psk needs a value; .*--psk=…$/],
    ['an option in place of a value', ['--psk', '--verbose'], /^--psk needs a value/],
    ['several values at a joined list', ['--override=a.b=1', 'c.d=2'], /^Unknown argument: c\.d=2$/],
    ['an unknown option with a dot', ['--psk.x', 'y'], /--psk\.x/],
    ['an operand', ['now'], /now/],
    ['an operand behind --', ['--', 'now'], /now/],
    ['an ambiguous beginning', ['--cert-', 'x'], /--cert-key, --cert-key-pass/],
    ['an option without its value', ['--psk'], /psk/],
    ['an empty list', ['--override'], /--override/],
    ['a flag with a value', ['--verbose=false'], /--verbose takes no value/],
    ['no integer', ['--idle-timeout', '5.5'], /--idle-timeout: '5\.5' is not an integer/],
    ['levels that exclude each other', ['-v', '--quiet'], /--quiet is not allowed with --verbose/],
    ['a command behind its options', ['--psk', 'x', 'search', 'y'], /search has to come first/],
    ['a search without query', ['search'], /^search needs a query: resotoworker search <query>$/],
    ['two queries', ['search', 'all', 'x'], /x/],
    ['an option of another command', ['local', '--resotocore-uri', 'http://core'], /resotocore-uri/],
  ])('is %s, and comes with the usage', async (_, args, message) => {
    await expect(command(args)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(message),
      hint: expect.stringMatching(/^usage: resotoworker.* \[options\]\nAll options: resotoworker.* --help$/),
    });
  });
});

test.each(workerOptions(resotoworker).map(({ name, type }) => [name, type] as const))(
  '--%s can be set as a variable, and the command line wins over it',
  async (name, type) => {
    const variable = `RESOTOWORKER_${name.toUpperCase().replaceAll('-', '_')}`;
    const [inEnvironment, given] =
      type === 'int' ? ['1', '2'] : type === 'flag' ? ['yes', undefined] : ['a.b=1', 'a.b=2'];
    const env = { [variable]: inEnvironment };

    const fromEnvironment = await command([], env);
    const fromBoth = await command([`--${name}`, ...(given === undefined ? [] : [given])], env);

    const read = ({ options }: Command) =>
      type === 'int'
        ? options.integer(name)
        : type === 'list'
          ? options.list(name)[0]
          : (options.text(name) ?? options.flag(name));
    expect(read(fromEnvironment)).toBe(type === 'int' ? 1 : type === 'flag' ? true : 'a.b=1');
    expect(read(fromBoth)).toBe(type === 'int' ? 2 : type === 'flag' ? true : 'a.b=2');
  },
);

test('a value that begins with a dash is taken when it is joined, a number, or has a space in it', async () => {
  const joined = await command(['--psk=-secret']);
  const number = await command(['--psk', '-5']);
  const spaced = await command(['--psk', '-a secret']);

  expect([joined, number, spaced].map(({ options }) => options.text('psk'))).toEqual(['-secret', '-5', '-a secret']);
});

test.each(['"', "'", '""', "''", '"quoted"', "'quoted'"])('the quotes of %s stay in a value', async (value) => {
  const { options } = await command([`--psk=${value}`, '--override', value, `${value} x`, value]);

  expect(options.text('psk')).toBe(value);
  expect(options.list('override')).toEqual([value, `${value} x`, value]);
});

test('a list may hold an empty value and one that begins with a dash', async () => {
  expect((await command(['--override='])).options.list('override')).toEqual(['']);
  expect((await command(['--override', '-a b', '-5'])).options.list('override')).toEqual(['-a b', '-5']);
});

test.each(['help', '--', '-', 'version', '-1', 'a\nb'])('%j can be searched for', async (query) => {
  expect((await command(['search', '--json', '--', query])).operands).toEqual([query]);
});

test('a flag may be given twice, and in one word with others', async () => {
  const { options } = await command(['-vv', '--verbose']);

  expect(options.flag('verbose')).toBe(true);
});

describe('fixworker', () => {
  test('has the names and defaults of its generation', async () => {
    const { options } = await command([], {}, fixworker);
    const search = await command(['search', 'all'], {}, fixworker);
    const help = parseArguments(['--help'], {}, fixworker);

    expect(options.text('subscriber-id')).toBe('fix.worker');
    expect(options.text('fixcore-uri')).toBe('https://localhost:8900');
    expect(search.options.text('graph')).toBe('fix');
    expect(help.name === 'help' && help.text).toMatch(
      /^usage: fixworker[^]*fix worker[^]*--fixcore-uri[^]*FIXWORKER_PSK/,
    );
  });

  test('understands the arguments and variables of resotoworker', async () => {
    const { options } = await command(
      ['--resotocore-uri', 'http://core'],
      { RESOTOWORKER_PSK: 'secret', RESOTOWORKER_OVERRIDE1: 'a.b=c d', RESOTOWORKER_VERBOSE: 'yes' },
      fixworker,
    );

    expect(options.text('fixcore-uri')).toBe('http://core');
    expect(options.text('psk')).toBe('secret');
    expect(options.list('override')).toEqual(['a.b=c d']);
    expect(options.flag('verbose')).toBe(true);
  });

  test('takes its own variable before the one of resotoworker', async () => {
    const env = { RESOTOWORKER_RESOTOCORE_URI: 'http://old', FIXWORKER_FIXCORE_URI: 'http://own' };

    expect((await command([], env, fixworker)).options.text('fixcore-uri')).toBe('http://own');
  });
});

test('resotoworker understands the arguments and variables of fixworker, and no other word that begins like them', async () => {
  const env = { FIXWORKER_PSK: 'secret', FIXWORKER_FIXCORE_URI: 'http://env', FIXTURES: 'x' };

  const given = await command(['--fixcore-uri=http://core'], env);
  const fromEnv = await command([], env);

  expect(given.options.text('resotocore-uri')).toBe('http://core');
  expect(fromEnv.options.text('resotocore-uri')).toBe('http://env');
  expect(fromEnv.options.text('psk')).toBe('secret');
  expect(familyEnvironment(resotoworker, env)).not.toHaveProperty('RESOTOTURES');
});

describe('a variable', () => {
  test('stands in for its option, and the command line wins over it', async () => {
    const env = { RESOTOWORKER_PSK: 'from env', RESOTOWORKER_RESOTOCORE_URI: 'http://env' };

    const { options } = await command(['--psk', 'given'], env);

    expect(options.text('psk')).toBe('given');
    expect(options.text('resotocore-uri')).toBe('http://env');
  });

  test('that is empty means no key, and so does an empty option over a key in the environment', async () => {
    expect((await command([], { RESOTOWORKER_PSK: '' })).options.text('psk')).toBeUndefined();
    expect((await command(['--psk', ''], { RESOTOWORKER_PSK: 'key' })).options.text('psk')).toBeUndefined();
  });

  test('of a level does not exclude an option of another level', async () => {
    const { options } = await command(['--quiet'], { RESOTOWORKER_VERBOSE: 'true' });

    expect([options.flag('quiet'), options.flag('verbose')]).toEqual([true, true]);
  });

  test('that cannot be converted is no error where its option is given', async () => {
    const { options } = await command(['--idle-timeout', '9'], { RESOTOWORKER_IDLE_TIMEOUT: '' });

    expect(options.integer('idle-timeout')).toBe(9);
  });

  test('that cannot be converted is a usage error', async () => {
    await expect(command([], { RESOTOWORKER_IDLE_TIMEOUT: 'abc' })).rejects.toMatchObject({
      code: 'usage',
      message: "RESOTOWORKER_IDLE_TIMEOUT: 'abc' is not an integer",
      hint: 'usage: resotoworker [options]\nAll options: resotoworker --help',
    });
  });

  test('belongs to a command only when its option does', async () => {
    const { options } = await command(['search', 'all'], {
      RESOTOWORKER_IDLE_TIMEOUT: 'abc',
      RESOTOWORKER_JSON: 'yes',
    });

    expect(options.flag('json')).toBe(true);
  });
});

describe('help', () => {
  test.each([[['-h']], [['--help']], [['--he']], [['--help=x']], [['local', '--help']], [['search', '-h']]])(
    'is printed for %j',
    async (args) => {
      expect(parseArguments(args, {})).toMatchObject({
        name: 'help',
        text: expect.stringMatching(/^usage: resotoworker[\s\S]*--psk/),
      });
    },
  );

  test.each([[['--machine-help']], [['--machine', '--psk', 'x']]])('for machines is printed for %j', async (args) => {
    const help = parseArguments(args, {});

    expect(help.name === 'help' && help.text.split('\n')).toEqual([
      '--subscriber-id',
      '--idle-timeout',
      '--psk',
      '--verbose',
      '-v',
      '--trace',
      '--quiet',
      '--resotocore-uri',
      '--override',
      '--ca-cert',
      '--cert',
      '--cert-key',
      '--cert-key-pass',
      '--no-verify-certs',
      '--data',
    ]);
  });
});

test('the description of the program is the one of the reference', () => {
  const help = parseArguments(['--help'], {});

  expect(help.name === 'help' && help.text.split('\n')).toContain('resoto worker');
});

test('a command is named first and has options of its own', async () => {
  const local = await command(['local', '--once', '--data', 'graph', '--port', '0']);
  const search = await command(['search', 'is(instance)', '--graph', 'other']);

  expect(local).toMatchObject({ name: 'local', operands: [] });
  expect([local.options.flag('once'), local.options.text('data'), local.options.integer('port')]).toEqual([
    true,
    'graph',
    0,
  ]);
  expect(local.options.text('host')).toBe('127.0.0.1');
  expect(search).toMatchObject({ name: 'search', operands: ['is(instance)'] });
  expect(search.options.text('graph')).toBe('other');
});

async function command(args: readonly string[], env: NodeJS.ProcessEnv = {}, program?: Program): Promise<Command> {
  const parsed = parseArguments(args, env, program);
  if (parsed.name === 'help') throw new Error(`${args.join(' ')} printed help`);
  return parsed;
}
