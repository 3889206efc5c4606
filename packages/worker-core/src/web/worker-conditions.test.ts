import { describe, expect, test } from '@jest/globals';
import { plainError } from '../collect/plain-error.ts';
import type { CloudReport, CollectReport } from '../collect/report.ts';
import { createAuthority } from '../core-client/tls/authority.ts';
import { eventually } from '../testing/eventually.ts';
import { Health } from './health.ts';
import {
  actionPluginConnection,
  certificateCondition,
  certificateExpiry,
  collectConditions,
  connectionCondition,
  connectionNames,
  workConditions,
} from './worker-conditions.ts';

describe('connections', () => {
  test('a worker that lost its core is not ready, and goes on living (no. 27)', () => {
    const health = new Health();
    const state = connectionCondition(health, connectionNames.actions);
    state({ is: 'connected', epoch: 1 });
    const connected = [...health.failed('ready')];

    state({ is: 'disconnected', error: new Error('gone'), retryIn: 1 });
    state({ is: 'connecting' });

    expect(connected).toEqual([]);
    expect(health.failed('ready')).toEqual([{ name: 'CoreActions', reason: 'gone' }]);
    expect(health.failed('health')).toEqual([{ name: 'CoreActions', reason: 'gone' }]);
    expect(health.failed('live')).toEqual([]);
  });

  test('connections of action plugins are part of health (no. 27)', () => {
    const health = new Health();

    connectionCondition(health, actionPluginConnection('CleanupVolumesPlugin'));

    expect(health.failed('health').map(({ name }) => name)).toEqual(['Action Plugin CleanupVolumesPlugin']);
  });
});

describe('collects', () => {
  test('a cloud that failed three times in a row is not well until it is collected again (no. 27)', () => {
    const health = new Health();
    const ended = collectConditions(health);
    const wellAfter = (outcome: CloudReport['outcome']): boolean => {
      ended(reportOf('aws', outcome));
      return health.failed('health').length === 0;
    };

    const well = (['failed', 'denied', 'complete', 'failed', 'timed_out', 'failed'] as const).map(wellAfter);

    expect(well).toEqual([true, true, true, true, true, false]);
    expect(health.failed('health')).toEqual([{ name: 'Collect aws', reason: 'failed 3 times in a row' }]);
    expect(health.failed('ready')).toEqual([]);
    expect(wellAfter('complete')).toBe(true);
  });

  test('a worker that never gets as far as a cloud is not well either', () => {
    const health = new Health();
    const ended = collectConditions(health);
    const failed: CollectReport = {
      ...reportOf('aws', 'failed'),
      clouds: [],
      error: plainError(new Error('the disk is full')),
    };

    for (let run = 0; run < 3; run += 1) ended(failed);

    expect(health.failed('health')).toEqual([{ name: 'Collect', reason: 'failed 3 times in a row' }]);
  });

  test('a cloud that was imported in part is well (no. 27)', () => {
    const health = new Health();
    const ended = collectConditions(health);

    for (let run = 0; run < 5; run += 1) ended(reportOf('aws', 'partial', [true, false]));

    expect(health.failed('health')).toEqual([]);
  });
});

describe('certificates', () => {
  test('the end of the validity is read from the certificate', async () => {
    const { certificate } = await createAuthority({ CN: 'worker' }, new Date('2024-01-01T00:00:00Z'));

    expect(certificateExpiry(certificate).toISOString()).toBe('2033-12-29T00:00:00.000Z');
  });

  test('a certificate that expires is told of by itself, until there is a new one (no. 27)', async () => {
    const health = new Health();
    const certificate = certificateCondition(health);
    const expiry = new Date(Date.now() + 50);

    certificate.renewed(expiry);
    await eventually(() => {
      expect(health.failed('health')).toEqual([{ name: 'Certificate', reason: `expired on ${expiry.toISOString()}` }]);
    });
    certificate.renewed(new Date(Date.now() + 3_000_000_000_000));

    expect(health.failed('health')).toEqual([]);
  });
});

describe('work', () => {
  test('only work that cannot be stopped makes a worker ask for a restart (no. 27)', async () => {
    const health = new Health();
    const begins = workConditions(health);
    begins('collect', 3_000_000_000)();

    const ended = begins('cleanup', 10);
    await eventually(() => expect(health.failed('live').map(({ name }) => name)).toEqual(['cleanup #2']));
    ended();

    expect(health.failed('live')).toEqual([]);
  });
});

function reportOf(cloud: string, outcome: CloudReport['outcome'], uploads: readonly boolean[] = []): CollectReport {
  const accounts = uploads.map((uploaded, number) => ({
    ...{ id: `${number}`, name: `${number}`, outcome: 'complete' as const, scopes: [], kinds: {}, problems: [] },
    ...{ nodes: 1, edges: 1, carried: 0, seconds: 1, uploaded },
  }));
  const imported = {
    ...{ nodes_created: 0, nodes_updated: 0, nodes_deleted: 0 },
    ...{ edges_created: 0, edges_updated: 0, edges_deleted: 0 },
  };
  const report: CloudReport = { cloud, outcome, accounts, remarks: [], imported, seconds: 1 };
  return { task: 't', startedAt: '2024-01-01T00:00:00.000Z', seconds: 1, clouds: [report], unknownCollectors: [] };
}
