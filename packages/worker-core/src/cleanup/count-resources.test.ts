import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { CoreClient } from '../core-client/core-client.ts';
import { coreConnection } from '../core-client/connection.ts';
import { ScriptedCore } from '../testing/scripted-core.ts';
import { countResources } from './count-resources.ts';

let core: ScriptedCore;
let client: CoreClient;

beforeEach(async () => {
  core = await ScriptedCore.start();
  client = new CoreClient({ connection: coreConnection({ uri: core.uri }) });
});

afterEach(async () => {
  client.close();
  await core.stop();
});

test('resources of a hundred accounts are counted with one question, and those of each cloud by themselves', async () => {
  const ids = Array.from({ length: 101 }, (_, index) => `a${index}`);
  answerLines(({ cloud, accounts }) => accounts.map((id) => `${id}: ${cloud === 'acme' ? 5 : 7}`));

  const counts = await count([...ids.map((id) => ({ cloud: 'acme', id })), { cloud: 'other', id: 'a0' }]);

  expect(core.requests.map(({ body }) => questionOf(body).accounts.length)).toEqual([100, 1, 1]);
  expect(counts.size).toBe(102);
  expect([counts.get('acme\na0'), counts.get('acme\na100'), counts.get('other\na0')]).toEqual([5, 5, 7]);
});

test('accounts that look like something else are counted, and others are not', async () => {
  const ids = ['total matched', 'a: 3', 'quo"te | clean'];
  answerLines(({ accounts }) => [...accounts.map((id, index) => `${id}: ${index + 1}`), 'stranger: 9', 'no number']);

  const counts = await count(ids.map((id) => ({ cloud: 'acme', id })));

  expect([...counts]).toEqual(ids.map((id, index) => [`acme\n${id}`, index + 1]));
});

test('accounts without a number are not known', async () => {
  answerLines(() => []);

  expect(await count([{ cloud: 'acme', id: 'a' }])).toEqual(new Map());
});

interface Question {
  readonly cloud: string;
  readonly accounts: readonly string[];
}

/** Answers as a core does: a line per value, then the sums. */
function answerLines(linesFor: (question: Question) => readonly string[]): void {
  core.answer('POST', '/cli/execute', ({ body }) => {
    const lines = [...linesFor(questionOf(body)), 'total matched: 999', 'total unmatched: 0'];
    return {
      body: lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
      headers: { 'Content-Type': 'application/x-ndjson' },
    };
  });
}

function questionOf(command: string): Question {
  const [, cloud = '', accounts = ''] =
    /^search \/ancestors\.cloud\.reported\.id == "(\w+)" and \/ancestors\.account\.reported\.id in (\[.*\]) \| count \/ancestors\.account\.reported\.id$/.exec(
      command,
    ) ?? [];
  return { cloud, accounts: JSON.parse(accounts) as string[] };
}

function count(accounts: Parameters<typeof countResources>[0]) {
  return countResources(accounts, { core: client, graph: 'g', signal: new AbortController().signal });
}
