/** Amazon DynamoDB. API version 2012-08-10. */
import type { ServiceParts } from '../../part.ts';
import { collectGlobalTables, collectTables } from './collect.ts';
import { globalTable, table } from './kinds.ts';

export const dynamodbParts: ServiceParts = {
  kinds: [table, globalTable],
  parts: [
    { kinds: [table], where: ['regional'], collect: collectTables },
    { kinds: [globalTable], where: ['global'], collect: collectGlobalTables },
  ],
};
