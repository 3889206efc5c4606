/** AWS Identity and Access Management. API version 2010-05-08. */
import { global } from '../../part.ts';
import type { ServiceParts } from '../../part.ts';
import { collectIdentities } from './collect.ts';
import { accessKey, group, instanceProfile, policy, role, rootUser, serverCertificate, user } from './kinds.ts';

const identities = [user, group, role, policy, accessKey, rootUser] as const;

export const iamParts: ServiceParts = {
  kinds: [...identities, instanceProfile, serverCertificate],
  parts: [
    { kinds: identities, where: ['global'], collect: collectIdentities },
    global(instanceProfile),
    global(serverCertificate),
  ],
};
