import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { errorCode } from './errors.ts';
import { makeDirectory } from './make-directory.ts';

let parent: string;

beforeAll(() => {
  parent = mkdtempSync(join(tmpdir(), 'make-'));
});

afterAll(() => rmSync(parent, { recursive: true }));

test('directories are made for this user alone, and may be there already', () => {
  makeDirectory(join(parent, 'a/b'));
  makeDirectory(join(parent, 'a/b/c'));
  makeDirectory(join(parent, 'a/b/c'));

  const modes = ['a', 'a/b', 'a/b/c'].map((path) => statSync(join(parent, path)).mode & 0o777);
  expect(modes).toEqual([0o700, 0o700, 0o700]);
});

test('what cannot be a directory is an error', () => {
  const file = join(parent, 'file');
  writeFileSync(file, '');
  const reason = (path: string): string | undefined => {
    try {
      makeDirectory(path);
      return undefined;
    } catch (error) {
      return errorCode(error);
    }
  };

  expect(reason(file)).toBe('EEXIST');
  expect(reason(join(file, 'below'))).toBe('ENOTDIR');
  expect(reason(process.platform === 'linux' ? '/proc/none/below' : join(file, 'a/b'))).toMatch(/ENOENT|ENOTDIR/);
});
