/** Commands for tests, of a plugin whose clouds nobody enabled. They are loaded by real worker threads. */
import { setTimeout } from 'node:timers/promises';
import { plugin as acme } from '../collect/acme.test.plugin.ts';
import { WorkerError } from '../errors.ts';
import type { Command } from '../plugin/command-contract.ts';
import type { Plugin } from '../plugin/contract.ts';
import type { JsonValue } from '../protocol/json.ts';

const section = {
  name: 'echo',
  description: 'Settings.',
  fields: { greeting: { type: 'string', default: 'hello', description: 'Greeting.' } },
} as const;

let loads = 0;

export const plugin: Plugin = {
  name: 'echo',
  collectors: acme.collectors ?? [],
  commands: [
    {
      name: 'echo',
      info: 'Says it again.',
      description: 'Says **it** again.',
      argsDescription: { word: 'what to say', '--loud': '[Optional] louder' },
      allowedOnKind: 'acme_box',
      filter: { cloud: ['acme'] },
      expectNodeResult: true,
      section,
      load: async () => raw(async (node, args, { config }) => ({ node: node ?? null, args, config })),
    },
    { name: 'paint', load: async () => paint },
    { name: 'nothing', load: async () => raw(async () => {}) },
    { name: 'odd', load: async () => raw(async () => new Map([[{}, odd]]) as unknown as JsonValue) },
    { name: 'cycle', load: async () => raw(async () => cycle()) },
    {
      name: 'fail',
      load: async () =>
        raw(async (_node, [text = '']) => {
          throw new WorkerError('denied', text, { hint: 'Allow it.' });
        }),
    },
    {
      name: 'wait',
      load: async () =>
        raw(async (_node, _args, { signal }) => {
          await setTimeout(60_000, undefined, { signal });
        }),
    },
    { name: 'deaf', load: async () => raw(() => new Promise(() => setInterval(() => {}, 1000))) },
    {
      name: 'spin',
      load: async () =>
        raw(async () => {
          for (;;);
        }),
    },
    {
      name: 'moody',
      load: async () => {
        if ((loads += 1) === 1) throw new Error('not in the mood');
        return raw(async () => 'fine');
      },
    },
  ],
};

const paint: Command = {
  form: 'resource',
  async run(resource, [color = 'red']) {
    if (resource === undefined) return ['red', 'green'];
    if (color === 'describe') return { kind: resource.kind.fqn, region: resource.owners.region?.['id'] ?? null };
    return { ...resource, reported: { ...resource.reported, color } };
  },
};

function raw(run: Extract<Command, { readonly form: 'raw' }>['run']): Command {
  return { form: 'raw', run };
}

function odd(): void {}

function cycle(): JsonValue {
  const value: Record<string, JsonValue> = {};
  value['self'] = value;
  return value;
}
