/** The part of the plugin contract that is about changes: of tags, and by a cleanup. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

import { WorkerError } from '../errors.ts';
import { baseKinds } from '../kinds/base-generations.ts';
import { KindRegistry } from '../kinds/registry.ts';
import type { NodeKind } from '../kinds/types.ts';
import type { AccountCleanup, CleanupResource, CleanupSupport, KindCleanup } from '../plugin/cleanup-contract.ts';
import type { Collector, PluginContext } from '../plugin/contract.ts';
import { parseJson, stringifyJson, type JsonObject } from '../protocol/json.ts';
import type { TestCollect } from './collect-for-test.ts';
import { recordingLog } from './recording-log.ts';
import { StoredResources } from './stored-resources.ts';

export interface ChangeContractOptions {
  readonly collector: () => Promise<Collector>;
  /** Effective configuration. */
  readonly config: () => Promise<JsonObject>;
  readonly collect: () => Promise<TestCollect>;
  readonly withoutPermissions: 'all' | readonly string[];
  readonly listedWhenGone: readonly string[];
  /** Milliseconds a stopped call may take to end. */
  readonly stopWithin: number;
}

/** What is not there is asked to be changed, so that nothing is lost when the plugin does not hold the contract. */
export class ChangeContract {
  readonly #options: ChangeContractOptions;

  constructor(options: ChangeContractOptions) {
    this.#options = options;
  }

  async declaresDeletions(): Promise<void> {
    const { kinds, cleanup } = await this.#options.collector();
    const registry = registryOf(kinds);

    const wrong = described(kinds, cleanup).flatMap(([kind, declared]) =>
      [...problemsOf(declared, registry), ...refusalProblems(declared, cleanup)].map(
        (problem) => `${kind.fqn}: ${problem}`,
      ),
    );
    assert.deepEqual(wrong, []);
    const phantoms = described(kinds, cleanup).filter(([kind]) => kind.phantom);
    assert.deepEqual(fqns(phantoms), [], 'phantoms are nothing that can be deleted');
  }

  async declaresPermissions(): Promise<void> {
    const { withoutPermissions } = this.#options;
    const { kinds, cleanup, tags } = await this.#options.collector();
    const needs = (kind: NodeKind): boolean => withoutPermissions !== 'all' && !withoutPermissions.includes(kind.fqn);
    const has = (list: readonly string[] | undefined): boolean => (list ?? []).length > 0;

    const open = described(kinds, cleanup).filter(([kind]) => needs(kind) && !has(kind.permissions.cleanup));
    assert.deepEqual(fqns(open), [], 'to delete them takes permissions');
    const idle = kinds.filter((kind) => has(kind.permissions.cleanup) && cleanup?.describe(kind) === undefined);
    assert.deepEqual(names(idle), [], 'nobody needs permissions to delete what cannot be deleted');
    const tagged = kinds.filter(({ permissions }) => has(permissions.tag));
    if (tags === undefined)
      assert.deepEqual(names(tagged), [], 'nobody needs permissions for tags that cannot be changed');
    else assert.ok(withoutPermissions === 'all' || tagged.length > 0, 'to change tags takes permissions');
  }

