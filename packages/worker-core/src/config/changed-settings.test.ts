import { expect, test } from '@jest/globals';
import type { JsonObject } from '../protocol/json.ts';
import { changedSettings } from './changed-settings.ts';
import type { Configuration } from './configuration.ts';
import { declareSection } from './section.ts';

const account = {
  object: { age: { type: 'duration', default: '1d', description: 'Age.' } },
  name: 'acme_account',
} as const;
const acme = declareSection({
  name: 'acme',
  description: 'Acme cloud.',
  fields: {
    region: { type: 'string', default: '', description: 'Region.', restart: true },
    age: { type: 'duration', nullable: true, default: null, description: 'Age.' },
    accounts: { type: { map: { list: account } }, default: {}, description: 'Accounts.' },
  },
});

test('settings have changed when their meaning has; those that are marked need a restart', () => {
  const before = { region: 'eu', age: '30d', accounts: { a: [{ age: '1d' }] } };

  expect(changes(before, { ...before, region: 'us', age: '31d' })).toEqual({
    settings: ['acme.region', 'acme.age'],
    restart: ['acme.region'],
  });
  expect(changes(before, { ...before, age: null })).toEqual({ settings: ['acme.age'], restart: [] });
  expect(changes(before, { ...before, accounts: { a: [{ age: '25h' }] } }).settings).toEqual(['acme.accounts']);
});

test('a duration in other words is no change, however deep', () => {
  const before = { region: 'eu', age: '30d', accounts: { a: [{ age: '1d' }] } };
  const after = { region: 'eu', age: '2592000s', accounts: { a: [{ age: '24h' }] } };

  expect(changes(before, after)).toEqual({ settings: [], restart: [] });
});

function changes(before: JsonObject, after: JsonObject) {
  return changedSettings([acme], configuration(before), configuration(after));
}

function configuration(values: JsonObject): Configuration {
  return { section: () => values } as Partial<Configuration> as Configuration;
}
