import { Writable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { WorkerError } from '../errors.ts';
import { defaultTextFormat, jsonLine, textLine } from './log-format.ts';
import { logLevel } from './log-level.ts';
import { openLog, textOption, timeOption, type LogOptions } from './log.ts';
import { Secrets } from './secrets.ts';

const process = { name: 'resotoworker', pid: 30 };
const record = {
  time: Date.UTC(2024, 1, 19, 11, 2, 27),
  level: 'warn',
  message: 'scope denied',
  thread: 'main',
} as const;

describe('a JSON line', () => {
  test('begins with the known members in their order, then the facts', () => {
    const line = jsonLine({ ...record, facts: { region: 'eu', level: 2 } }, process);

    expect(line).toBe(
      '{"timestamp":"2024-02-19T11:02:27Z","level":"WARNING","message":"scope denied","pid":30,"thread":"main",' +
        '"process":"resotoworker","region":"eu","level_":2}',
    );
  });

  test('is written even for facts that are no JSON', () => {
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;

    expect(() => jsonLine({ ...record, facts: { cycle } }, process)).not.toThrow();
  });
});

describe('a text line', () => {
  test('has the columns of the reference and the facts behind the message', () => {
    const line = textLine({ ...record, facts: { region: 'eu', text: 'two words' } }, process);

    expect(line).toMatch(/^\d\d-\d\d-\d\d \d\d:\d\d:\d\d\|resotoworker\|WARNING\|30\| {6}main {2}scope denied/);
    expect(line).toMatch(/ region=eu text="two words"$/);
  });

  test('follows a layout of percent tokens', () => {
    const layout = '%(levelname)-9s|%(process)d|%(unknown)s %(message)s';

    expect(textLine({ ...record, facts: {} }, process, layout)).toBe('WARNING  |30|%(unknown)s scope denied');
  });

  test('cuts and fills as the layout says', () => {
    const layout = '%(levelname).4s %(process)05d %(levelno)s %(message)14s 100%%';

    expect(textLine({ ...record, facts: {} }, process, layout)).toBe('WARN 00030 30   scope denied 100%');
  });
});

test.each([
  ['%(created)f', '1708340547.006000'],
  ['%(created).2f', '1708340547.01'],
  ['%(created)d', '1708340547'],
  ['%(msecs)03d', '006'],
  ['%(msecs)d', '6'],
  ['%(process).3d', '030'],
  ['%(process)-4d|', '30  |'],
  ['%(levelname)08s', ' WARNING'],
  ['%(levelname)d', 'WARNING'],
  ['100%% 5%', '100% 5%'],
])('the layout %j gives %j', (layout, line) => {
  const time = record.time + 6;

  expect(textLine({ ...record, time, facts: {} }, process, layout)).toBe(line);
});

test('a text line brings no control character to a terminal', () => {
  const line = textLine(
    { ...record, facts: { account: 'a\u001b[2J', other: 'b\u009b2J c' }, exception: 'x\u0007\n  at y' },
    process,
  );

  expect(line).toContain('account=a\ufffd[2J other="b\ufffd2J c"\nx\ufffd\n  at y');
});

describe('the log', () => {
  test('leaves out what is below its level', async () => {
    const { log, lines } = await open({ level: 'info' });

    log.debug('not this');
    log.info('this');

    expect(lines().map(({ message }) => message)).toEqual(['this']);
  });

  test('shows text, code and hint of an error, and no stack when somebody foresaw it', async () => {
    const { log, lines } = await open({});
    const cause = new WorkerError('connection_closed', 'socket closed');

    log.error('upload failed', { error: new WorkerError('core_failed', 'no answer', { hint: 'Look there.', cause }) });

    expect(lines()[0]).toMatchObject({ error: 'no answer', code: 'core_failed', hint: 'Look there.' });
    expect(lines()[0]).not.toHaveProperty('exception');
  });

  test('has neither code nor hint of an error without them', async () => {
    const { log, text } = await open({ text: '%(message)s' });

    log.error('upload failed', { error: new Error('no answer'), other: undefined });

    expect(text()).toMatch(/^upload failed error="no answer"\n/);
  });

  test('shows the stack of a mistake in a program', async () => {
    const { log, lines } = await open({});
    const cause = new TypeError('x is undefined', { cause: new Error('the first one') });

    log.error('upload failed', { error: new WorkerError('core_failed', 'no answer', { cause }) });

    expect(lines()[0]).toMatchObject({ error: 'no answer', code: 'core_failed' });
    expect(String(lines()[0]?.['exception'])).toMatch(
      /^TypeError: x is undefined[\s\S]*Caused by: Error: the first one/,
    );
  });

  test('names the thread of a child', async () => {
    const { log, lines } = await open({});

    log.child('aws_123').info('x');

    expect(lines()[0]).toMatchObject({ thread: 'aws_123' });
  });

  test('masks secrets in messages, facts and stacks (no. 9)', async () => {
    const secrets = new Secrets();
    secrets.add('s3cr3t/1');
    const { log, lines } = await open({ secrets });

    log.error('key s3cr3t/1 refused', {
      url: 'https://x/?key=s3cr3t%2F1',
      nested: [{ password: 'hunter2', list: ['s3cr3t/1'] }],
      error: new Error('bad s3cr3t/1'),
      header: 'Bearer abcdefghijkl',
    });

    const text = JSON.stringify(lines());
    expect(text).not.toMatch(/s3cr3t|hunter2|abcdefghijkl/);
    expect(lines()[0]).toMatchObject({ message: 'key *** refused', nested: [{ password: '***', list: ['***'] }] });
  });
});

describe('a level that is changed', () => {
  test('counts for the log, its children and its parent (no. 29)', async () => {
    const { log, lines } = await open({ level: 'error' });
    const child = log.child('aws_123');
    const changes: string[] = [];
    const end = log.onLevel((level) => changes.push(level));

    log.info('not this');
    child.setLevel('debug');
    log.debug('one');
    child.debug('two');
    end();
    log.setLevel('error');
    child.warn('nor this');

    expect(lines().map(({ message }) => message)).toEqual(['one', 'two']);
    expect([log.level, child.level, ...changes]).toEqual(['error', 'error', 'debug']);
  });

  test.each([
    ['error', ['CRITICAL', 'ERROR']],
    ['info', ['CRITICAL', 'ERROR', 'WARNING', 'INFO']],
    ['trace', ['CRITICAL', 'ERROR', 'WARNING', 'INFO', 'DEBUG', 'TRACE']],
  ] as const)('to %s writes what it is called', async (level, written) => {
    const { log, lines } = await open({});

    log.setLevel(level);
    for (const name of ['critical', 'error', 'warn', 'info', 'debug', 'trace'] as const) log[name]('x');

    expect(lines().map((line) => line['level'])).toEqual(written);
  });
});

test('a part of the program is named behind its name', () => {
  const part = { ...record, part: 'aws', facts: {} };

  expect(jsonLine(part, process)).toContain('"process":"resotoworker-aws"');
  expect(textLine(part, process)).toContain('|resotoworker-aws|');
});

test('times are local and without zone when that is asked for (no. 29)', () => {
  const local = new Date(2024, 1, 9, 1, 2, 3).getTime();

  expect(jsonLine({ ...record, time: local, facts: {} }, process, 'local')).toContain('"2024-02-09T01:02:03"');
  expect(timeOption({ RESOTO_LOG_TIME: 'Local' })).toBe('local');
  expect(timeOption({ FIX_LOG_TIME: 'utc' })).toBe('utc');
  expect(timeOption({})).toBe('utc');
});

describe('secrets', () => {
  test('in addresses are masked even when nobody registered them', () => {
    const text = new Secrets().redact('GET https://me:hunter2@host:8900/a failed, see http://host/x@y:z');

    expect(text).toBe('GET https://me:***@host:8900/a failed, see http://host/x@y:z');
  });

  test('in the lines of a file are masked one by one, and what is no secret stays', () => {
    const secrets = new Secrets();
    const key = 'Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6';
    secrets.add(`[default]\naws_secret_access_key = s3cr3ts3cr3t\nregion = us-east-1\n"token": "j50nj50n",\n${key}\n`);

    const text = secrets.redact(`s3cr3ts3cr3t us-east-1 j50nj50n ${key}`);

    expect(text).toBe('*** us-east-1 *** ***');
  });
});

test.each([
  [{}, 'info'],
  [{ quiet: true }, 'error'],
  [{ quiet: true, verbose: true }, 'debug'],
  [{ verbose: true, trace: true }, 'trace'],
])('switches %j ask for level %s (no. 29)', (switches, level) => {
  expect(logLevel(switches)).toBe(level);
});

test('text lines are asked for by environment', () => {
  expect(textOption({})).toBe(false);
  expect(textOption({ RESOTO_LOG_FORMAT: '%(message)s' })).toBe(false);
  expect(textOption({ RESOTO_LOG_TEXT: 'True' })).toBe(true);
  expect(textOption({ FIX_LOG_TEXT: 'true', FIX_LOG_FORMAT: defaultTextFormat })).toBe(defaultTextFormat);
  expect(textOption({ RESOTO_LOG_TEXT: 'true', RESOTO_LOG_FORMAT: '' })).toBe(true);
});

test('a variable under the name of the own generation wins', () => {
  const both = { RESOTO_LOG_TEXT: 'true', FIX_LOG_TEXT: 'false', RESOTO_LOG_TIME: 'local', FIX_LOG_TIME: 'utc' };

  expect([textOption(both, 'resoto'), timeOption(both, 'resoto')]).toEqual([true, 'local']);
  expect([textOption(both, 'fix'), timeOption(both, 'fix')]).toEqual([false, 'utc']);
});

async function open(options: Partial<LogOptions>) {
  let text = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  const log = await openLog({ level: 'info', stream, name: 'resotoworker', secrets: new Secrets(), ...options });
  const lines = (): Record<string, unknown>[] =>
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { log, lines, text: () => text };
}
