import { expect, test } from '@jest/globals';
import { declareSection } from './section.ts';
import { settingDocs } from './setting-docs.ts';

test('settings are told with type, range and default, and so are their parts', () => {
  const account = {
    name: 'acme_account',
    object: { age: { type: 'duration', nullable: true, default: null, description: 'Age.' } },
  } as const;
  const acme = declareSection({
    name: 'acme',
    description: 'Acme cloud.',
    fields: {
      port: { type: 'int64', min: 0, max: 9, default: 5, description: 'Port.', restart: true },
      level: { type: { oneOf: ['a', 'b'], name: 'level' }, default: 'a', description: 'Level.' },
      accounts: { type: { map: { list: account } }, default: { a: [] }, description: 'Accounts.' },
      size: { type: 'int64', default: 8, defaultInWords: 'one per core', description: 'Size.' },
      login: { type: account, default: { age: null }, description: 'Login.' },
    },
  });

  const docs = settingDocs(acme);

  const rest = { restart: false };
  expect(docs).toEqual([
    { name: 'acme.port', type: 'whole number, from 0 to 9', default: '`5`', description: 'Port.', restart: true },
    { name: 'acme.level', type: 'a, b', default: '`"a"`', description: 'Level.', ...rest },
    { name: 'acme.accounts', type: 'map of list of object', default: 'samples', description: 'Accounts.', ...rest },
    { name: 'acme.accounts.<key>[].age', type: 'duration, or null', default: '`null`', description: 'Age.', ...rest },
    { name: 'acme.size', type: 'whole number', default: 'one per core', description: 'Size.', ...rest },
    { name: 'acme.login', type: 'object', default: '', description: 'Login.', ...rest },
    { name: 'acme.login.age', type: 'duration, or null', default: '`null`', description: 'Age.', ...rest },
  ]);
});
