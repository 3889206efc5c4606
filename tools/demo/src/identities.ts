import {
  AddRoleToInstanceProfileCommand,
  AddUserToGroupCommand,
  AttachGroupPolicyCommand,
  AttachRolePolicyCommand,
  CreateAccessKeyCommand,
  CreateGroupCommand,
  CreateInstanceProfileCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  type IAMClient,
} from '@aws-sdk/client-iam';
import { present } from './tags.ts';

const people = ['ada', 'grace', 'linus'] as const;

/** A policy, a group of people who hold it, and the role of the servers. Returns the number of resources made. */
export async function makeIdentities(iam: IAMClient): Promise<number> {
  const policy = await makePolicy(iam);
  await iam.send(new CreateGroupCommand({ GroupName: 'developers' }));
  await iam.send(new AttachGroupPolicyCommand({ GroupName: 'developers', PolicyArn: policy }));
  for (const name of people) {
    await iam.send(new CreateUserCommand({ UserName: name, Tags: [{ Key: 'team', Value: 'shop' }] }));
    await iam.send(new AddUserToGroupCommand({ GroupName: 'developers', UserName: name }));
  }
  await iam.send(new CreateAccessKeyCommand({ UserName: people[0] }));
  await makeServerRole(iam, policy);
  return people.length + 5;
}

async function makePolicy(iam: IAMClient): Promise<string> {
  const { Policy } = await iam.send(
    new CreatePolicyCommand({
      PolicyName: 'read-pictures',
      PolicyDocument: document({ Action: 's3:GetObject', Resource: 'arn:aws:s3:::shop-pictures-*/*' }),
    }),
  );
  return present(Policy?.Arn);
}

async function makeServerRole(iam: IAMClient, policy: string): Promise<void> {
  await iam.send(
    new CreateRoleCommand({
      RoleName: 'web-server',
      AssumeRolePolicyDocument: document({ Action: 'sts:AssumeRole', Principal: { Service: 'ec2.amazonaws.com' } }),
    }),
  );
  await iam.send(new AttachRolePolicyCommand({ RoleName: 'web-server', PolicyArn: policy }));
  await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: 'web-server' }));
  await iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName: 'web-server', RoleName: 'web-server' }));
}

function document(statement: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...statement }] });
}
