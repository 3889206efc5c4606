import { callJson } from './wire-client.ts';

/** Kinds of an imaginary cloud. */
export const ACME_KINDS = [
  {
    fqn: 'resource',
    properties: [
      { name: 'id', kind: 'string' },
      { name: 'tags', kind: 'dictionary[string, string]' },
      { name: 'name', kind: 'string' },
      { name: 'ctime', kind: 'datetime' },
      { name: 'age', kind: 'trafo.duration_to_datetime', synthetic: { path: ['ctime'] } },
      { name: 'kind', kind: 'string', required: true },
    ],
  },
  { fqn: 'cloud', bases: ['resource'] },
  { fqn: 'account', bases: ['resource'] },
  { fqn: 'acme_resource', bases: ['resource'] },
  { fqn: 'acme_box', bases: ['acme_resource'], properties: [{ name: 'size', kind: 'int64' }] },
  { fqn: 'acme_net', bases: ['acme_resource'] },
];

const CTIME = '2024-01-01T00:00:00Z';

/** A whole account: `root → acme → account → box-1, box-2, net-1`. */
export function acmeAccount(account = 'acc-1'): object[] {
  const resource = (kind: string, id: string, more: object = {}): object => ({
    id: `${account}-${id}`,
    reported: { kind, id, name: id, ctime: CTIME, tags: { owner: 'joe' }, ...more },
  });
  return [
    { id: 'r', reported: { kind: 'graph_root', id: 'root', name: 'root' } },
    { id: 'c', reported: { kind: 'cloud', id: 'acme', name: 'Acme', ctime: CTIME } },
    {
      id: account,
      reported: { kind: 'account', id: account, name: account, ctime: CTIME },
      metadata: { replace: true },
    },
    resource('acme_box', 'box-1', { size: 10 }),
    resource('acme_box', 'box-2', { size: 20, tags: {} }),
    resource('acme_net', 'net-1'),
    { from: 'r', to: 'c' },
    { from: 'c', to: account },
    ...['box-1', 'box-2', 'net-1'].map((id) => ({ from: account, to: `${account}-${id}` })),
  ];
}

export function ndjson(documents: readonly object[]): string {
  return documents.map((document) => `${JSON.stringify(document)}\n`).join('');
}

/** Stores the kinds and the nodes of an account in a graph. */
export async function fillGraph(uri: string, graph = 'resoto'): Promise<void> {
  await callJson(uri, 'PATCH', `/graph/${graph}/model`, { body: ACME_KINDS });
  await callJson(uri, 'POST', `/graph/${graph}/merge`, {
    body: ndjson(acmeAccount()),
    headers: { 'Content-Type': 'application/x-ndjson' },
  });
}
