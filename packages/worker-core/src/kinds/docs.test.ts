import { expect, test } from '@jest/globals';
import { base } from './base-kinds.ts';
import { kind, list, ref, string } from './declare.ts';
import { kindDocs } from './docs.ts';

test('kinds are documented from their declarations', () => {
  const volume = kind('acme_volume', [base.volume], {
    name: 'Acme Volume',
    pythonType: 'v',
    properties: { id: string('Id'), label: string('Label', { description: 'a | b' }), parts: list('int64') },
    references: [ref('acme_instance', { by: 'id', from: 'A', default: 'in', delete: 'out' })],
    permissions: { collect: ['acme:ListVolumes'], tag: ['acme:Tag'], cleanup: ['acme:Detach', 'acme:Delete'] },
  });
  const account = kind('acme_account', [base.account], { name: 'Acme Account', pythonType: 'a' });

  expect(kindDocs([volume, account])).toBe(
    [
      '| Kind | Name | Bases | Changes | Permissions to collect |',
      '| --- | --- | --- | --- | --- |',
      '| `acme_account` | Acme Account | `account` |  |  |',
      '| `acme_volume` | Acme Volume | `volume` | tags, cleanup | `acme:ListVolumes` |',
      '',
      '### acme_volume',
      '',
      '| Property | Type | Description |',
      '| --- | --- | --- |',
      '| `label` | `string` | a \\| b |',
      '| `parts` | `int64[]` |  |',
      '',
      '| Refers to | By | Edges |',
      '| --- | --- | --- |',
      '| `acme_instance` | `id` | from it, it is deleted first |',
      '',
      'Permissions to tag: `acme:Tag`.',
      '',
      'Permissions to clean up: `acme:Detach`, `acme:Delete`.',
      '',
      'Permissions to collect everything:',
      '',
      '- `acme:ListVolumes`',
      '',
      'Permissions to tag everything:',
      '',
      '- `acme:Tag`',
      '',
      'Permissions to clean up everything:',
      '',
      '- `acme:Delete`',
      '- `acme:Detach`',
    ].join('\n'),
  );
});
