import { describe, expect, test } from '@jest/globals';
import { WorkerError } from '@resoto/worker-core';
import type { AccountReport, CloudReport, CollectReport, RunningWorker, ScopeReport } from '@resoto/worker-core';

import { reportExitCode, summary } from './summary.ts';

type ScopeFailure = NonNullable<ScopeReport['error']>;
type Registry = Pick<RunningWorker, 'registry'>['registry'];

const region = { id: 'eu-1', name: 'Europe 1' };
const denied = failure('ListBoxes was denied', undefined, { permission: 'acme:ListBoxes' });

describe('the summary', () => {
  test('counts the kinds of all accounts', () => {
    const text = summaryOf({
      clouds: [
        cloud({
          accounts: [
            account({ kinds: { acme_box: 2, acme_account: 1 } }),
            account({ id: '2', kinds: { acme_box: 40 } }),
          ],
        }),
      ],
    });

    expect(text).toMatch(/^ {2}acme_account +1\n {2}acme_box +42$/m);
  });

  test('tells how each account ended', () => {
    const text = summaryOf({
      clouds: [cloud({ accounts: [account({ id: '1', name: 'one', nodes: 7, edges: 6, seconds: 1.25, carried: 3 })] })],
    });

    expect(text).toContain('acme one (1): complete, 7 nodes, 3 of them kept from an earlier collect, 6 edges, 1.3 s');
  });

  test('names the missing permission once for all regions', () => {
    const { region: _, ...everywhere } = scope({});
    const scopes = [
      scope({ outcome: 'denied', error: denied }),
      scope({ outcome: 'denied', error: denied, region: { id: 'us-1', name: 'USA 1' } }),
      { ...everywhere, outcome: 'denied', error: denied } as const,
    ];

    const text = summaryOf({ clouds: [cloud({ accounts: [account({ scopes })] })] });

    expect(text).toContain('  Access denied: acme_box (needs acme:ListBoxes) in Europe 1, USA 1, the account\n');
  });

  test('names follow-up calls that failed, and not services that are not enabled', () => {
    const scopes = [
      scope({ incomplete: [{ outcome: 'throttled', count: 3, error: failure('too many calls') }] }),
      scope({ kinds: ['acme_lid'], outcome: 'disabled' }),
    ];

    const text = summaryOf({ clouds: [cloud({ accounts: [account({ scopes })] })] });

    expect(text).toContain('  Europe 1: Throttled: acme_box (too many calls)\n');
    expect(text).not.toContain('acme_lid');
  });

  test('tells what failed as a whole, and what to do about it', () => {
    const text = summaryOf({
      unknownCollectors: ['gone'],
      clouds: [
        cloud({ error: failure('no credentials', 'Log in.'), outcome: 'failed' }),
        cloud({
          remarks: [{ level: 'error', message: 'profile is broken', context: ['profile x'] }],
          accounts: [account({ outcome: 'failed', uploaded: false, error: failure('on fire', 'Run.') })],
        }),
      ],
      error: failure('nothing was imported'),
    });

    expect(text).toContain('acme: no credentials\nLog in.\n');
    expect(text).toContain('acme profile x: profile is broken\n');
    expect(text).toMatch(/acme 1: failed, .*\n {2}on fire\n {2}Run\.\n/);
    expect(text).toContain('gone: no plugin for this cloud is installed. Installed: acme.\n');
    expect(text).toContain('\nNothing was imported.\n');
  });

  test('counts in its last line only what was imported', () => {
    const text = summaryOf({
      seconds: 3.21,
      clouds: [cloud({ accounts: [account({ nodes: 5 }), account({ id: '2', nodes: 9, uploaded: false })] })],
    });

    expect(text).toContain('5 nodes of 2 accounts in 3.2 seconds\n');
    expect(text).toContain('acme 2: not imported');
  });

  test('says how to add a real cloud when only made-up ones were collected', () => {
    const clouds = [collector('acme', { sample: true }), collector('real', { setup: 'Log in to Real.' })];

    expect(summaryOf({ clouds: [cloud({})] }, clouds)).toContain('\nLog in to Real.\n');
    expect(summaryOf({ clouds: [cloud({ cloud: 'real' })] }, clouds)).not.toContain('Log in to Real.');
  });

  test('names plugins that are broken', () => {
    const text = summaryOf({}, [collector('acme', {})], [brokenPlugin]);

    expect(text).toContain('\nThe plugin bad is left out\n  Remove it.\n');
  });

  test('says nothing about setting up a cloud when none was collected', () => {
    const clouds = [collector('real', { setup: 'Log in to Real.' })];

    expect(summaryOf({ clouds: [], unknownCollectors: ['gone'] }, clouds)).not.toContain('Log in to Real.');
  });

  test('shows no control character of a cloud', () => {
    const evil = 'a\u001b[2J\u0007\nb';

    const text = summaryOf({
      clouds: [
        cloud({
          remarks: [{ level: 'info', message: evil, context: [evil] }],
          accounts: [
            account({
              id: evil,
              name: evil,
              kinds: { [evil]: 1 },
              scopes: [scope({ outcome: 'failed', error: failure(evil), region: { id: evil, name: evil } })],
            }),
          ],
        }),
      ],
    });

    // eslint-disable-next-line no-control-regex
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
    expect(text).not.toMatch(/^b/m);
  });
});

