import { member } from '@resoto/worker-core/plugin';

import { addFollowed, collectEach } from '../../collect-each.ts';
import type { RegionRun } from '../../region-run.ts';
import { calls, tagsBy } from './calls.ts';
import { globalTable, table } from './kinds.ts';

const tableTags = [tagsBy('TableArn')];
const globalTableTags = [tagsBy('GlobalTableArn')];

export async function collectTables(run: RegionRun): Promise<void> {
  await collectEach(run, table, async (TableName) => {
    const described = member(await run.client.read(calls.describeTable, { TableName }), 'Table');
    if (described !== undefined) await addFollowed(run, table, described, tableTags);
  });
}

export async function collectGlobalTables(run: RegionRun): Promise<void> {
  await collectEach(run, globalTable, async (listed) => {
    const input = { GlobalTableName: member(listed, 'GlobalTableName') };
    const described = member(await run.client.read(calls.describeGlobalTable, input), 'GlobalTableDescription');
    if (described !== undefined) await addFollowed(run, globalTable, described, globalTableTags);
  });
}
