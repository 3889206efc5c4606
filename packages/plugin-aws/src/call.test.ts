import { describe, expect, test } from '@jest/globals';
import { recordingLog } from '@resoto/worker-core/testing';

import { Calls } from './call.ts';
import type { Sender } from './call.ts';
import { vendorError } from '../test/test-run.ts';
import { service } from './service.ts';

const shop = service({ name: 'shop', permissions: 'shops', load: () => Promise.reject(new Error('not loaded')) });
const listBoxes = shop('ListBoxes', { expected: ['NoSuchShop'] });

function client(send: (input: object, attempt: number) => object, signal = new AbortController().signal) {
  const counted: string[] = [];
  const pauses: number[] = [];
  let attempt = 0;
  const sender: Sender = {
    send: async (_call, input) => {
      attempt += 1;
      return send(input, attempt);
    },
  };
  const pause = async (milliseconds: number) => void pauses.push(milliseconds);
  const count = (name: string, result: string) => void counted.push(`${name} ${result}`);
  const limits = { total: 4, perService: () => 2 };
  const log = recordingLog();
  const calls = new Calls({ account: '1', sender, signal, count, log, ...limits, pause, random: () => 1 });
  return { ...calls.in('mars-1'), pauses, counted, log, attempts: () => attempt };
}

async function all(pages: AsyncGenerator<object>): Promise<object[]> {
  const found: object[] = [];
  for await (const page of pages) found.push(page);
  return found;
}

function failing(error: Error, times: number) {
  return (_input: object, attempt: number) => {
    if (attempt <= times) throw error;
    return { Boxes: [] };
  };
}

describe('one call', () => {
  test('is counted each time it is sent, by how that ended', async () => {
    const errors = [vendorError('Throttling'), vendorError('InternalFailure', 500), vendorError('Strange')];
    const troubled = client((_input, attempt) => {
      const error = errors[attempt - 1];
      if (error !== undefined) throw error;
      return {};
    });
    const fine = client(() => ({}));
    const empty = client(failing(vendorError('NoSuchShop'), 1));

    await troubled.read(listBoxes).catch(() => undefined);
    await fine.read(listBoxes);
    await empty.read(listBoxes);

    expect(troubled.counted).toEqual(['shop throttled', 'shop retried', 'shop failed']);
    expect(fine.counted).toEqual(['shop done']);
    expect(empty.counted).toEqual(['shop done']);
  });

  test('has an entry in the debug log each time it is sent, with status and time', async () => {
    const calls = client((_input, attempt) => {
      if (attempt === 1) throw vendorError('InternalFailure', 500);
      return { $metadata: { httpStatusCode: 200 } };
    });

    await calls.read(listBoxes);

    const call = { service: 'shop', call: 'ListBoxes', region: 'mars-1', ms: expect.any(Number) };
    expect(calls.log.records).toMatchObject([
      {
        level: 'debug',
        message: 'call to the cloud',
        facts: { ...call, attempt: 1, status: 500, error: 'InternalFailure' },
      },
      { level: 'debug', message: 'call to the cloud', facts: { ...call, attempt: 2, status: 200 } },
    ]);
  });

  test('is tried again while it is throttled, each time later', async () => {
    const calls = client(failing(vendorError('Throttling'), 3));

    await calls.read(listBoxes);

    expect(calls.attempts()).toBe(4);
    expect(calls.pauses.filter((pause) => pause >= 200)).toEqual([200, 400, 800]);
  });

  test('that stays throttled says so', async () => {
    const calls = client(failing(vendorError('SlowDown', 503), Infinity));

    await expect(calls.read(listBoxes)).rejects.toMatchObject({
      code: 'throttled',
      facts: { account: '1', region: 'mars-1' },
    });
    expect(calls.attempts()).toBe(10);
  });

  test('is tried again when the service fails', async () => {
    const calls = client(failing(vendorError('InternalFailure', 500), 2));

    await expect(calls.read(listBoxes)).resolves.toEqual({ Boxes: [] });
  });

  test('that is denied names the permission and is not tried again', async () => {
    const calls = client(failing(vendorError('AccessDeniedException', 403), Infinity));

    await expect(calls.read(listBoxes)).rejects.toMatchObject({
      code: 'missing_permission',
      message: 'shop ListBoxes was denied in 1/mars-1',
      facts: { permission: 'shops:ListBoxes' },
    });
    expect(calls.attempts()).toBe(1);
  });

  test('gives nothing for an error that was expected', async () => {
    const calls = client(failing(vendorError('NoSuchShop', 404), Infinity));

    await expect(calls.read(listBoxes)).resolves.toBeUndefined();
  });

  test('ends when it is cancelled, without another attempt', async () => {
    const stop = new AbortController();
    const calls = client(() => {
      stop.abort(new Error('stopped'));
      throw vendorError('Throttling');
    }, stop.signal);

    await expect(calls.read(listBoxes)).rejects.toBeDefined();
    expect(calls.attempts()).toBe(1);
  });
});

describe('pages', () => {
  test('follow the token until there is none', async () => {
    const inputs: object[] = [];
    const calls = client((input, attempt) => {
      inputs.push(input);
      return attempt < 3 ? { page: attempt, NextToken: `t${attempt}` } : { page: 3, NextToken: '' };
    });

    expect(await all(calls.pages(listBoxes, { Shop: 's' }))).toHaveLength(3);
    expect(inputs).toEqual([{ Shop: 's' }, { Shop: 's', NextToken: 't1' }, { Shop: 's', NextToken: 't2' }]);
  });

  test('end with an error when a page comes again', async () => {
    const calls = client((_input, attempt) => ({ NextToken: attempt % 2 === 0 ? 'a' : 'b' }));

    await expect(all(calls.pages(listBoxes))).rejects.toMatchObject({ code: 'repeated_page' });
  });

  test('end with an error when they do not end', async () => {
    const calls = client((_input, attempt) => ({ NextToken: String(attempt) }));

    await expect(all(calls.pages(listBoxes))).rejects.toMatchObject({ code: 'endless_pages' });
  });
});

test('a call that changes something cannot even be named', () => {
  expect(() => shop('DeleteBox')).toThrow('DeleteBox is no call that only reads');
});
