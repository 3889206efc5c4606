import { expect, test } from '@jest/globals';
import { plugin } from '../collect/acme.test.plugin.ts';
import { ThreadPool } from '../collect/thread-pool.ts';
import { logOf } from '../log/log.ts';
import { autoEnabledClouds } from './auto-enable.ts';

test('a probe that never yields counts as no when the time is over (no. 18)', async () => {
  const [collector] = plugin.collectors ?? [];
  const entry = new URL('../collect/acme.test.plugin.ts', import.meta.url).href;
  const installed = { name: 'acme', version: '1.0.0', directory: '', contract: 1, entry };
  const registered = collector && { cloud: 'acme', plugin: collector, section: collector.section, package: installed };
  const limits = () => ({ threads: 1, jobsPerThread: 1 });
  const pool = new ThreadPool({ log: logOf(() => {}, 'info', 'main'), limits });

  const clouds = await autoEnabledClouds({
    registry: {
      ...{ collectors: registered === undefined ? [] : [registered], actions: [], commands: [], services: [] },
      ...{ sections: [], problems: [] },
    },
    pool,
    generation: 'resoto',
    section: () => ({ script: { autoEnable: 'spin' } }),
    log: logOf(() => {}, 'info', 'main'),
    signal: new AbortController().signal,
    timeout: 300,
  });

  expect(clouds).toEqual([]);
  expect(pool.size).toBe(0);
});
