/** What every plugin has to hold, as tests for the runner of its package. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';

import { sectionSecrets } from '../config/section-secrets.ts';
import { WorkerError } from '../errors.ts';
import { baseKinds } from '../kinds/base-generations.ts';
import { modelJson } from '../kinds/model.ts';
import { KindRegistry } from '../kinds/registry.ts';
import { contractVersion, type Collector, type Plugin } from '../plugin/contract.ts';
import type { Generation } from '../protocol/generation.ts';
import { parseJson, stringifyJson, type JsonObject } from '../protocol/json.ts';
import { ChangeContract } from './change-contract.ts';
import { collectForTest, collectorOf, effectiveConfig, type TestCollect } from './collect-for-test.ts';
import { foreignLoads } from './entry-loads.ts';
import { graphProblems } from './graph-problems.ts';
import { modelProblems } from './model-problems.ts';
import { otherPartsContract } from './other-parts-contract.ts';
import { unscopedNodes } from './unscoped-nodes.ts';

export interface PluginContractOptions {
  /** Registers a test: `test` of Jest, of Vitest or of `node:test`. */
  readonly test: (title: string, run: () => Promise<void>) => unknown;
  /** The `package.json` of the plugin: `new URL('../package.json', import.meta.url)`. */
  readonly package: URL;
  /** Needed when the plugin has several collectors; the suite is about one. */
  readonly cloud?: string;
  /** What to collect with. A function when it is known only once a server of the test is up. */
  readonly config?: JsonObject | (() => JsonObject | Promise<JsonObject>);
  /** Kinds that need no permission. `all` for a cloud that is made up. */
  readonly withoutPermissions?: 'all' | readonly string[];
  /** Kinds references lead to before this plugin has them. */
  readonly kindsToCome?: readonly string[];
  /** Repairs that are right, because the cloud of the test is odd: `duplicate_node acme_box`. */
  readonly expectedRepairs?: readonly string[];
  /** Kinds of which the cloud of the test lists what is gone already, such as ended instances. */
  readonly listedWhenGone?: readonly string[];
  /** Milliseconds a stopped collect may take to end. Default: 5 seconds, after which the worker ends its thread. */
  readonly stopWithin?: number;
  /** Changes the cloud of the test was asked for since this was called last, if it can tell: `DeleteBox box-1`. */
  readonly changesOfCloud?: () => Promise<readonly string[]>;
}

/**
 * Registers the tests of the plugin contract. They collect for real, so the cloud (or what stands for it) has to be there.
 *
 * @example
 * describe('plugin contract', () => {
 *   pluginContract(plugin, { test, package: new URL('../package.json', import.meta.url), config: { token: 'secret' } });
 * });
 */
export function pluginContract(plugin: Plugin, options: PluginContractOptions): void {
  const { test } = options;
  const suite = new PluginContract(plugin, options);
  test('its package announces a plugin of this contract', () => suite.announcesItself());
  test('its entry loads nothing but files of its own', () => suite.hasLightEntry());
  test('it says how its cloud is added, and its settings have valid defaults', () => suite.describesItself());
  test('its kinds have unique names, display names and Python types', () => suite.namesKinds());
  test('the permissions of its kinds are declared', () => suite.declaresPermissions());
  test('its references lead to known kinds', () => suite.refersToKnownKinds());
  for (const generation of generations) {
    test(`a core of the ${generation} generation takes its model`, () => suite.hasValidModel(generation));
    test(`a core of the ${generation} generation takes its graph`, () => suite.hasValidGraph(generation));
  }
  test('what it hands over needs no repair', () => suite.needsNoRepair());
  test('its accounts are plain data', () => suite.hasPlainAccounts());
  test('every node belongs to a scope', () => suite.coversNodes());
  test('the same cloud gives the same graph', () => suite.repeatsItself());
  test('a collect that is stopped ends at once', () => suite.stops());
  test('no secret of its configuration gets out', () => suite.keepsSecrets());
  otherPartsContract(plugin, test);
  const { changes } = suite;
  test('the deletions it declares are plain data and name known kinds', () => changes.declaresDeletions());
  test('the permissions of its changes are declared', () => changes.declaresPermissions());
  test('a cleanup finds what a collect has found', () => changes.findsWhatIsThere());
  test('a cleanup deletes nothing but what is declared', () => changes.deletesNothingElse());
  test('a call of a cleanup that is stopped ends at once', () => changes.endsCalls());
  test('tags are changed only where they can be, and not when it is stopped', () => changes.changesTags());
  const { changesOfCloud } = options;
  if (changesOfCloud !== undefined) {
    test('nothing is changed by a collect, a plan, or a look', () => suite.changesNothing(changesOfCloud));
  }
}

