import { addFollowed, collectEach } from '../../collect-each.ts';
import type { RegionRun } from '../../region-run.ts';
import { functionFollowUps } from './calls.ts';
import { lambdaFunction } from './kinds.ts';

export async function collectFunctions(run: RegionRun): Promise<void> {
  await collectEach(run, lambdaFunction, (listed) => addFollowed(run, lambdaFunction, listed, functionFollowUps));
}
