/**
 * An hour of work in a few minutes, with both sockets cut every second of it:
 * `node --conditions=@resoto/source packages/worker-core/bench/soak.ts [tasks] [actions] [cuts] [milliseconds per second]`, by
 * default 10,000 tasks, 500 actions, 3,600 cuts, 50 ms. Ends with 1 when a piece of work is not accounted for.
 */
import { soak } from '../src/testing/soak.ts';

const [tasks = 10_000, actions = 500, cuts = 3_600, pace = 50] = process.argv.slice(2).map(Number);
const result = await soak({ tasks, actions, cuts, pace, seed: 1 });
process.stdout.write(`${JSON.stringify(result, undefined, 2)}\n`);

const isRight =
  result.actions.wrong.length + result.actions.wronglyRun.length + result.tasks.wrong.length + result.tasks.foreign ===
  0;
process.exitCode = isRight && result.growth < 10 ? 0 : 1;
