/** A graph in an embedded core, as collects leave it. */
import { startEmbeddedCore } from '@resoto/embedded-core';
import type { JsonObject, JsonValue, NodeRow } from '@resoto/worker-core/plugin';
import { modelJson, runActionForTest, type TestAction } from '@resoto/worker-core/testing';

import { plugin } from '../src/index.ts';
import { kinds } from './kinds.ts';

/** When everything is judged. */
const now = new Date('2024-06-01T12:00:00Z');
/** Start of the last collect. */
export const collected = '2024-06-01T11:00:00Z';

export interface Resource {
  readonly kind: string;
  readonly id: string;
  readonly reported?: JsonObject;
  readonly metadata?: JsonObject;
  readonly desired?: JsonObject;
  /** Ids of what has to be deleted before it. */
  readonly after?: readonly string[];
}

interface Account {
  readonly id: string;
  readonly cloud?: string;
  readonly metadata?: JsonObject;
  /** Without region, the resources hang below the account. */
  readonly region?: string | null;
  readonly resources: readonly Resource[];
}

export interface World {
  /** Base URI of the core. */
  readonly uri: string;
  /** Puts accounts into the graph, each with its resources. Nodes have the ids of their resources. */
  put(...accounts: readonly Account[]): Promise<void>;
  run(className: string, config?: JsonObject, options?: { readonly lastCollect?: number }): Promise<TestAction>;
  /** Ids of the marked nodes, sorted. */
  marked(): Promise<string[]>;
  search(query: string): Promise<NodeRow[]>;
  node(id: string): Promise<NodeRow>;
  close(): Promise<void>;
}

export async function openWorld(): Promise<World> {
  const core = await startEmbeddedCore({ generation: 'resoto' });
  const { uri } = core;
  await send(uri, 'PATCH', '/graph/resoto/model', JSON.stringify(modelJson(kinds)));
  const search = async (query: string): Promise<NodeRow[]> => {
    const rows = await send(uri, 'POST', '/graph/resoto/search/list', query);
    return JSON.parse(rows) as NodeRow[];
  };
  return {
    uri,
    search,
    async put(...accounts) {
      for (const account of accounts) {
        const body = lines(account).map((line) => `${JSON.stringify(line)}\n`);
        await send(uri, 'POST', '/graph/resoto/merge?wait_for_result=true', body.join(''), 'application/x-ndjson');
        const desired = account.resources.flatMap((node) =>
          node.desired ? [{ id: node.id, desired: node.desired }] : [],
        );
        if (desired.length > 0) await send(uri, 'PATCH', '/graph/resoto/nodes', JSON.stringify(desired));
      }
    },
    run: (className, config = {}, options = {}) =>
      runActionForTest(plugin, { className, core: uri, config, now, ...options }),
    marked: async () => (await search('/desired.clean == true')).map(({ id }) => id).toSorted(),
    async node(id) {
      const [found] = await search(`id("${id}")`);
      if (found === undefined) throw new Error(`There is no node ${id}`);
      return found;
    },
    close: () => core.close(),
  };
}

/** Messages of the event log of a node. */
export function eventsOf({ metadata }: NodeRow): JsonValue[] {
  const log = metadata?.['event_log'] as readonly JsonObject[] | undefined;
  return (log ?? []).map((entry) => entry['msg'] ?? null);
}

/** Days before `now`, as a time of a node. */
export function daysAgo(days: number): string {
  return new Date(now.getTime() - days * 86_400_000).toISOString();
}

function lines({ id, cloud = 'aws', metadata, region = 'eu', resources }: Account): object[] {
  const [cloudId, accountId, regionId] = [`cloud-${cloud}`, `account-${id}`, `region-${id}-${region}`];
  const parent = region === null ? accountId : regionId;
  return [
    { id: 'root', reported: { kind: 'graph_root', id: 'root', name: 'root' } },
    { id: cloudId, reported: { kind: 'cloud', id: cloud, name: cloud } },
    {
      id: accountId,
      reported: { kind: 'aws_account', id, name: id },
      metadata: { replace: true, exported_at: collected, ...metadata },
    },
    ...(region === null ? [] : [{ id: regionId, reported: { kind: 'aws_region', id: region, name: region } }]),
    ...resources.map((node) => ({
      id: node.id,
      reported: { kind: node.kind, id: node.id, name: node.id, tags: {}, ...node.reported },
      metadata: { cleaned: false, phantom: false, protected: false, ...node.metadata },
    })),
    { from: 'root', to: cloudId },
    { from: cloudId, to: accountId },
    ...(region === null ? [] : [{ from: accountId, to: regionId }]),
    ...resources.map((node) => ({ from: parent, to: node.id })),
    ...resources.flatMap((node) => (node.after ?? []).map((to) => ({ from: node.id, to, edge_type: 'delete' }))),
  ];
}

async function send(
  uri: string,
  method: string,
  path: string,
  body: string,
  type = 'application/json',
): Promise<string> {
  const answer = await fetch(uri + path, { method, body, headers: { 'Content-Type': type } });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path} gave ${answer.status}: ${text}`);
  return text;
}
