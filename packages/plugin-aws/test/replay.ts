import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { awsReplay, shared } from '@resoto/tools-shared';
import { collectForTest } from '@resoto/worker-core/testing';
import type { TestCollect, TestCollectOptions } from '@resoto/worker-core/testing';
import type { JsonObject } from '@resoto/worker-core/plugin';

import { plugin } from '../src/index.ts';

export const replay = await awsReplay();
export const files = shared();

/** Answers that were recorded, served over the wire protocols of AWS. */
export interface ReplayServer {
  readonly url: string;
  /** Changes options of the server, for example `{ only: 'ec2,pricing' }`. */
  configure(options: Readonly<Record<string, string>>): Promise<void>;
  /** Calls since it was asked last, as `service:operation`. */
  calls(): Promise<string[]>;
  stop(): Promise<void>;
}

/** Starts the server with all recorded answers. Everything in this process then talks to it. */
export async function startReplay(): Promise<ReplayServer> {
  const folders = ['fixtures', 'fixtures-org'].flatMap((folder) => ['--fixtures', files.path('reference/aws', folder)]);
  const server = await replay.start(folders);
  useEndpoint(server.url);
  return {
    url: server.url,
    async configure(options) {
      const query = new URLSearchParams(options).toString();
      const answer = await fetch(`${server.url}/_config?${query}`, { method: 'POST' });
      if (!answer.ok) throw new Error(`The replay server refused ${query}: ${await answer.text()}`);
    },
    async calls() {
      const answer = await fetch(`${server.url}/_calls`);
      const calls = (await answer.json()) as { readonly service: string; readonly operation: string }[];
      await fetch(`${server.url}/_calls`, { method: 'DELETE' });
      return [...new Set(calls.map(({ service, operation }) => `${service}:${operation}`))].toSorted();
    },
    async stop() {
      await server.stop();
    },
  };
}

/** Lets the clients of AWS in this process talk to a server, with made-up credentials. */
export function useEndpoint(url: string): void {
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_SHARED_CREDENTIALS_FILE: '/nonexistent/credentials',
    AWS_CONFIG_FILE: '/nonexistent/config',
    AWS_EC2_METADATA_DISABLED: 'true',
  });
  delete process.env['AWS_PROFILE'];
}

export function collect(config: JsonObject = {}, options: Partial<TestCollectOptions> = {}): Promise<TestCollect> {
  return collectForTest(plugin, { config, ...options });
}

/** Writes the upload of a collect into a directory. */
export async function writeBody({ body }: TestCollect, directory: string, name: string): Promise<string> {
  const path = join(directory, `${name}.ndjson`);
  await writeFile(path, body);
  return path;
}