describe('the exit code', () => {
  test.each([
    [0, 'everything was read and imported', {}],
    [
      0,
      'a service is not enabled',
      { clouds: [cloud({ accounts: [account({ scopes: [scope({ outcome: 'disabled' })] })] })] },
    ],
    [0, 'there is only something to know', { clouds: [cloud({ remarks: [remark('info')] })] }],
    [3, 'a scope was denied', { clouds: [cloud({ accounts: [account({ scopes: [scope({ outcome: 'denied' })] })] })] }],
    [
      3,
      'a follow-up call failed',
      {
        clouds: [
          cloud({
            accounts: [
              account({
                scopes: [scope({ incomplete: [{ outcome: 'failed', count: 1, error: failure('x') }] })],
              }),
            ],
          }),
        ],
      },
    ],
    [
      3,
      'an account failed',
      { clouds: [cloud({ outcome: 'partial', accounts: [account({}), account({ outcome: 'failed' })] })] },
    ],
    [3, 'an account was not imported', { clouds: [cloud({ accounts: [account({ uploaded: false })] })] }],
    [3, 'a profile is broken', { clouds: [cloud({ remarks: [remark('error')] })] }],
    [3, 'a cloud has no plugin', { unknownCollectors: ['gone'] }],
    [1, 'the run failed', { error: failure('nothing was imported') }],
  ] as const)('is %i when %s', (code, _, part) => {
    expect(reportExitCode(report(part), { registry: registry([], []) })).toBe(code);
  });

  test('is 3 when a plugin is broken', () => {
    expect(reportExitCode(report({}), { registry: registry([], [brokenPlugin]) })).toBe(3);
  });
});

const brokenPlugin = new WorkerError('plugin_failed', 'The plugin bad is left out', { hint: 'Remove it.' });

function summaryOf(
  part: Partial<CollectReport>,
  collectors: Registry['collectors'] = [collector('acme', {})],
  problems: Registry['problems'] = [],
): string {
  return summary(report(part), { registry: registry(collectors, problems) });
}

function registry(collectors: Registry['collectors'], problems: Registry['problems']): Registry {
  return { collectors, actions: [], commands: [], services: [], sections: [], problems };
}

function report(part: Partial<CollectReport>): CollectReport {
  const clouds = [cloud({ accounts: [account({})] })];
  return { task: 't', startedAt: '2024-02-19T11:00:00Z', seconds: 1, clouds, unknownCollectors: [], ...part };
}

function cloud(part: Partial<CloudReport>): CloudReport {
  const imported = {
    nodes_created: 0,
    nodes_updated: 0,
    nodes_deleted: 0,
    edges_created: 0,
    edges_updated: 0,
    edges_deleted: 0,
  };
  return { cloud: 'acme', outcome: 'complete', accounts: [], remarks: [], imported, seconds: 1, ...part };
}

function account(part: Partial<AccountReport>): AccountReport {
  const { id = '1' } = part;
  const counts = { nodes: 0, edges: 0, carried: 0, seconds: 1 };
  return { id, name: id, outcome: 'complete', scopes: [], kinds: {}, problems: [], uploaded: true, ...counts, ...part };
}

function scope(part: Partial<ScopeReport>): ScopeReport {
  return { kinds: ['acme_box'], outcome: 'complete', incomplete: [], region, ...part };
}

function failure(message: string, hint?: string, facts: ScopeFailure['facts'] = {}): ScopeFailure {
  return { code: undefined, message, hint, facts, stack: undefined };
}

function remark(level: 'info' | 'error'): CloudReport['remarks'][number] {
  return { level, message: 'something', context: [] };
}

function collector(
  name: string,
  part: { readonly sample?: boolean; readonly setup?: string },
): Registry['collectors'][number] {
  return {
    cloud: name,
    plugin: { cloud: name, load: () => Promise.reject(new Error('not loaded here')), ...part },
    section: undefined,
    package: { name, version: '1.0.0', directory: '', contract: 1, entry: '' },
  };
}
