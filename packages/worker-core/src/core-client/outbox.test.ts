import { expect, test } from '@jest/globals';
import { ConnectionClosedError, ProtocolError } from '../errors.ts';
import { progressLeaf, progressTree, type Progress } from '../protocol/progress.ts';
import { Outbox, type OutboxOptions } from './outbox.ts';

function outbox(options: Partial<OutboxOptions> = {}): { box: Outbox; written: string[] } {
  const written: string[] = [];
  const box = new Outbox({
    write: async (frame) => {
      written.push(frame);
    },
    ...options,
  });
  return { box, written };
}

function info(box: Outbox, frame: string, key = 'a'): void {
  box.info(key, { frame, note: (leftOut) => `${leftOut} left out` });
}

function progress(box: Outbox, value: Progress, frame: string): void {
  box.progress('a', value, frame);
}

async function delivered(box: Outbox): Promise<void> {
  await box.empty(AbortSignal.timeout(60_000));
}

test('W1, W2: keeps everything until a connection is open, then sends it in order (no. 15)', async () => {
  const { box, written } = outbox();
  info(box, 'one');
  info(box, 'two');
  box.answer('a', 'answer', () => written.push('told'));
  expect(written).toEqual([]);

  box.open();
  await delivered(box);

  expect(written).toEqual(['one', 'two', 'answer', 'told']);
});

test('sends a frame again that was not written, and only that one', async () => {
  const written: string[] = [];
  let attempts = 0;
  const { box } = outbox({
    write: async (frame) => {
      attempts += 1;
      if (attempts % 2 === 1) throw new ConnectionClosedError('cut');
      written.push(frame);
    },
  });
  for (const frame of ['one', 'two', 'three']) info(box, frame);

  for (let connection = 0; connection < 4; connection++) {
    box.open();
    await new Promise(setImmediate);
  }

  expect(written).toEqual(['one', 'two', 'three']);
});

test('goes on with a new connection although a write of the old one fails late', async () => {
  const fail: (() => void)[] = [];
  const written: string[] = [];
  const { box } = outbox({
    write: (frame) =>
      new Promise((resolve, reject) => {
        if (fail.length === 0) {
          fail.push(() => reject(new ConnectionClosedError('cut')));
        } else {
          written.push(frame);
          resolve();
        }
      }),
  });
  box.open();
  info(box, 'one');

  box.close();
  box.open();
  fail[0]?.();
  await delivered(box);

  expect(written).toEqual(['one']);
});

test('leaves out a frame that no connection will take', async () => {
  const refused: unknown[] = [];
  const written: string[] = [];
  const { box } = outbox({
    write: async (frame) => {
      if (frame === 'huge') throw new ProtocolError('too long', { code: 'frame_too_long' });
      written.push(frame);
    },
    onRefused: (error) => refused.push(error),
  });
  info(box, 'huge');
  info(box, 'small');

  box.open();
  await delivered(box);

  expect(written).toEqual(['small']);
  expect(refused).toMatchObject([{ code: 'frame_too_long' }]);
});

test('W2: counts infos beyond its bound in one note for each action', async () => {
  const { box, written } = outbox({ maxInfos: 2 });
  for (const frame of ['one', 'two', 'three', 'four']) info(box, frame);
  info(box, 'five', 'b');
  box.answer('a', 'answer', () => {});

  box.open();
  await delivered(box);
  info(box, 'six');
  await delivered(box);

  expect(written).toEqual(['one', 'two', '2 left out', '1 left out', 'answer', 'six']);
});

test('W2: keeps of progress the latest word on each place', async () => {
  const { box, written } = outbox();
  progress(box, progressLeaf('acme', 0, 1), 'acme 0');
  progress(box, progressLeaf('acc-1', 0, 2, ['acme']), 'acc-1 0');
  progress(box, progressLeaf('acc-2', 0, 2, ['acme']), 'acc-2 0');
  info(box, 'info');
  progress(box, progressLeaf('acc-1', 1, 2, ['acme']), 'acc-1 1');

  box.open();
  await delivered(box);

  expect(written).toEqual(['acme 0', 'acc-2 0', 'info', 'acc-1 1']);
});

test('a tree replaces what waits for the places below it', async () => {
  const { box, written } = outbox();
  progress(box, progressLeaf('eu-1', 1, 1, ['acme', 'acc-1']), 'eu-1');
  progress(box, progressLeaf('acc-2', 1, 1, ['acme']), 'acc-2');
  progress(box, progressTree('acc-1', ['eu-1'], ['acme']), 'tree');

  box.open();
  await delivered(box);

  expect(written).toEqual(['acc-2', 'tree']);
});

test('does not grow with progress on the same places', () => {
  const { box } = outbox();

  for (let step = 0; step < 10_000; step++)
    progress(box, progressLeaf(`acc-${step % 10}`, step, 10_000, ['acme']), 'frame');

  expect(box.size).toBe(10);
});

test('waiting for the end can be given up', async () => {
  const { box } = outbox();
  info(box, 'one');

  await expect(box.empty(AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  await expect(box.empty(AbortSignal.timeout(5))).rejects.toMatchObject({ name: 'TimeoutError' });
});
