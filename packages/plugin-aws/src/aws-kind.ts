/** How kinds of this cloud are declared: what every kind has, plus the call that lists it, its ARN and its place in the console. */
import { base, dictionary, kind, path, string, tagsToObject, tagValue, value } from '@resoto/worker-core/plugin';
import type { Kind, KindDeclaration, NodeKind, Property, ValueKind } from '@resoto/worker-core/plugin';

import { callsOfCleanup } from './changes/cleanup-calls.ts';
import type { CleanupDeclaration } from './changes/cleanup-calls.ts';
import { callsOfTags } from './changes/tag-calls.ts';
import type { TagDeclaration } from './changes/tag-calls.ts';
import type { Call, Change } from './service.ts';
import { linkValue, template } from './template.ts';
import type { Template } from './template.ts';

/** The call that lists all nodes of a kind in a region. */
export interface Listing {
  readonly call: Call;
  /** Path of the items in each page. */
  readonly items: string;
  readonly input?: object;
  /** Largest number of items the call gives in a page, where it gives more than are good to hold when not asked. */
  readonly pageSize?: number;
}

export interface AwsKind extends NodeKind {
  /** Absent: other kinds' calls bring it. */
  readonly list: Listing | undefined;
  /** Makes the ARN of a node whose answer has none. */
  readonly arn: Template | undefined;
  /** Makes `metadata.provider_link`: the node's page in the console. */
  readonly link: Template | undefined;
  /** Absent: it has no tags that can be changed. */
  readonly tags: TagDeclaration | undefined;
  /** Absent: it cannot be deleted. */
  readonly cleanup: CleanupDeclaration | undefined;
}

export interface AwsKindDeclaration extends Omit<KindDeclaration, 'pythonType' | 'permissions'> {
  readonly name: string;
  /** Module and class in the reference worker. */
  readonly class: string;
  readonly list?: Listing;
  /** Further calls it takes to collect the kind. */
  readonly calls?: readonly Call[];
  /** Template of the ARN for answers that have none; `template.ts` says what it may name. */
  readonly arn?: string;
  /** Template of the link to the console. */
  readonly link?: string;
  readonly tags?: TagDeclaration;
  readonly cleanup?: CleanupDeclaration;
}

export const awsResource: NodeKind = kind('aws_resource', [base.resource], {
  name: 'AWS Resource',
  pythonType: 'resoto_plugin_aws.resource.base.AwsResource',
  // A node without ARN has a shorter identity.
  identity: ['arn'],
  properties: { arn: string() },
});

export function awsKind(fqn: string, bases: readonly Kind[], declaration: AwsKindDeclaration): AwsKind {
  const { class: className, list, calls = [], arn, link, tags, cleanup, ...rest } = declaration;
  const needed = [...(list === undefined ? [] : [list.call]), ...calls];
  const pythonType = `resoto_plugin_aws.${className.startsWith('collector.') ? '' : 'resource.'}${className}`;
  const permissions = {
    collect: permissionsOf(needed),
    ...(tags !== undefined && { tag: permissionsOf(callsOfTags(tags)) }),
    ...(cleanup !== undefined && { cleanup: permissionsOf(callsOfCleanup(cleanup)) }),
  };
  const declared: AwsKind = {
    ...kind(fqn, bases, { ...rest, pythonType, permissions }),
    list,
    arn: arn === undefined ? undefined : template(arn),
    link: link === undefined ? undefined : template(link, linkValue),
    tags,
    cleanup,
  };
  known.set(declared, declared);
  return declared;
}

const known = new WeakMap<NodeKind, AwsKind>();

/** The declaration of a kind of this cloud; undefined for a base kind. */
export function declared(kind: NodeKind): AwsKind | undefined {
  return known.get(kind);
}

function permissionsOf(calls: readonly (Call | Change)[]): string[] {
  return [...new Set(calls.map(({ permission }) => permission))];
}

/** A nested value. Its display name follows from its kind, unless it is given. */
export function awsValue(fqn: string, properties: Readonly<Record<string, Property>>, name = titleOf(fqn)): ValueKind {
  return value(fqn, properties, { name });
}

/** Tags as most answers have them: a list of `Key` and `Value`. */
export function tagList(from = 'Tags'): Property {
  return dictionary('string', path(from, tagsToObject()));
}

/** The name people gave a resource by its tag. */
export function nameTag(): Property {
  return string(path('Tags', tagValue('Name')));
}

const spelled = new Map([
  ['cloudformation', 'CloudFormation'],
  ['cloudwatch', 'CloudWatch'],
  ['dynamodb', 'DynamoDB'],
  ['ipv6', 'IPv6'],
  ['on', 'on'],
]);
const acronyms = new Set(
  `acl alb aws cidr cors cpu db dns ebs ec2 eks elb fpga gpu iam icmp id ip kms lb mfa nat oidc rds s3 sns sqs sse url
  vpc`.split(/\s+/),
);

function titleOf(fqn: string): string {
  return fqn.split('_').map(titleWord).join(' ');
}

function titleWord(word: string): string {
  if (acronyms.has(word)) return word.toUpperCase();
  return spelled.get(word) ?? `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`;
}
