/** What commands and services of a plugin have to hold. */
import assert from 'node:assert/strict';
import type { Plugin } from '../plugin/contract.ts';
import { isPlugin } from '../plugin/plugin-shape.ts';

/** Registers the tests of the commands and services a plugin has. */
export function otherPartsContract(plugin: Plugin, test: (title: string, run: () => Promise<void>) => unknown): void {
  const { commands = [], services = [] } = plugin;

  test('all its parts are declared as the worker expects', async () => {
    assert.ok(isPlugin(plugin), 'The worker would leave the plugin out.');
  });

  for (const { name, info = '', load } of commands) {
    test(`the command ${name} says what it does, and can be loaded`, async () => {
      const command = await load();

      assert.notEqual(info.trim(), '', 'info is the help people see');
      assert.ok(['raw', 'resource'].includes(command.form), 'form has to be raw or resource');
      assert.equal(typeof command.run, 'function');
    });
  }

  for (const { name, section, load } of services) {
    test(`the service ${name} is off unless it is told otherwise, and can be loaded`, async () => {
      const service = await load();

      assert.partialDeepStrictEqual(section.fields, { enabled: { type: 'boolean', default: false, restart: true } });
      assert.equal(typeof service.run, 'function');
    });
  }
}
