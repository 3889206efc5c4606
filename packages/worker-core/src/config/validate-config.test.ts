import { expect, test } from '@jest/globals';
import type { JsonObject, JsonValue } from '../protocol/json.ts';
import { validateConfigHandler } from './validate-config.ts';
import { workerSection } from './worker-section.ts';

const section = workerSection({ generation: 'resoto', collectors: [], cores: 4 });

test.each<[string, JsonObject]>([
  ['with values of their types', { resotoworker: { pool_size: 3 } }],
  ['with placeholders, known or not', { resotoworker: { pool_size: '$(SIZE)', timeout: '$(UNKNOWN)' } }],
  ['with sections and settings nobody here knows', { k8s: { a: 1 }, resotoworker: { other: 1 } }],
])('a document %s is accepted', async (_title, config) => {
  expect(await validate(config)).toBeNull();
});

test('a document with wrong values is refused with all of them, and without secrets', async () => {
  const config = { resotoworker: { pool_size: '$(WORD)', files_in_home_dir: { '.key': ['hunter2'] } } };

  const answer = validate(config);

  await expect(answer).rejects.toThrow('resotoworker.pool_size: expected a whole number, found the text "many"');
  await expect(answer).rejects.toThrow('resotoworker.files_in_home_dir..key: expected a text, found a list');
  await expect(answer).rejects.not.toThrow('hunter2');
});

test('a task without document is refused', async () => {
  await expect(validate(null)).rejects.toMatchObject({ code: 'wrong_configuration' });
});

test('only documents of the own validation entry are validated', () => {
  expect(handler().filter).toEqual({ config_id: ['resoto.worker'] });
});

function handler() {
  const environment = { SIZE: '4', WORD: 'many' };
  return validateConfigHandler({ id: 'resoto.worker', sections: [section], environment, onSecret: () => {} });
}

function validate(config: JsonValue): Promise<JsonValue> {
  const data = { task: 'validate_config', config, config_id: 'resoto.worker' };
  const task = { task_id: 't1', task_name: 'validate_config', data, attrs: { config_id: 'resoto.worker' } };
  return handler().handle(task, new AbortController().signal);
}
