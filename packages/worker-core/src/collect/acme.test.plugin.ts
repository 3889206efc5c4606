/** A cloud for tests that does what its configuration says. It is loaded by real worker threads. */
import { existsSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { PermissionError, ProviderError } from '../errors.ts';
import { base } from '../kinds/base-kinds.ts';
import { kind, list, string } from '../kinds/declare.ts';
import { isJsonObject, type JsonObject } from '../protocol/json.ts';
import type { AccountJob, CollectContext, Collector, Plugin, PluginContext, TagSupport } from '../plugin/contract.ts';

/** How an account behaves. */
export interface AccountScript {
  readonly id: string;
  readonly name?: string;
  /** Region → names of boxes, or how listing them fails. */
  readonly regions?: Readonly<Record<string, readonly string[] | 'denied' | 'failed'>>;
  /** Instead of collecting. */
  readonly does?: 'throw' | 'spin' | 'ignore the signal' | 'wait' | 'talk' | 'crash' | 'exit' | 'fill the memory';
  /** File that is created once the account is being collected. */
  readonly marks?: string;
}

export interface AcmeScript {
  readonly accounts?: readonly AccountScript[];
  /** Ends the list of accounts with this error. */
  readonly listFails?: string;
  /** Reports this problem while listing. */
  readonly remark?: string;
  readonly autoEnable?: 'yes' | 'no' | 'throw' | 'spin';
  readonly tags?: TagScript;
}

/** How tags are changed. */
export interface TagScript {
  /** Keys the cloud refuses. */
  readonly refuses?: readonly string[];
  /** Keys that are only done when the file `gate` is there. */
  readonly waitsFor?: readonly string[];
  readonly gate?: string;
  /** File that gets a line at the start and at the end of each change. */
  readonly calls?: string;
}

const pythonType = 'acme.Acme';
const account = kind('acme_account', [base.account], { pythonType });
const region = kind('acme_region', [base.region], { pythonType });
const box = kind('acme_box', [base.instance], {
  pythonType,
  properties: { color: string('Color'), lids: list('string') },
});

const quota = kind('acme_quota', [base.quota], { pythonType });

const tags: TagSupport = {
  async change({ kind, reported, owners }, { remove, update }, { config, signal }) {
    const { refuses = [], waitsFor = [], gate = '', calls } = scriptOf(config).tags ?? {};
    const keys = [...remove, ...Object.keys(update)];
    const note = async (what: string): Promise<void> => {
      if (calls === undefined) return;
      await appendFile(
        calls,
        `${[what, kind.fqn, text(reported['id']), text(owners.region?.['id']), keys.join()].join(' ')}\n`,
      );
    };
    await note('start');
    while (waitsFor.some((key) => keys.includes(key)) && !existsSync(gate)) await setTimeout(5, undefined, { signal });
    await note('end');
    const refused = new PermissionError({ call: 'TagBox', permission: 'acme:TagBox' });
    return new Map(keys.filter((key) => refuses.includes(key)).map((key) => [key, refused]));
  },
};

const collector: Collector = { kinds: [account, region, box, quota], autoEnable, accounts, collect, tags };

export const plugin: Plugin = {
  name: 'acme',
  collectors: [
    {
      cloud: 'acme',
      section: {
        name: 'acme',
        description: 'What the cloud does.',
        fields: { script: { type: 'any', default: {}, description: 'Script.' } },
      },
      setup: 'Nothing to do.',
      load: async () => collector,
    },
  ],
};

async function autoEnable({ config }: PluginContext): Promise<boolean> {
  const { autoEnable: answer = 'no' } = scriptOf(config);
  if (answer === 'throw') throw new Error('no idea');
  if (answer === 'spin') spin();
  return answer === 'yes';
}

async function* accounts(context: PluginContext): AsyncGenerator<AccountJob> {
  const { accounts: scripts = [], listFails, remark } = scriptOf(context.config);
  if (remark !== undefined) context.report('error', remark, ['profile']);
  for (const { id, name = id, ...script } of scripts) yield { id, name, data: plain(script) };
  if (listFails !== undefined) throw new ProviderError(listFails);
}

async function collect({ id, name, data }: AccountJob, context: CollectContext): Promise<void> {
  const { regions = {}, does, marks }: Omit<AccountScript, 'id'> = data;
  if (marks !== undefined) await mark(marks);
  await behave(does, context);
  const accountNode = context.sink.add(account, { reported: { id, name }, parent: context.sink.cloud });
  for (const [regionName, boxes] of Object.entries(regions)) {
    const place = { id: regionName, name: regionName };
    context.progress(regionName, 'started');
    const regionNode = context.sink.add(region, { reported: place, parent: accountNode });
    await context.scope({ kinds: [box.fqn], region: place }, async () => {
      context.countCall?.('boxes', Array.isArray(boxes) ? 'done' : 'failed');
      if (boxes === 'denied') throw new PermissionError({ call: 'ListBoxes', permission: 'acme:ListBoxes' });
      if (boxes === 'failed') throw new ProviderError('ListBoxes answered nonsense');
      for (const boxId of boxes) context.sink.add(box, { reported: { id: boxId }, parent: regionNode });
    });
    context.progress(regionName, 'done');
  }
}

async function behave(does: AccountScript['does'], { signal, log }: PluginContext): Promise<void> {
  switch (does) {
    case 'throw':
      throw new ProviderError('the account is on fire', { hint: 'Call the fire brigade.' });
    case 'spin':
      return spin();
    case 'ignore the signal':
      return new Promise(() => setInterval(() => {}, 1000));
    case 'wait':
      signal.throwIfAborted();
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    case 'talk':
      for (;;) {
        log.debug('still here');
        await setTimeout(5, undefined, { signal });
      }
    case 'crash':
      setImmediate(() => {
        throw new TypeError('boxes is not a function');
      });
      return new Promise(() => {});
    case 'exit':
      return process.exit(3);
    case 'fill the memory':
      for (const kept: number[][] = []; ;) kept.push(Array.from({ length: 100 }, (_, index) => index / 7));
    case undefined:
  }
}

function spin(): never {
  for (;;);
}

async function mark(path: string): Promise<void> {
  await appendFile(path, 'collected\n');
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : 'nothing';
}

function scriptOf(config: PluginContext['config']): AcmeScript {
  const script = config['script'];
  // The tests write it as such.
  return isJsonObject(script) ? script : {};
}

/** A script as the data it is: optional members that are not there vanish. */
export function plain(script: object): JsonObject {
  return JSON.parse(JSON.stringify(script)) as JsonObject;
}
