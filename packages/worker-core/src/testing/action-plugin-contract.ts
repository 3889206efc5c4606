/** What every package with action plugins has to hold, as tests. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';

import { parseSection, type Problem } from '../config/field-parser.ts';
import { contractVersion, type Plugin } from '../plugin/contract.ts';
import type { JsonObject } from '../protocol/json.ts';
import { foreignLoads } from './entry-loads.ts';
import { otherPartsContract } from './other-parts-contract.ts';

export interface ActionPluginContractOptions {
  /** Registers a test: `test` of Jest, of Vitest or of `node:test`. */
  readonly test: (title: string, run: () => Promise<void>) => unknown;
  /** The `package.json` of the plugin: `new URL('../package.json', import.meta.url)`. */
  readonly package: URL;
}

/** Registers the tests of the contract of action plugins. */
export function actionPluginContract(plugin: Plugin, options: ActionPluginContractOptions): void {
  const { actions = [] } = plugin;
  const { test, package: packageFile } = options;

  test('its package announces a plugin of this contract', async () => {
    const json: unknown = JSON.parse(await readFile(packageFile, 'utf8'));

    assert.partialDeepStrictEqual(json, { type: 'module', resoto: { plugin: { contract: contractVersion } } });
  });

  test('its entry loads nothing but files of its own', async () => {
    assert.deepEqual(await foreignLoads(packageFile), [], 'Let load() import what needs them.');
  });

  test('its action plugins have names and sections of their own', async () => {
    for (const names of [actions.map(({ className }) => className), actions.map(({ section }) => section.name)]) {
      assert.deepEqual(names, [...new Set(names)]);
    }
  });

  for (const { className, section, load } of actions) {
    test(`${className} is off, and changes something, unless it is told otherwise`, async () => {
      assert.partialDeepStrictEqual(section.fields, {
        enabled: { type: 'boolean', default: false, restart: true },
        dry_run: { type: 'boolean', default: false },
      });
    });

    test(`${className} has valid defaults`, async () => {
      const problems: Problem[] = [];
      const defaults = parseSection(section, {}, problems);

      const again: JsonObject = parseSection(section, defaults, problems);

      assert.deepEqual(problems, []);
      assert.deepEqual(again, defaults);
    });

    test(`${className} can be loaded`, async () => {
      const part = await load();

      assert.equal(typeof part.run, 'function');
    });
  }

  otherPartsContract(plugin, test);
}
