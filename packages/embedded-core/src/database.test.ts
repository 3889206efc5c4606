import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { failure } from '../test/acme.ts';
import { openDatabase } from './database.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'embedded-core-'));
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('openDatabase', () => {
  test('keeps what was stored in a file over a restart', () => {
    const file = join(directory, 'core.db');
    const first = openDatabase({ file });
    first.migrate('things', ['CREATE TABLE things (name TEXT)']);
    first.prepare('INSERT INTO things VALUES (?)').run('kept');
    first.close();

    const second = openDatabase({ file });

    expect(second.prepare<{ name: string }>('SELECT name FROM things').all()).toEqual([{ name: 'kept' }]);
    second.close();
  });

  test('names a file that is no database', async () => {
    const file = join(directory, 'core.db');
    writeFileSync(file, 'this is a text, and a long one, so that it cannot be taken for an empty database'.repeat(20));

    expect(await failure(() => openDatabase({ file }))).toMatchObject({ code: 'database_failed', facts: { file } });
  });

  test('names a directory that does not exist', async () => {
    const file = join(directory, 'missing', 'core.db');

    expect(await failure(() => openDatabase({ file }))).toMatchObject({ code: 'database_failed' });
  });
});

describe('migrate', () => {
  test('applies each step once and in order', () => {
    const database = openDatabase();
    database.migrate('things', ['CREATE TABLE things (name TEXT)']);

    database.migrate('things', ['CREATE TABLE things (name TEXT)', 'ALTER TABLE things ADD COLUMN size INTEGER']);
    database.migrate('things', ['CREATE TABLE things (name TEXT)', 'ALTER TABLE things ADD COLUMN size INTEGER']);

    database.prepare('INSERT INTO things VALUES (?, ?)').run('a', 1);
    expect(database.prepare('SELECT * FROM things').all()).toEqual([{ name: 'a', size: 1 }]);
  });

  test('refuses tables of a later version', async () => {
    const database = openDatabase();
    database.migrate('things', ['CREATE TABLE things (name TEXT)', 'ALTER TABLE things ADD COLUMN size INTEGER']);

    expect(await failure(() => database.migrate('things', ['CREATE TABLE things (name TEXT)']))).toMatchObject({
      code: 'database_too_new',
      facts: { component: 'things', version: 2, known: 1 },
    });
  });

  test('changes nothing when a step fails', async () => {
    const database = openDatabase();

    await failure(() => database.migrate('things', ['CREATE TABLE things (name TEXT)', 'no SQL']));

    database.migrate('things', ['CREATE TABLE things (name TEXT)']);
    expect(database.prepare('SELECT * FROM things').all()).toEqual([]);
  });
});

test('a transaction that throws changes nothing', async () => {
  const database = openDatabase();
  database.migrate('things', ['CREATE TABLE things (name TEXT)']);

  const error = await failure(() =>
    database.transaction(() => {
      database.prepare('INSERT INTO things VALUES (?)').run('lost');
      throw Object.assign(new Error('stop'), { code: 'stop' });
    }),
  );

  expect(error.code).toBe('stop');
  expect(database.prepare('SELECT * FROM things').all()).toEqual([]);
});
