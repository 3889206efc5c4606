import { describe, expect, test } from '@jest/globals';
import { kind } from '../kinds/declare.ts';
import { base } from '../kinds/base-kinds.ts';
import type { AccountCleanup, CleanupResource, CleanupSupport } from '../plugin/cleanup-contract.ts';
import type { Collector, PluginContext } from '../plugin/contract.ts';
import { rules, selection, type TestNode } from '../testing/cleanup-graph.ts';
import { recordingLog } from '../testing/recording-log.ts';
import type { CleanupPlan } from './plan.ts';
import { planWithRefusals, type AskRefusals } from './refusals.ts';
import type { CleanupVerb, ResourceData } from './resource.ts';
import { callCleanup, CleanupSessions, refusalsOf } from './thread-cleanup.ts';

const given = rules({
  acme_box: {},
  acme_net: { refuses: true },
  acme_part: { refuses: true, needs: ['acme_net'] },
});
const net: TestNode = { kind: 'acme_net' };
const part: TestNode = { kind: 'acme_part' };

describe('a plan', () => {
  test('refuses what the plugin refuses, and holds back what waits for it', async () => {
    const { plan } = await planOf({ top: {}, net: { ...net, reported: { is_default: true } }, other: net }, [
      'top net',
    ]);

    expect(verdicts(plan)).toEqual({
      top: 'blocked: blocked by acme_net net (refused: it is a default)',
      net: 'refused: it is a default',
      other: undefined,
    });
  });

  test('refuses also what goes only with what is refused or held back', async () => {
    const { plan } = await planOf(
      {
        net: { ...net, reported: { is_default: true } },
        part,
        held: net,
        second: part,
        guarded: { metadata: { protected: true } },
        free: net,
        third: part,
      },
      ['net part', 'held second', 'held guarded', 'free third'],
    );

    expect(verdicts(plan)).toMatchObject({
      part: 'refused: it goes only with its net',
      second: 'refused: it goes only with its net',
      free: undefined,
      third: undefined,
    });
  });

  test('asks only about what would be deleted of kinds that may be refused, and again only when more stays', async () => {
    const { asked } = await planOf(
      {
        box: {},
        guarded: { ...net, metadata: { protected: true } },
        net,
        other: { ...net, reported: { is_default: true } },
        part,
        mine: part,
      },
      ['net mine', 'other part'],
    );

    expect(asked).toEqual([['net', 'other', 'part', 'mine'], ['part']]);
  });

  async function planOf(nodes: Readonly<Record<string, TestNode>>, edges: readonly string[]) {
    const asked: string[][] = [];
    const ask: AskRefusals = async (_cloud, resources) => {
      asked.push(resources.map(({ nodeId }) => nodeId));
      return resources.map((resource) => refuse(resource) ?? null);
    };
    return { plan: await planWithRefusals(selection(nodes, edges, given), given.clouds, ask), asked };
  }
});

describe('a plugin', () => {
  const box = kind('acme_net', [base.resource], { pythonType: 'acme.Net' });

  test('gets no call for what it refuses, and is asked whether it exists all the same', async () => {
    const called: string[] = [];
    const collector = collectorWith({ refuse }, called);
    const resources = ['a', 'b', 'c'].map((id) => resource(id, { is_default: id === 'b' }));

    expect(await call(collector, 'prepare', resources)).toEqual([{ is: 'done' }, refusedAnswer, { is: 'done' }]);
    expect(await call(collector, 'delete', resources)).toEqual([{ is: 'deleted' }, refusedAnswer, { is: 'deleted' }]);
    expect(await call(collector, 'exists', resources)).toHaveLength(3);
    expect(await call(collector, 'delete', resources.slice(1, 2))).toEqual([refusedAnswer]);
    expect(called).toEqual(['prepare a c', 'delete a c', 'exists a b c']);
  });

  test('that fails to judge a resource refuses it', async () => {
    const called: string[] = [];
    const collector = collectorWith(
      {
        refuse: () => {
          throw new TypeError('reported is broken');
        },
      },
      called,
    );

    const reason = 'its plugin cannot tell whether it may be deleted: reported is broken';
    expect(refusalsOf(collector, [resource('a')])).toEqual([reason]);
    expect(await call(collector, 'delete', [resource('a')])).toEqual([{ is: 'refused', reason }]);
    expect(called).toEqual([]);
  });

  const refusedAnswer = { is: 'refused', reason: 'it is a default' };

  function collectorWith(more: Partial<CleanupSupport>, called: string[]): Collector {
    const note = <Result>(verb: CleanupVerb, result: Result) => {
      return async (resources: readonly CleanupResource[]): Promise<Result[]> => {
        called.push([verb, ...resources.map(({ nodeId }) => nodeId)].join(' '));
        return resources.map(() => result);
      };
    };
    const account: AccountCleanup = {
      prepare: note('prepare', 'done' as const),
      delete: note('delete', 'deleted' as const),
      exists: note('exists', true),
    };
    const cleanup: CleanupSupport = { describe: () => ({}), open: async () => account, ...more };
    return { kinds: [box], cleanup, async *accounts() {}, async collect() {} };
  }

  function call(collector: Collector, verb: CleanupVerb, resources: readonly ResourceData[]) {
    const { signal } = new AbortController();
    const account = { id: 'main', name: 'main', data: {} };
    const input = { cloud: 'acme', entry: '', config: {}, generation: 'resoto', account, verb, resources } as const;
    const context: PluginContext = { config: {}, generation: 'resoto', log: recordingLog(), signal, report() {} };
    return callCleanup(collector, input, context, new CleanupSessions());
  }

  function resource(nodeId: string, reported: ResourceData['reported'] = {}): ResourceData {
    return { nodeId, kind: 'acme_net', reported, metadata: {}, owners: {}, neighbours: [] };
  }
});

function refuse({ reported, neighbours }: Pick<ResourceData, 'reported' | 'neighbours'>): string | undefined {
  if (reported['is_default'] === true) return 'it is a default';
  return neighbours.some(({ stays }) => stays) ? 'it goes only with its net' : undefined;
}

function verdicts({ nodes }: CleanupPlan): Record<string, string | undefined> {
  return Object.fromEntries(
    nodes.map(({ node, verdict }) => [node.id, verdict && `${verdict.outcome}: ${verdict.reason}`]),
  );
}
