/** AWS Lambda. API version 2015-03-31. */
import type { ServiceParts } from '../../part.ts';
import { collectFunctions } from './collect.ts';
import { lambdaFunction } from './kinds.ts';

export const lambdaParts: ServiceParts = {
  kinds: [lambdaFunction],
  parts: [{ kinds: [lambdaFunction], where: ['regional'], collect: collectFunctions }],
};
