/** Amazon CloudWatch, API version 2010-08-01, and its logs, API version 2014-03-28. */
import { regional } from '../../part.ts';
import type { ServiceParts } from '../../part.ts';
import { collectAlarms, collectMetricFilters } from './collect.ts';
import { alarm, logGroup, metricFilter } from './kinds.ts';

export const cloudwatchParts: ServiceParts = {
  kinds: [alarm, logGroup, metricFilter],
  parts: [
    { kinds: [alarm], where: ['regional'], collect: (run) => run.once(collectAlarms) },
    regional(logGroup),
    { kinds: [metricFilter], where: ['regional'], collect: collectMetricFilters },
  ],
};
