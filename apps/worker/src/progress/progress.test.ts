import { afterEach, describe, expect, test } from '@jest/globals';
import type { AccountReport, CollectReport } from '@resoto/worker-core';

import { capturedIo, type CapturedIo } from '../../test/captured-io.ts';
import { collectProgress, type CollectProgress } from './progress.ts';

const place = { task: 't', cloud: 'acme', account: 'one' };
const watched: CollectProgress[] = [];
const evil = 'a\u001b[2J\u0007\nb';

afterEach(() => {
  for (const progress of watched.splice(0)) progress.end();
});

describe('elsewhere than on a terminal', () => {
  test('each event that matters is a line', () => {
    const io = capturedIo();

    collectOne(io);

    expect(io.output().split('\n')).toEqual([
      'Collecting acme',
      'acme one: started',
      'acme one eu acme_box: access denied',
      'acme one eu: done',
      'acme one: complete',
      '',
    ]);
  });
});

describe('on a terminal', () => {
  test('the picture shows what runs, and in the end how it ended', () => {
    const io = capturedIo({ terminal: { columns: 80, rows: 24 } });
    const { observer } = watch(io);

    observer.accountFound?.(place);
    observer.regionProgress?.({ ...place, region: 'eu', state: 'started' });
    observer.scopeDone?.({ ...place, region: 'eu', kinds: ['acme_box'], outcome: 'denied' });
    observer.runDone?.(report);
    observer.accountDone?.(place, accountReport);
    observer.runDone?.(report);

    const [first, second] = pictures(io);
    expect(first).toEqual(['… acme one: 0 of 1 regions, 1 kinds listed, 1 not readable', '    eu  acme_box']);
    expect(second).toEqual(['✔ acme one: complete, 3 nodes, 2 edges, 1.3 s']);
  });

  test('each picture takes the place of the one before', () => {
    const io = capturedIo({ terminal: { columns: 80, rows: 24 } });
    const { observer } = watch(io);

    observer.accountFound?.(place);
    observer.accountFound?.({ ...place, account: 'two' });
    observer.runDone?.(report);
    observer.accountDone?.(place, accountReport);
    observer.runDone?.(report);

    expect(io.output()).toContain('acme two: 0 of 0 regions, 0 kinds listed\n\u001b[2A\r\u001b[0J');
  });

  test('no line is wider than the terminal, and no picture is higher', () => {
    const io = capturedIo({ terminal: { columns: 20, rows: 6 } });
    const { observer } = watch(io);

    for (let index = 0; index < 9; index++) observer.accountFound?.({ ...place, account: `account ${index}` });
    observer.runDone?.(report);

    const [lines = []] = pictures(io);
    expect(lines).toHaveLength(4);
    expect(lines.at(-1)).toBe('… 6 more lines');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(20);
  });
});

test.each([
  ['a terminal', { terminal: { columns: 200, rows: 24 } }],
  ['a pipe', {}],
])('no control character of a cloud arrives at %s', (_, options) => {
  const io = capturedIo(options);
  const { observer } = watch(io);
  const evilPlace = { task: 't', cloud: 'acme', account: evil };

  observer.runStarted?.({ task: 't', clouds: [evil] });
  observer.accountFound?.(evilPlace);
  observer.regionProgress?.({ ...evilPlace, region: evil, state: 'started' });
  observer.scopeDone?.({ ...evilPlace, region: evil, kinds: [evil], outcome: 'failed' });
  observer.runDone?.(report);
  observer.regionProgress?.({ ...evilPlace, region: evil, state: 'done' });
  observer.accountDone?.(evilPlace, accountReport);
  observer.runDone?.(report);

  expect(io.output()).toContain('a');
  for (const part of ['\u0007', '[2J', '\nb']) expect(io.output()).not.toContain(part);
});

test('the report is that of the first run that ends', async () => {
  const { observer, report: first } = watch(capturedIo());

  observer.runDone?.(report);
  observer.runDone?.({ ...report, task: 'later' });

  expect(await first).toBe(report);
});

const report: CollectReport = { task: 't', startedAt: '', seconds: 1, clouds: [], unknownCollectors: [] };

const accountReport: AccountReport = {
  id: '1',
  name: 'one',
  outcome: 'complete',
  scopes: [],
  nodes: 3,
  edges: 2,
  carried: 0,
  kinds: {},
  problems: [],
  seconds: 1.26,
  uploaded: true,
};

function watch(io: CapturedIo): CollectProgress {
  const progress = collectProgress(io);
  watched.push(progress);
  return progress;
}

function collectOne(io: CapturedIo): void {
  const { observer } = watch(io);
  observer.runStarted?.({ task: 't', clouds: ['acme'] });
  observer.accountFound?.(place);
  observer.regionProgress?.({ ...place, region: 'eu', state: 'started' });
  observer.scopeDone?.({ ...place, region: 'eu', kinds: ['acme_box'], outcome: 'denied' });
  observer.scopeDone?.({ ...place, region: 'eu', kinds: ['acme_lid'], outcome: 'complete' });
  observer.regionProgress?.({ ...place, region: 'eu', state: 'done' });
  observer.accountDone?.(place, accountReport);
  observer.runDone?.(report);
}

/** The lines of every picture that was drawn. */
function pictures(io: CapturedIo): string[][] {
  const drawn = io.output().split('\u001b[0J').slice(1);
  return drawn.map((text) => text.split('\n').filter((line) => line !== '' && !line.startsWith('\u001b')));
}
