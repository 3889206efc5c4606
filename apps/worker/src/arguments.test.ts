import { describe, expect, test } from '@jest/globals';

import { parseArguments, type Command } from './arguments.ts';

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
    ['an unknown option', ['--fork'], /^Unknown argument: --fork$/],
    ['two unknown options', ['--fork=yes', '-x'], /^Unknown arguments: --fork, -x$/],
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
      hint: expect.stringMatching(/^resotoworker[\s\S]*--psk/),
    });
  });
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

  test('that cannot be converted is a usage error', async () => {
    await expect(command([], { RESOTOWORKER_IDLE_TIMEOUT: 'abc' })).rejects.toMatchObject({
      code: 'usage',
      message: "RESOTOWORKER_IDLE_TIMEOUT: 'abc' is not an integer",
      hint: expect.stringContaining('--idle-timeout'),
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
  test.each([[['-h']], [['--help']], [['--he']], [['local', '--help']], [['search', '-h']]])(
    'is printed for %j',
    async (args) => {
      expect(await parseArguments(args, {})).toMatchObject({
        name: 'help',
        text: expect.stringMatching(/^resotoworker[\s\S]*--psk/),
      });
    },
  );

  test.each([[['--machine-help']], [['--machine', '--psk', 'x']]])('for machines is printed for %j', async (args) => {
    const help = await parseArguments(args, {});

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

async function command(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Command> {
  const parsed = await parseArguments(args, env);
  if (parsed.name === 'help') throw new Error(`${args.join(' ')} printed help`);
  return parsed;
}
