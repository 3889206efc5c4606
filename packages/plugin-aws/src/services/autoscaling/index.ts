/** Amazon EC2 Auto Scaling. API version 2011-01-01. */
import { regional } from '../../part.ts';
import type { ServiceParts } from '../../part.ts';
import { group } from './kinds.ts';

export const autoscalingParts: ServiceParts = { kinds: [group], parts: [regional(group)] };
