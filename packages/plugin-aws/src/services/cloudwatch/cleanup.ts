/** How log groups and their metric filters are deleted. */
import { member, ProviderError } from '@resoto/worker-core/plugin';
import type { CleanupResource, ExistsResult } from '@resoto/worker-core/plugin';

import type { WriteClient } from '../../call.ts';
import type { CleanupDeclaration } from '../../changes/cleanup-calls.ts';
import { lookEach } from '../../changes/look-each.ts';
import { textIn } from '../../changes/named-by.ts';
import { listOf, textOf } from '../../values.ts';
import { describeLogGroups, describeMetricFilters } from './calls.ts';
import { logs } from './client.ts';

const gone = { expected: ['ResourceNotFoundException'] };

export const logGroupCleanup: CleanupDeclaration = {
  takes: [{ kind: 'aws_cloudwatch_metric_filter' }],
  delete: logs.change('DeleteLogGroup', gone),
  input: { logGroupName: 'name' },
  // Names are sorted: of all that begin like this, the group itself comes first.
  exists: lookEach(
    describeLogGroups,
    { logGroupNamePrefix: 'name' },
    { isThere: (answer, group) => isListed(answer, 'logGroups', 'logGroupName', group) },
  ),
};

/** The log group of a filter is not among its properties. */
export const metricFilterCleanup: CleanupDeclaration = {
  delete: logs.change('DeleteMetricFilter', gone),
  input: (filter) => ({ logGroupName: logGroupOf(filter), filterName: textIn(filter, 'name') }),
  exists: {
    calls: [describeMetricFilters],
    batch: 20,
    look: (client, filters) => Promise.all(filters.map((filter) => lookForFilter(client, filter))),
  },
  needs: ['aws_cloudwatch_log_group'],
};

async function lookForFilter(client: WriteClient, filter: CleanupResource): Promise<ExistsResult> {
  try {
    const input = { logGroupName: logGroupOf(filter), filterNamePrefix: textIn(filter, 'name') };
    const answer = await client.read(describeMetricFilters, input);
    return answer !== undefined && isListed(answer, 'metricFilters', 'filterName', filter);
  } catch (error) {
    return { error };
  }
}

/** @throws ProviderError `unnamed_resource` */
function logGroupOf({ reported, neighbours }: CleanupResource): unknown {
  const [group] = neighbours;
  if (group !== undefined) return group.reported['name'];
  throw new ProviderError(`Nobody knows the log group of metric filter ${textOf(reported['name'])}`, {
    code: 'unnamed_resource',
    hint: 'It comes with the next collect, if aws_cloudwatch_log_group is collected.',
  });
}

function isListed(answer: object, items: string, name: string, resource: CleanupResource): boolean {
  return listOf(member(answer, items)).some((item) => member(item, name) === textIn(resource, 'name'));
}
