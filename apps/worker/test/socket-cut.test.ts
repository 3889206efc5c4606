import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { JsonValue } from '@resoto/worker-core';

import { AcmeCloud, acmePackage } from './acme-cloud.ts';
import { CoreProgram } from './core-program.ts';
import type { Graph } from './graph.ts';
import { killPrograms } from './program.ts';
import { Proxy, type Fate, type ProxiedMessage } from './proxy.ts';
import { installProgram, startWorker } from './worker-program.ts';

const subscriber = 'resoto.worker-collector';

let directory: string;
let cloud: AcmeCloud;
let core: CoreProgram;
let proxy: Proxy;
/** What passes in a collect that nothing disturbs. */
let usual: readonly ProxiedMessage[];
let whole: Graph;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cut-'));
  cloud = await AcmeCloud.start();
  cloud.accounts = { one: [{ id: 'a', peer: 'b' }], two: [{ id: 'b' }] };
  core = await CoreProgram.start();
  await core.configure({ resotoworker: { collector: ['acme'] }, acme: { endpoint: cloud.endpoint } });
  proxy = await Proxy.start(() => core.port);
  await startWorker({ uri: proxy.uri, directory, main: await installProgram(directory, { acme: acmePackage }) });
  await core.finished(await core.startCollect());
  usual = [...proxy.messages];
  whole = await core.graph();
});

afterAll(async () => {
  await killPrograms();
  await proxy.stop();
  await cloud.stop();
  await core.remove();
  await rm(directory, { recursive: true });
});

test.each(['cut', 'lose'] as const)(
  'whichever message is the last one on its socket (%s), each answer counts once and the graph is whole (no. 15, W1)',
  async (fate) => {
    expect(usual.length).toBeGreaterThan(8);

    for (let last = 1; last <= usual.length; last++) await collectWithCut(last, fate);
  },
);

/** Runs a collect in which a connection ends with its n-th message, delivered (`cut`) or not (`lose`), and checks the end. */
async function collectWithCut(last: number, fate: Fate): Promise<void> {
  let listed = 0;
  cloud.hook = (path) => {
    if (path === '/accounts') listed += 1;
    return 200;
  };
  proxy.reset();
  proxy.hooks = { message: () => (proxy.messages.length === last ? fate : 'pass') };

  const run = await core.finished(await core.startCollect());

  const told = { last, message: proxy.messages[last - 1]?.content };
  expect({ ...told, answers: run.answers['collect'] }).toEqual({ ...told, answers: { [subscriber]: 'action_done' } });
  expect({ ...told, listed }).toEqual({ ...told, listed: 1 });
  expect({ ...told, lost: new Set(answersOf(run.id)).size }).toEqual({ ...told, lost: 1 });
  expect(proxy.requestsOf('POST', '/graph/resoto/merge')).toMatchObject([{ status: 200 }, { status: 200 }]);
  expect(await core.graph()).toEqual(whole);
  expect(await core.log(run.id)).toEqual([]);
}

/** Every answer that was written, as text. Written again, it has to be the same. */
function answersOf(task: string): readonly string[] {
  return proxy.messages
    .map(({ content }) => content)
    .filter((content) => isAnswer(content, task))
    .map((content) => JSON.stringify(content));
}

function isAnswer(content: JsonValue, task: string): boolean {
  const { kind, data } = content as { readonly kind: string; readonly data?: { readonly task?: string } };
  return kind !== 'action_progress' && kind !== 'action' && data?.task === task;
}
