import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { recordingLog, type RecordingLog } from '../testing/recording-log.ts';
import { writeHomeFiles } from './home-files.ts';

let directory: string;
let home: string;
let log: RecordingLog;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'home-'));
  home = join(directory, 'user');
  await mkdir(home);
  log = recordingLog();
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

describe('a file in the home directory', () => {
  test.each([
    ['relative', () => '.aws/credentials'],
    ['with a leading ~', () => '~/.aws/credentials'],
    ['absolute', () => join(home, '.aws/credentials')],
    ['with detours', () => '../user/.aws/../.aws/credentials'],
  ])('is written, its path %s', async (_title, path) => {
    await write({ [path()]: 'key = ä' });

    expect(await readFile(join(home, '.aws/credentials'), 'utf8')).toBe('key = ä');
    expect(log.messages('warn')).toEqual([]);
  });

  test('is for its owner alone, with the directories that were made for it', async () => {
    await write({ '.aws/credentials': 'key' });

    expect(await mode('.aws/credentials')).toBe(0o600);
    expect(await mode('.aws')).toBe(0o700);
  });

  test('that existed is replaced and for its owner alone, too', async () => {
    await writeFile(join(home, 'key'), 'a longer text of old', { mode: 0o644 });
    await chmod(home, 0o755);

    await write({ key: 'new' });

    expect(await readFile(join(home, 'key'), 'utf8')).toBe('new');
    expect(await mode('key')).toBe(0o600);
    expect(await mode('.')).toBe(0o755);
    expect(await readdir(home)).toEqual(['key']);
  });

  test('may have the longest name there is', async () => {
    await write({ ['x'.repeat(255)]: 'new' });

    expect(await readdir(home)).toEqual(['x'.repeat(255)]);
  });

  test('of the newer setting wins over that of the deprecated one, whose entries are written in order', async () => {
    const old = [
      { path: 'a', content: '1' },
      { path: 'a', content: '2' },
      { path: 'b', content: '3' },
    ];

    await writeHomeFiles({ write_files_to_home_dir: old, files_in_home_dir: { b: '4' } }, { home, log });

    expect(await Promise.all(['a', 'b'].map((name) => readFile(join(home, name), 'utf8')))).toEqual(['2', '4']);
  });

  test('is written when the home directory is a symbolic link', async () => {
    const link = join(directory, 'link');
    await symlink(home, link);

    await writeHomeFiles(settings({ a: '1', [join(link, 'b')]: '2', [join(home, 'c')]: '3' }), { home: link, log });

    expect(await readdir(home)).toEqual(['a', 'b', 'c']);
    expect(log.messages('warn')).toEqual([]);
  });

  test('that is a link to another one there stays a link', async () => {
    await writeFile(join(home, 'real'), 'old');
    await symlink('real', join(home, 'link'));

    await write({ link: 'new' });

    expect((await lstat(join(home, 'link'))).isSymbolicLink()).toBe(true);
    expect(await readFile(join(home, 'real'), 'utf8')).toBe('new');
  });
});

describe('a file is left out with a warning', () => {
  test.each([
    ['above the home directory', '../other'],
    ['absolute and elsewhere', '/etc/passwd-of-nobody'],
    ['beside it, with a name that begins alike', '../user2'],
    ['behind a link that leads outside', 'out/file'],
    ['in the home directory of somebody else', '~nobody/file'],
  ])('%s', async (_title, path) => {
    const outside = join(directory, 'outside');
    await mkdir(outside);
    await symlink(outside, join(home, 'out'));

    await write({ [path]: 's3cr3t', good: 'x' });

    expect(log.records.filter(({ level }) => level === 'warn')).toMatchObject([
      {
        message: 'file left out of the home directory',
        facts: { path, reason: 'it is outside of the home directory' },
      },
    ]);
    expect(await readdir(outside)).toEqual([]);
    expect(await readdir(directory)).toEqual(['outside', 'user']);
    expect(await readdir(home)).toContain('good');
  });

  test.each(['', '.', '~', 'sub', 'sub/'])('where %j is a directory', async (path) => {
    await mkdir(join(home, 'sub'));

    await write({ [path]: 's3cr3t' });

    expect(log.records).toMatchObject([{ level: 'warn', facts: { path, reason: 'it is a directory' } }]);
  });

  test.each([
    ['that goes through a file', 'file/below'],
    ['with a character no path has', 'a\0b'],
    ['that is too long', 'x'.repeat(300)],
  ])('that cannot be written: a path %s, and the others are written', async (_title, path) => {
    await writeFile(join(home, 'file'), '');

    await write({ [path]: 's3cr3t', good: 'x' });

    expect(log.messages('warn')).toEqual(['file cannot be written to the home directory']);
    expect(JSON.stringify(log.records)).not.toContain('s3cr3t');
    expect(await readdir(home)).toEqual(['file', 'good']);
  });

  test('whose home directory nobody may write to', async () => {
    // Not even root may make a file there.
    await writeHomeFiles(settings({ a: 's3cr3t', b: 's3cr3t' }), { home: '/proc/self', log });

    expect(log.messages('warn')).toEqual(Array(2).fill('file cannot be written to the home directory'));
  });
});

test('no files are nothing to do', async () => {
  await writeHomeFiles({ write_files_to_home_dir: [], files_in_home_dir: null }, { home, log });

  expect(await readdir(home)).toEqual([]);
  expect(log.records).toEqual([]);
});

function write(files: Readonly<Record<string, string>>): Promise<void> {
  return writeHomeFiles(settings(files), { home, log });
}

function settings(files: Readonly<Record<string, string>>) {
  return { write_files_to_home_dir: [], files_in_home_dir: files };
}

async function mode(path: string): Promise<number> {
  return (await stat(join(home, path))).mode & 0o777;
}
