import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { acme, openGraph, removeGraphs } from '../testing/acme-graph.ts';
import { LineWriter } from './line-writer.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lines-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
  removeGraphs();
});

const path = (): string => join(directory, 'lines');

describe('a writer of lines', () => {
  test('writes short and long lines in their order, and knows where each begins', () => {
    const writer = new LineWriter(path());
    const lines = ['short', 'ü'.repeat(100_000), '', 'x'.repeat(600_000), '日本🚀'];
    const offsets = lines.map((line) => {
      const offset = writer.bytes;
      writer.writeLine(line);
      return offset;
    });
    writer.close();

    const bytes = readFileSync(path());

    expect(bytes.toString()).toBe(lines.map((line) => `${line}\n`).join(''));
    expect(offsets.map((offset) => bytes.toString('utf8', offset, bytes.indexOf(10, offset)))).toEqual(lines);
    expect(writer).toMatchObject({ lines: 5, bytes: bytes.length });
  });

  test('goes on where a write stopped short', () => {
    const writer = new LineWriter(path(), (file, bytes, offset, length) =>
      writeSync(file, bytes, offset, Math.min(length, 7)),
    );
    writer.writeLine('a line that takes more than one write');
    writer.close();

    expect(readFileSync(path(), 'utf8')).toBe('a line that takes more than one write\n');
  });

  test('fails with what to do when the disk is full, and from then on always', () => {
    const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    let isFull = true;
    const writer = new LineWriter(path(), (file, bytes, offset, length) => {
      if (isFull) throw full;
      return writeSync(file, bytes, offset, length);
    });
    writer.writeLine('lost');
    const failure = expect.objectContaining({
      code: 'spool_failed',
      message: `Cannot write the spool file ${path()}: no space left on device`,
      hint: expect.stringContaining('Free space'),
      cause: full,
    });

    expect(() => writer.flush()).toThrow(failure);

    isFull = false;
    expect(() => writer.writeLine('late')).toThrow(failure);
    expect(() => writer.close()).toThrow(failure);
    expect(readFileSync(path(), 'utf8')).toBe('');
  });

  test('refuses lines after it was closed', () => {
    const writer = new LineWriter(path());
    writer.close();

    expect(() => writer.writeLine('late')).toThrow(expect.objectContaining({ code: 'spool_failed' }));
  });

  test('names a directory it cannot write to', () => {
    expect(() => new LineWriter(join(directory, 'missing', 'lines'))).toThrow(
      expect.objectContaining({ code: 'spool_failed', message: expect.stringContaining('missing/lines') }),
    );
  });
});

const whereDevFullIs = existsSync('/dev/full') ? describe : describe.skip;

whereDevFullIs('a graph on a full disk', () => {
  test('fails while nodes are added, and leaves nothing behind', async () => {
    mkdirSync(join(directory, 'account'));
    symlinkSync('/dev/full', join(directory, 'account', 'nodes.ndjson'));
    const graph = openGraph({ directory: join(directory, 'account') });
    const account = graph.add(acme.account, { reported: { id: 'acc-1' }, parent: graph.cloud });
    const fill = (): void => {
      for (let node = 0; node < 10_000; node += 1) {
        graph.add(acme.volume, { reported: { id: `vol-${node}` }, parent: account });
      }
    };

    expect(fill).toThrow(
      expect.objectContaining({ code: 'spool_failed', facts: expect.objectContaining({ reason: 'ENOSPC' }) }),
    );

    await expect(graph.finish()).rejects.toMatchObject({ code: 'spool_failed' });
    await graph.discard();
    expect(existsSync(join(directory, 'account'))).toBe(false);
  });

  test('fails when it is finished, if everything fitted into memory until then', async () => {
    mkdirSync(join(directory, 'account'));
    symlinkSync('/dev/full', join(directory, 'account', 'edges.ndjson'));
    const graph = openGraph({ directory: join(directory, 'account') });
    graph.add(acme.account, { reported: { id: 'acc-1' }, parent: graph.cloud });

    await expect(graph.finish()).rejects.toMatchObject({
      code: 'spool_failed',
      message: expect.stringContaining('edges.ndjson'),
    });
  });
});

test('a graph does not begin where no directory can be made', () => {
  symlinkSync('/dev/null', join(directory, 'file'));

  expect(() => openGraph({ directory: join(directory, 'file', 'account') })).toThrow(
    expect.objectContaining({ code: 'spool_failed' }),
  );
});
