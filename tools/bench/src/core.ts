import { setTimeout as sleep } from 'node:timers/promises';

import type { JsonObject } from '@resoto/worker-core';

/** What the bench asks of a core, over HTTP as anybody would. */
export interface Core {
  configure(config: JsonObject): Promise<void>;
  /** Waits until a worker has registered for collects. */
  registered(): Promise<void>;
  /** Runs the workflow `collect` to its end. Throws when the worker answers with an error. */
  collect(): Promise<void>;
  countNodes(): Promise<number>;
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
    async collect() {
      const { id } = (await (await request('POST', '/workflow/collect')).json()) as { id: string };
      for (;;) {
        const run = (await (await request('GET', `/workflow/task/${id}`)).json()) as CollectRun;
        const answer = Object.values(run.answers['collect'] ?? {})[0];
        if (answer === 'action_error') throw new Error('The collect failed');
        if (run.finished_at !== null) return;
        await sleep(20);
      }
    },
    async countNodes() {
      const response = await request('POST', '/graph/resoto/search/list?section=/', 'all limit 1', 'text/plain');
      return Number(response.headers.get('total-count'));
    },
  };
}

interface CollectRun {
  readonly finished_at: string | null;
  readonly answers: Readonly<Record<string, Readonly<Record<string, string>>>>;
}
