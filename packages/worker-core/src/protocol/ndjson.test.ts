import { expect, test } from '@jest/globals';
import { lineBatches, parseLines, splitLines } from './ndjson.ts';

async function* bytes(...chunks: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield Buffer.from(chunk);
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

test('lines are found wherever the stream is cut', async () => {
  const text = '{"a":"ü"}\n\n{"b":1}\r\n  \n{"c":2}';

  for (let at = 1; at < Buffer.byteLength(text); at++) {
    const whole = Buffer.from(text);
    const documents = await all(parseLines(bytes(whole.subarray(0, at), whole.subarray(at))));

    expect(documents).toEqual([{ a: 'ü' }, { b: 1 }, { c: 2 }]);
  }
});

test('all lines of a chunk come at once', async () => {
  expect(await all(lineBatches(bytes('1\n2\n3', '4\n', '5')))).toEqual([['1', '2'], ['34'], ['5']]);
});

test('a line that never ends is refused', async () => {
  await expect(all(splitLines(bytes('12345', '67890'), { maxLength: 8 }))).rejects.toMatchObject({
    code: 'line_too_long',
  });
  await expect(all(splitLines(bytes('123456789\n'), { maxLength: 8 }))).rejects.toMatchObject({
    code: 'line_too_long',
  });
});

test('a line that is not JSON is shown', async () => {
  await expect(all(parseLines(bytes('<html>\n')))).rejects.toMatchObject({
    code: 'broken_json',
    message: expect.stringContaining('<html>'),
  });
});
