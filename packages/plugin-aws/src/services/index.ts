/** All services that are collected. A new one is a folder beside this file and a line in it. */
import type { ServiceParts } from '../part.ts';
import { autoscalingParts } from './autoscaling/index.ts';
import { cloudformationParts } from './cloudformation/index.ts';
import { cloudwatchParts } from './cloudwatch/index.ts';
import { dynamodbParts } from './dynamodb/index.ts';
import { ec2Parts } from './ec2/index.ts';
import { eksParts } from './eks/index.ts';
import { elbParts } from './elb/index.ts';
import { elbv2Parts } from './elbv2/index.ts';
import { iamParts } from './iam/index.ts';
import { lambdaParts } from './lambda/index.ts';
import { rdsParts } from './rds/index.ts';
import { s3Parts } from './s3/index.ts';
import { serviceQuotaParts } from './service-quotas/index.ts';
import { snsParts } from './sns/index.ts';
import { sqsParts } from './sqs/index.ts';

export const services: readonly ServiceParts[] = [
  iamParts,
  s3Parts,
  autoscalingParts,
  cloudformationParts,
  cloudwatchParts,
  elbParts,
  elbv2Parts,
  ec2Parts,
  serviceQuotaParts,
  dynamodbParts,
  eksParts,
  lambdaParts,
  rdsParts,
  snsParts,
  sqsParts,
];
