import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { describeWith } from './describe-with.ts';
import { moto } from './emulators.ts';
import { pythonEnvironment } from './python.ts';

const run = promisify(execFile);
const emulator = await moto();
let folder: string;
let lines: string[];

const announce = (line: string): void => {
  lines.push(line);
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'python-'));
  lines = [];
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

describeWith('a Python environment', [emulator], () => {
  test('is made once, and anew when its packages change', async () => {
    const options = { name: 'one', install: ['--no-index', 'pip'], folder, announce };
    const first = await pythonEnvironment(options);
    const { stdout } = await run(String(first.python), ['-c', 'import sys; print(sys.prefix)']);
    const second = await pythonEnvironment(options);
    const changed = await pythonEnvironment({ ...options, install: ['--no-index', 'no-such-package'] });
    const again = await pythonEnvironment({ ...options, install: ['--no-index', 'no-such-package'] });

    const back = await pythonEnvironment(options);

    expect(stdout.trim()).toBe(join(folder, 'one'));
    expect(await run(String(back.python), ['-m', 'pip', '--version'])).toMatchObject({ stderr: '' });
    expect(second).toEqual(first);
    expect(changed.missing).toMatch(/^no Python environment "one": .*no-such-package/);
    expect(again).toEqual(changed);
    expect(lines).toHaveLength(3);
    expect(existsSync(join(folder, 'one.lock'))).toBe(false);
  });
});