  async findsWhatIsThere(): Promise<void> {
    const { listedWhenGone } = this.#options;
    const { kinds, cleanup } = await this.#options.collector();
    if (cleanup === undefined) return;
    const { lines } = await this.#options.collect();
    const stored = new StoredResources(lines, registryOf(kinds));

    const wrong: string[] = [];
    await this.#withAccount(cleanup, async (account) => {
      for (const [kind] of described(kinds, cleanup)) {
        const resources = stored.inOneCall(kind, cleanup);
        if (resources.length === 0) continue;
        // It may throw: then nothing is known of any of them.
        const found = await account.exists(resources, never).catch(() => undefined);
        if (found !== undefined && found.length !== resources.length)
          wrong.push(`${kind.fqn}: ${found.length} results for ${resources.length} resources`);
        if (found?.includes(false) === true && !listedWhenGone.includes(kind.fqn))
          wrong.push(`${kind.fqn}: what was just collected is said to be gone`);
      }
    });
    assert.deepEqual(wrong, []);
  }

  async deletesNothingElse(): Promise<void> {
    const { kinds, cleanup } = await this.#options.collector();
    if (cleanup === undefined) return;
    const others = kinds.filter((kind) => cleanup.describe(kind) === undefined);

    const taken: string[] = [];
    await this.#withAccount(cleanup, async (account) => {
      for (const kind of others) {
        const results = await account.delete([madeUp(kind)], never).catch((error: unknown) => [{ error }]);
        if (results.some((result) => typeof result === 'string') || results.length !== 1) taken.push(kind.fqn);
      }
    });
    assert.deepEqual(taken, [], 'delete has to throw for a kind that describe does not know, or to refuse it');
  }

  async endsCalls(): Promise<void> {
    const { kinds, cleanup } = await this.#options.collector();
    if (cleanup === undefined) return;
    const { signal } = stopped();

    const wrong: string[] = [];
    await this.#withAccount(cleanup, async (account) => {
      for (const [kind, { prepare }] of described(kinds, cleanup)) {
        const resources = [madeUp(kind)];
        if (prepare !== undefined && account.prepare === undefined) wrong.push(`${kind.fqn}: there is no prepare`);
        const calls: readonly [string, Promise<unknown> | undefined][] = [
          ['prepare', prepare && account.prepare?.(resources, signal)],
          ['delete', account.delete(resources, signal)],
          ['exists', account.exists(resources, signal)],
        ];
        for (const [verb, going] of calls) {
          if (going !== undefined && !(await this.#ends(going))) wrong.push(`${kind.fqn}: ${verb} goes on`);
        }
      }
    });
    assert.deepEqual(wrong, [], 'Hand the signal of the call to everything that waits.');
  }

  async changesTags(): Promise<void> {
    const { withoutPermissions } = this.#options;
    const { kinds, tags } = await this.#options.collector();
    if (tags === undefined) return;
    const { signal } = stopped();
    const changes = { remove: ['a'], update: { b: '' } };
    const context = await this.#context();

    const wrong: string[] = [];
    for (const kind of kinds) {
      const going = tags.change(madeUp(kind), changes, { ...context, signal });
      if (!(await this.#ends(going))) wrong.push(`${kind.fqn}: it goes on`);
      if (withoutPermissions === 'all' || (kind.permissions.tag ?? []).length > 0) continue;
      const refused = await tags.change(madeUp(kind), changes, context).then(
        () => false,
        () => true,
      );
      if (!refused) wrong.push(`${kind.fqn}: tags it does not have were changed`);
    }
    assert.deepEqual(wrong, []);
  }

  async #ends(going: Promise<unknown>): Promise<boolean> {
    const over = new AbortController();
    const ended = going.then(
      () => true,
      () => true,
    );
    const late = sleep(this.#options.stopWithin, false, { signal: over.signal }).catch(() => false);
    const result = await Promise.race([ended, late]);
    over.abort();
    return result;
  }

  async #withAccount(cleanup: CleanupSupport, work: (account: AccountCleanup) => Promise<void>): Promise<void> {
    const { jobs } = await this.#options.collect();
    const [job] = jobs;
    assert.ok(job !== undefined, 'there is no account to test with');
    const account = await cleanup.open(job, await this.#context());
    try {
      await work(account);
    } finally {
      account.close?.();
    }
  }

  async #context(): Promise<PluginContext> {
    const config = await this.#options.config();
    return { config, generation: 'resoto', log: recordingLog(), signal: never, report() {} };
  }
}

const never = new AbortController().signal;

function stopped(): AbortController {
  const stop = new AbortController();
  stop.abort(new WorkerError('stopped', 'The test stopped the call'));
  return stop;
}

function registryOf(kinds: readonly NodeKind[]): KindRegistry {
  return new KindRegistry([...baseKinds('resoto'), ...kinds]);
}

/** Something no cloud has. */
function madeUp(kind: NodeKind): CleanupResource {
  const id = 'made-up-by-the-plugin-contract';
  const owners = { account: { id }, region: { id, name: id } };
  return { nodeId: id, kind, reported: { kind: kind.fqn, id, name: id }, metadata: {}, owners, neighbours: [] };
}

function described(kinds: readonly NodeKind[], cleanup: CleanupSupport | undefined): [NodeKind, KindCleanup][] {
  return kinds.flatMap((kind): [NodeKind, KindCleanup][] => {
    const declared = cleanup?.describe(kind);
    return declared === undefined ? [] : [[kind, declared]];
  });
}

function problemsOf(declared: KindCleanup, registry: KindRegistry): string[] {
  const { batch, existsBatch, prepare, needs = [], patience } = declared;
  const numbers = { batch, existsBatch, 'prepare.batch': prepare?.batch };
  const named = [...needs, ...(prepare?.breaks ?? [])];
  return [
    ...Object.entries(numbers)
      .filter(([, size]) => size !== undefined && !(Number.isInteger(size) && size > 0))
      .map(([name, size]) => `${name} is ${size}`),
    ...(patience === undefined || patience > 0 ? [] : [`patience is ${patience}`]),
    ...named.filter((name) => registry.get(name) === undefined).map((name) => `it names ${name}, which is no kind`),
    ...(isPlain(declared) ? [] : ['it is no plain data']),
  ];
}

function refusalProblems({ refuses }: KindCleanup, cleanup: CleanupSupport | undefined): string[] {
  return refuses === true && cleanup?.refuse === undefined ? ['it refuses some, but nothing says which'] : [];
}

function isPlain(declared: KindCleanup): boolean {
  return stringifyJson(parseJson(JSON.stringify(declared))) === JSON.stringify(declared);
}

function names(kinds: readonly NodeKind[]): string[] {
  return kinds.map(({ fqn }) => fqn);
}

function fqns(found: readonly (readonly [NodeKind, KindCleanup])[]): string[] {
  return names(found.map(([kind]) => kind));
}
