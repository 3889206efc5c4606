import { setTimeout as sleep } from 'node:timers/promises';

import type { JsonObject } from '@resoto/worker-core';

/** What the bench asks of a core, over HTTP as anybody would. */
export interface Core {
  configure(config: JsonObject): Promise<void>;
  /** Waits until a worker has registered for collects. */
  registered(): Promise<void>;
  /** Runs a workflow to its end. Throws when the worker answers the step of the same name with an error. */
  run(workflow: 'collect' | 'cleanup'): Promise<void>;
  /** Runs a command line. */
  execute(command: string): Promise<readonly unknown[]>;
  countNodes(): Promise<number>;
  /** Delete edges between nodes that are marked, and those behind them: the second node goes before the first. */
  deleteEdges(): Promise<readonly (readonly [from: string, to: string])[]>;
}

export function coreAt(url: string): Core {
  async function request(method: string, path: string, body?: string, type = 'application/json'): Promise<Response> {
    const init = body === undefined ? { method } : { method, body, headers: { 'content-type': type } };
    const response = await fetch(`${url}${path}`, init);
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response;
  }

  return {
    async configure(config) {
      await request('PUT', '/config/resoto.worker?validate=false', JSON.stringify(config));
    },
    async registered() {
      for (;;) {
        const subscribers: unknown = await (await request('GET', '/subscribers/for/collect')).json();
        if (Array.isArray(subscribers) && subscribers.length > 0) return;
        await sleep(5);
      }
    },
    async run(workflow) {
      const { id } = (await (await request('POST', `/workflow/${workflow}`)).json()) as { id: string };
      for (;;) {
        const run = (await (await request('GET', `/workflow/task/${id}`)).json()) as WorkflowRun;
        const answer = Object.values(run.answers[workflow] ?? {})[0];
        if (answer === 'action_error') throw new Error(`The ${workflow} failed`);
        if (run.finished_at !== null) return;
        await sleep(20);
      }
    },
    async execute(command) {
      const text = await (await request('POST', '/cli/execute', command, 'text/plain')).text();
      return JSON.parse(text) as readonly unknown[];
    },
    async deleteEdges() {
      const query = '/desired.clean == true -delete[0:]->';
      const response = await request('POST', '/graph/resoto/search/graph?section=/', query, 'text/plain');
      const rows = (await response.json()) as readonly { from?: string; to?: string; edge_type?: string }[];
      return rows.flatMap(({ from, to, edge_type: type }) =>
        from !== undefined && to !== undefined && type === 'delete' ? [[from, to] as const] : [],
      );
    },
    async countNodes() {
      const response = await request('POST', '/graph/resoto/search/list?section=/', 'all limit 1', 'text/plain');
      return Number(response.headers.get('total-count'));
    },
  };
}

interface WorkflowRun {
  readonly finished_at: string | null;
  readonly answers: Readonly<Record<string, Readonly<Record<string, string>>>>;
}