const usualStop = 5_000;

const generations: readonly Generation[] = ['resoto', 'fix'];

class PluginContract {
  readonly #plugin: Plugin;
  readonly #options: PluginContractOptions;
  readonly #collects = new Map<Generation, Promise<TestCollect>>();
  readonly changes: ChangeContract;

  constructor(plugin: Plugin, options: PluginContractOptions) {
    this.#plugin = plugin;
    this.#options = options;
    const { withoutPermissions = [], listedWhenGone = [], stopWithin = usualStop } = options;
    this.changes = new ChangeContract({
      collector: () => this.#collector(),
      config: async () => effectiveConfig(collectorOf(plugin, options.cloud), await this.#config()),
      collect: () => this.#collect(),
      withoutPermissions,
      listedWhenGone,
      stopWithin,
    });
  }

  async announcesItself(): Promise<void> {
    const json: unknown = JSON.parse(await readFile(this.#options.package, 'utf8'));

    assert.partialDeepStrictEqual(json, { type: 'module', resoto: { plugin: { contract: contractVersion } } });
  }

  /** Kinds and SDKs cost memory in every worker, used or not. Types of the contract are erased and cost nothing. */
  async hasLightEntry(): Promise<void> {
    const foreign = await foreignLoads(this.#options.package);

    assert.deepEqual(foreign, [], 'Let load() import what needs them, and import types with `import type`.');
  }

  async describesItself(): Promise<void> {
    const collector = collectorOf(this.#plugin, this.#options.cloud);

    const isMadeUp = this.#options.withoutPermissions === 'all';
    assert.ok(isMadeUp || (collector.setup ?? '').trim() !== '', 'setup has to say how the cloud is added');
    const defaults = effectiveConfig(collector, {});
    assert.deepEqual(effectiveConfig(collector, defaults), defaults);
  }

  async namesKinds(): Promise<void> {
    const { kinds } = await this.#collector();

    const names = kinds.map(({ fqn }) => fqn);
    assert.deepEqual(names, [...new Set(names)], 'a kind is listed twice');
    const unnamed = kinds.filter(({ metadata, pythonType }) => !metadata['name'] || !pythonType.includes('.'));
    assert.deepEqual(fqns(unnamed), []);
    assert.deepEqual(fqns(kinds.filter(({ base }) => base)), [], 'base kinds are the business of the worker');
  }

  async declaresPermissions(): Promise<void> {
    const { withoutPermissions = [] } = this.#options;
    const { kinds } = await this.#collector();

    const open = kinds.filter(({ fqn, permissions }) => {
      return permissions.collect.length === 0 && withoutPermissions !== 'all' && !withoutPermissions.includes(fqn);
    });
    assert.deepEqual(fqns(open), []);
  }

  async refersToKnownKinds(): Promise<void> {
    const { kindsToCome = [] } = this.#options;
    const { kinds } = await this.#collector();
    const registry = new KindRegistry([...baseKinds('resoto'), ...kinds]);

    const wrong = kinds.flatMap(({ fqn, references }) =>
      references
        .filter(({ to }) => registry.get(to) === undefined && !kindsToCome.includes(to))
        .map(({ to }) => `${fqn} → ${to}`),
    );
    assert.deepEqual(wrong, []);
    const arrived = kindsToCome.filter((name) => registry.get(name) !== undefined);
    assert.deepEqual(arrived, [], 'these kinds have come');
  }

  async hasValidModel(generation: Generation): Promise<void> {
    const { kinds } = await this.#collector();

    const model = modelJson(kinds, generation);

    assert.deepEqual(modelProblems(model, generation), []);
    const names = new Set(fqns(model));
    assert.deepEqual(fqns(kinds.filter(({ fqn }) => !names.has(fqn))), []);
  }

  async hasValidGraph(generation: Generation): Promise<void> {
    const { kinds } = await this.#collector();

    const { lines } = await this.#collect(generation);

    assert.deepEqual(graphProblems(lines, modelJson(kinds, generation), generation), []);
  }

  async needsNoRepair(): Promise<void> {
    const { expectedRepairs = [] } = this.#options;

    const { outcome } = await this.#collect();

    const repairs = outcome.problems
      .filter(({ code, subject }) => code !== 'open_reference' && !expectedRepairs.includes(`${code} ${subject}`))
      .map(({ code, subject, examples }) => `${code} ${subject}: ${examples.join('; ')}`);
    assert.deepEqual(repairs, []);
  }

  async hasPlainAccounts(): Promise<void> {
    const { jobs } = await this.#collect();

    assert.ok(jobs.length > 0, 'there is no account to test with');
    assert.deepEqual(parseJson(stringifyJson(jobs)), jobs);
  }

  async coversNodes(): Promise<void> {
    const collector = await this.#collector();

    const { lines, outcome } = await this.#collect();

    assert.deepEqual(unscopedNodes(lines, outcome.scopes, collector.kinds), []);
  }

  async repeatsItself(): Promise<void> {
    const first = await this.#collect();

    const second = await this.#run('resoto');

    assert.deepEqual(sortedLines(second), sortedLines(first));
  }

  async stops(): Promise<void> {
    const { stopWithin = usualStop } = this.#options;
    const stop = new AbortController();
    const late = new AbortController();
    const tooLate = once(stop.signal, 'abort').then(() => sleep(stopWithin, 'went on', { signal: late.signal }));
    const collect = collectForTest(this.#plugin, {
      ...(await this.#collectOptions()),
      signal: stop.signal,
      onEvent: ({ type }) => {
        if (type === 'region' || type === 'scope')
          stop.abort(new WorkerError('stopped', 'The test stopped the collect'));
      },
    });

    const ended = await Promise.race([
      collect.then(
        () => 'was complete',
        () => 'ended',
      ),
      tooLate,
    ]);
    late.abort();
    tooLate.catch(() => undefined);

    assert.ok(stop.signal.aborted, 'the collect was over before it told of a region or scope');
    assert.equal(ended, 'ended', 'Hand context.signal to every call that waits.');
  }

  async keepsSecrets(): Promise<void> {
    const { section } = collectorOf(this.#plugin, this.#options.cloud);
    const config = await this.#config();
    const secrets = section === undefined ? [] : sectionSecrets(section, config).filter((secret) => secret !== '');
    const hasSecrets = Object.values(section?.fields ?? {}).some(({ secret }) => secret === true);

    const { jobs, body, outcome } = await this.#collect();

    assert.ok(!hasSecrets || secrets.length > 0, 'the config of the test has to set a secret, or nothing is tested');
    const said = [
      stringifyJson(jobs),
      body,
      inspect(outcome, { depth: null, maxStringLength: null, maxArrayLength: null }),
    ];
    const told = secrets.filter((secret) => said.some((text) => text.includes(secret)));
    assert.equal(told.length, 0, 'accounts, graph, reports or log contain a secret');
  }

  async changesNothing(changesOfCloud: () => Promise<readonly string[]>): Promise<void> {
    await changesOfCloud();
    await this.#run('resoto');
    await this.changes.declaresDeletions();
    await this.changes.findsWhatIsThere();
    await this.changes.endsCalls();

    assert.deepEqual(await changesOfCloud(), []);
  }

  #collector(): Promise<Collector> {
    return collectorOf(this.#plugin, this.#options.cloud).load();
  }

  /** One collect per generation is enough for most tests. */
  #collect(generation: Generation = 'resoto'): Promise<TestCollect> {
    const running = this.#collects.get(generation) ?? this.#run(generation);
    this.#collects.set(generation, running);
    return running;
  }

  async #run(generation: Generation): Promise<TestCollect> {
    return collectForTest(this.#plugin, { ...(await this.#collectOptions()), generation });
  }

  async #collectOptions(): Promise<{ cloud: string; config: JsonObject }> {
    return { cloud: collectorOf(this.#plugin, this.#options.cloud).cloud, config: await this.#config() };
  }

  async #config(): Promise<JsonObject> {
    const { config = {} } = this.#options;
    return typeof config === 'function' ? config() : config;
  }
}

function fqns(kinds: readonly { readonly fqn: string }[]): string[] {
  return kinds.map(({ fqn }) => fqn);
}

function sortedLines({ body }: TestCollect): string[] {
  return body.split('\n').toSorted();
}
