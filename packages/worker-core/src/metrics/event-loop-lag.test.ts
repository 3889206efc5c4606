import { expect, test } from '@jest/globals';
import { eventually } from '../testing/eventually.ts';
import { measureEventLoopLag } from './event-loop-lag.ts';
import { Registry } from './prom-client.ts';

test('an event loop that has nothing to do is hardly late, and what was not measured has no value', async () => {
  const register = new Registry();
  const median = async () => /^nodejs_eventloop_lag_p50_seconds (\S+)$/m.exec(await register.metrics())?.[1];
  const forget = measureEventLoopLag(register);

  const before = await median();
  await eventually(async () => expect(Number(await median())).toBeLessThan(0.25));
  forget();

  expect([before, await median()]).toEqual([undefined, undefined]);
});
