import { expect, test } from '@jest/globals';
import { ActionLog, actionKey } from './action-log.ts';

const key = actionKey({ task: 't', step: 's' });

function answered(connection: number, log = new ActionLog()): ActionLog {
  log.deliver(key, connection);
  log.answer(key, 'done');
  const record = log.find(key);
  if (record !== undefined) record.answeredOn = connection;
  return log;
}

test('a pending list that crossed the answer is no reason to answer again', () => {
  const log = new ActionLog();
  log.deliver(key, 1);
  log.answer(key, 'done');
  const record = log.find(key);
  if (record !== undefined) record.answeredOn = 2;

  expect(log.deliver(key, 2).is).toBe('known');
  expect(log.deliver(key, 2)).toMatchObject({ is: 'answered', answer: 'done' });
});

test('an answer lost with its connection is given again on the next one', () => {
  expect(answered(1).deliver(key, 2)).toMatchObject({ is: 'answered', answer: 'done' });
});

test('an answer that still waits to be sent is not given twice', () => {
  const log = new ActionLog();
  log.deliver(key, 1);
  log.answer(key, 'done');

  expect(log.deliver(key, 2).is).toBe('known');
});

test('the oldest answers are forgotten, running actions are not', () => {
  const log = new ActionLog(2);
  log.deliver('running', 1);
  for (const name of ['a', 'b', 'c']) {
    const delivery = log.deliver(name, 1);
    if (delivery.is === 'new') delivery.record.answeredOn = 1;
    log.answer(name, 'done');
  }

  expect(['running', 'a', 'b', 'c'].map((name) => log.has(name))).toEqual([true, false, true, true]);
  expect(log.running()).toHaveLength(1);
});
