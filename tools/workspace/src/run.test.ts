import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { repositoryRoot } from '@resoto/tools-shared';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'run-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

test('the program gets arguments and standard input, and its exit code is returned', async () => {
  const runner = await started(`
    const chunks: string[] = [];
    for await (const chunk of process.stdin.setEncoding('utf8')) chunks.push(String(chunk));
    console.log(process.argv.slice(2).join(' '), chunks.join(''));
    process.exit(7);
  `);
  runner.stdin.end('from outside');

  const [output, exit] = await Promise.all([text(runner.stdout), once(runner, 'exit')]);

  expect(output).toBe('one two from outside\n');
  expect(exit).toEqual([7, null]);
});

test.each(['SIGINT', 'SIGTERM'] as const)('%s reaches the program, which decides how to end', async (signal) => {
  const runner = await started(`
    process.once('${signal}', () => process.exit(9));
    console.log('ready');
    setInterval(() => {}, 1000);
  `);
  await once(runner.stdout, 'data');

  runner.kill(signal);

  expect(await once(runner, 'exit')).toEqual([9, null]);
});

test('a program that was killed is no success', async () => {
  const runner = await started(`process.kill(process.pid, 'SIGKILL');`);

  expect(await once(runner, 'exit')).toEqual([137, null]);
});

test('the program learns a command that calls resotoworker here', async () => {
  const runner = await started('console.log(process.env.RESOTO_PROGRAM);');
  const command = (await text(runner.stdout)).trim();

  const called = spawn(`${command} --machine-help`, {
    cwd: repositoryRoot,
    shell: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });

  expect(await text(called.stdout)).toMatch(/^--subscriber-id\n/);
});

async function started(source: string): Promise<ChildProcessByStdio<Writable, Readable, null>> {
  const program = join(folder, 'program.mts');
  await writeFile(program, source);
  return spawn(process.execPath, [join(repositoryRoot, 'tools/run.mjs'), program, 'one', 'two'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
}
