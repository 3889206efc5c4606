import { expect, test } from '@jest/globals';
import { soak } from '../testing/soak.ts';

test('every action is worked on and answered once, and every task answered once or known as lost, however often sockets are cut', async () => {
  const { actions, tasks, growth } = await soak({ tasks: 2_000, actions: 100, cuts: 150, pace: 25, seed: 3 });

  expect(actions).toEqual({ answeredOnce: 100, wrong: [], wronglyRun: [] });
  expect(tasks).toMatchObject({ wrong: [], foreign: 0 });
  expect(tasks.answeredOnce + tasks.lost + tasks.neverArrived + tasks.answerCutOff).toBe(2_000);
  expect(tasks.answeredOnce).toBeGreaterThan(100);
  expect(tasks.lost).toBeGreaterThan(10);
  expect(growth).toBeLessThan(10);
});
