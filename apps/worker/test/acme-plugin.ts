/** A cloud for tests that is listed over HTTP, so that a test sees and decides what happens. */
import {
  base,
  int64,
  kind,
  PermissionError,
  ProviderError,
  read,
  ref,
  string,
  type AccountJob,
  type CleanupSupport,
  type CollectContext,
  type Collector,
  type DeleteResult,
  type Plugin,
  type PluginContext,
  type PrepareResult,
  type TagSupport,
} from '@resoto/worker-core/plugin';

import type { AcmeBox } from './acme-cloud.ts';

const pythonType = 'acme.Acme';
const account = kind('acme_account', [base.account], { pythonType });
const region = kind('acme_region', [base.region], { pythonType });
const box = kind('acme_box', [base.resource], {
  pythonType,
  properties: { id: string('id'), name: string('name'), box_size: int64('size'), box_kept: string('kept') },
  references: [
    ref('acme_box', { by: 'id', from: 'peer', default: 'out', acrossAccounts: true }),
    ref('acme_box', { by: 'id', from: 'after', delete: 'out' }),
  ],
  permissions: { collect: ['acme:ListBoxes'], cleanup: ['acme:DeleteBox'] },
});

const crate = kind('acme_crate', [base.resource], {
  pythonType,
  properties: { id: string('id'), name: string('name') },
  permissions: { collect: ['acme:ListBoxes'], cleanup: ['acme:OpenBox', 'acme:DeleteBox'] },
});

const cleanup: CleanupSupport = {
  describe: (kind) => (kind === box ? { refuses: true } : kind === crate ? { prepare: {} } : undefined),
  refuse: ({ reported }) => reported['box_kept'] as string | undefined,
  open: async ({ id }, context) => ({
    prepare: (crates) =>
      Promise.all(
        crates.map(async ({ reported }): Promise<PrepareResult> => {
          await change(context, 'POST', `/accounts/${id}/boxes/${reported['id'] as string}/open`);
          return 'done';
        }),
      ),
    delete: (boxes) =>
      Promise.all(boxes.map(({ reported }) => deleteBox(context, `/accounts/${id}/boxes/${reported['id'] as string}`))),
    async exists(boxes) {
      const left = new Set((await list<AcmeBox>(context, `/accounts/${id}/boxes`)).map((found) => found.id));
      return boxes.map(({ reported }) => left.has(reported['id'] as string));
    },
  }),
};

/** The tags of a box are what the core has, until the next collect; the cloud only hears of them. */
const tags: TagSupport = {
  async change({ reported, owners: { account } }, _changes, { config, signal }) {
    const path = `/accounts/${account?.['id'] as string}/boxes/${reported['id'] as string}/tags`;
    const response = await fetch(new URL(path, config['endpoint'] as string), { method: 'PUT', signal });
    if (!response.ok) throw new ProviderError(`${path} was answered with ${response.status}`);
    return new Map();
  },
};

const collector: Collector = { kinds: [account, region, box, crate], accounts, collect, tags, cleanup };

export const plugin: Plugin = {
  name: 'acme',
  collectors: [
    {
      cloud: 'acme',
      section: {
        name: 'acme',
        description: 'The cloud of the test.',
        fields: { endpoint: { type: 'string', default: '', description: 'Where it answers.' } },
      },
      load: async () => collector,
    },
  ],
};

async function* accounts(context: PluginContext): AsyncGenerator<AccountJob> {
  for (const id of await list<string>(context, '/accounts')) yield { id, name: id, data: {} };
}

async function collect({ id }: AccountJob, context: CollectContext): Promise<void> {
  const { sink } = context;
  const accountNode = sink.add(account, { reported: { id }, parent: sink.cloud });
  const place = { id: 'eu', name: 'Europe' };
  context.progress(place.name, 'started');
  const regionNode = sink.add(region, { reported: place, parent: accountNode });
  const crates: AcmeBox[] = [];
  await context.scope({ kinds: [box.fqn], region: place }, async () => {
    for (const answer of await list<AcmeBox>(context, `/accounts/${id}/boxes`)) {
      if (answer.sealed !== undefined) crates.push(answer);
      else sink.add(box, { reported: read(box, answer), parent: regionNode, answer });
    }
  });
  if (crates.length > 0) {
    await context.scope({ kinds: [crate.fqn], region: place }, async () => {
      for (const answer of crates) sink.add(crate, { reported: read(crate, answer), parent: regionNode, answer });
    });
  }
  context.progress(place.name, 'done');
}

async function deleteBox(context: PluginContext, path: string): Promise<DeleteResult> {
  const { status } = await change(context, 'DELETE', path);
  if (status === 409) throw new ProviderError(`${path} is sealed`, { code: 'resource_in_use' });
  return status === 404 ? 'already_gone' : 'deleted';
}

function change({ config, signal }: PluginContext, method: 'DELETE' | 'POST', path: string): Promise<Response> {
  return fetch(new URL(path, config['endpoint'] as string), { method, signal });
}

async function list<Item>({ config, signal }: PluginContext, path: string): Promise<readonly Item[]> {
  const response = await fetch(new URL(path, config['endpoint'] as string), { signal });
  if (response.status === 403) throw new PermissionError({ call: 'ListBoxes', permission: 'acme:ListBoxes' });
  if (!response.ok) throw new ProviderError(`${path} was answered with ${response.status}`);
  return (await response.json()) as readonly Item[];
}
