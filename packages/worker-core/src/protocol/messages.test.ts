import { describe, expect, test } from '@jest/globals';
import { parseJson } from './json.ts';
import * as messages from './messages.ts';

const action: messages.Action = {
  kind: 'action',
  message_type: 'collect',
  data: { task: 't-1', step: 'collect', timing: { collect: { started_at: 1700000000, finished_at: 1700000420 } } },
};

test('an action is read with everything that has to be echoed', () => {
  const frame = `${JSON.stringify({ ...action, extra: 1 })}\n`;

  expect(messages.parseBusMessage(frame)).toEqual(action);
});

test('an event is read', () => {
  expect(messages.parseBusMessage('{"kind":"event","message_type":"config-updated","data":{"id":"a"}}')).toEqual({
    kind: 'event',
    message_type: 'config-updated',
    data: { id: 'a' },
  });
});

describe('refused as a message is', () => {
  test.each([
    ['unknown_message', '{"kind":"surprise","message_type":"collect","data":{}}'],
    ['unknown_message', '{"kind":"action","message_type":"collect","data":{"task":"t"}}'],
    ['unknown_message', '{"kind":"action","data":{"task":"t","step":"s"}}'],
    ['unknown_message', '[]'],
    ['broken_json', '{"kind":'],
  ])('%s: %s', (code, frame) => {
    expect(() => messages.parseBusMessage(frame)).toThrow(expect.objectContaining({ code }));
  });
});

test('an answer echoes the data it received', () => {
  expect(parseJson(messages.actionDone(action))).toEqual({ ...action, kind: 'action_done' });
  expect(parseJson(messages.actionError(action, 'Failed to collect: no'))).toEqual({
    ...action,
    kind: 'action_error',
    data: { ...action.data, error: 'Failed to collect: no' },
  });
});

test('an info has its context in front and is cut to 500 characters', () => {
  const info = parseJson(messages.actionInfo(action, 'error', `${'x'.repeat(499)}\u{1f600}`, ['acme', 'acc-1']));

  expect(info).toEqual({
    kind: 'action_info',
    message_type: 'collect',
    data: { task: 't-1', step: 'collect', level: 'error', message: `[acme:acc-1] ${'x'.repeat(499)}` },
  });
});

test('names that are not known are no part of the context', () => {
  const infos = [
    ['acme', ''],
    ['', ''],
  ].map((context) => parseJson(messages.actionInfo(action, 'error', 'no', context)));

  expect(infos).toMatchObject([{ data: { message: '[acme] no' } }, { data: { message: 'no' } }]);
});

test('a progress says when and what', () => {
  const at = new Date(Date.UTC(2024, 2, 1, 10));

  expect(
    parseJson(messages.actionProgress(action, { kind: 'progress', name: 'acme', current: 0, total: 1 }, at)),
  ).toEqual({
    kind: 'action_progress',
    message_type: 'collect',
    data: {
      task: 't-1',
      step: 'collect',
      context: [],
      at: '2024-03-01T10:00:00Z',
      progress: { kind: 'progress', name: 'acme', current: 0, total: 1 },
    },
  });
});

test('the last start of a step is read from the timing', () => {
  expect(messages.lastStart(action, 'collect')).toBe(1700000000);
  expect(messages.lastStart(action, 'cleanup')).toBeUndefined();
  expect(messages.lastStart({ ...action, data: { task: 't', step: 's' } }, 'collect')).toBeUndefined();
});

test('a registration never holds a null the core would refuse', () => {
  const offers = parseJson(
    messages.taskRegistration([{ name: 'tag', filter: { cloud: ['acme'] }, expectNodeResult: true }]),
  );

  expect(offers).toEqual([
    {
      name: 'tag',
      info: null,
      description: null,
      filter: { cloud: ['acme'] },
      expect_node_result: true,
      args_description: {},
      allowed_on_kind: null,
    },
  ]);
});

test('a task is read and answered', () => {
  const task = messages.parseTask(
    '{"task_id":"1","task_name":"tag","data":{"delete":["a"]},"attrs":{"cloud":"acme","zone":null}}',
  );

  expect(task).toEqual({ task_id: '1', task_name: 'tag', data: { delete: ['a'] }, attrs: { cloud: 'acme' } });
  expect(parseJson(messages.taskDone(task, null))).toEqual({ task_id: '1', result: 'done', data: null });
  expect(parseJson(messages.taskError(task, 'no'))).toEqual({ task_id: '1', result: 'error', error: 'no' });
});
