import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeWith } from '@resoto/tools-shared/jest';

import { AcmeCloud, acmePackage } from './acme-cloud.ts';
import { CoreProgram } from './core-program.ts';
import { killPrograms } from './program.ts';
import { installProgram, startWorker } from './worker-program.ts';

const run = promisify(execFile);
const evil = 'b\u001b]0;owned\u0007\u001b[2J';

let directory: string;
let main: URL;
let cloud: AcmeCloud;
let core: CoreProgram;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'terminal-'));
  main = await installProgram(directory, { acme: acmePackage });
  cloud = await AcmeCloud.start();
  cloud.accounts = { one: [{ id: 'a' }, { id: evil }] };
  core = await CoreProgram.start();
  await core.configure({ resotoworker: { collector: ['acme'] }, acme: { endpoint: cloud.endpoint } });
  await startWorker({ uri: core.uri, directory, main });
  await core.finished(await core.startCollect());
});

afterAll(async () => {
  await killPrograms();
  await cloud.stop();
  await core.remove();
  await rm(directory, { recursive: true });
});

describeWith('on a terminal', [{ missing: await withoutScript() }], () => {
  test('a search is a table, and a cloud has no power over the terminal', async () => {
    const output = await onTerminal(['search', 'is(acme_box)', '--resotocore-uri', core.uri]);

    const lines = output.trimEnd().split('\r\n');
    expect(lines[0]).toMatch(/^kind +name +id +account +region +age$/);
    expect(lines[1]).toMatch(/^acme_box +a +a +one +Europe/);
    expect(lines.at(-1)).toBe('2 nodes');
    expect(output).not.toContain('\u001b');
    expect(output).not.toContain('owned');
  });

  test('a search writes JSON lines when asked to', async () => {
    const output = await onTerminal(['search', 'is(acme_box)', '--json', '--resotocore-uri', core.uri]);

    const [first] = output.split('\r\n');
    expect(JSON.parse(first ?? '')).toMatchObject({ reported: { kind: 'acme_box' } });
    expect(output).not.toContain('\u001b');
  });

  test('a collect is a picture that changes, then a summary', async () => {
    const output = await onTerminal([
      ...['local', '--once', '--port', '0'],
      ...['--override', 'resotoworker.collector=acme', `acme.endpoint=${cloud.endpoint}`],
    ]);

    expect(output).toContain('\u001b[0J');
    expect(output).toContain('✔ acme one: complete');
    expect(output).toMatch(/\r\n {2}acme_box +2\r\n/);
    expect(output).not.toContain('owned');
  });
});

/** What the program writes to a terminal, with exit code 0. */
async function onTerminal(args: readonly string[]): Promise<string> {
  const command = [process.execPath, '--conditions=@resoto/source', main.pathname, ...args].map(quoted).join(' ');
  const { stdout } = await run(
    'script',
    ['--quiet', '--return', '--command', `stty cols 100; ${command}`, '/dev/null'],
    {
      env: { PATH: process.env['PATH'], HOME: directory, TERM: 'xterm', AWS_EC2_METADATA_DISABLED: 'true' },
    },
  );
  return stdout;
}

function quoted(argument: string): string {
  return `'${argument}'`;
}

/** The one of util-linux; other systems have another one with the same name. */
async function withoutScript(): Promise<string | undefined> {
  try {
    const { stdout } = await run('script', ['--version']);
    return stdout.includes('util-linux') ? undefined : 'no script of util-linux';
  } catch {
    return 'no script of util-linux';
  }
}
