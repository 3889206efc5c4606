/** What Fix Inventory 4.x has changed in the base kinds (worker behaviour 5.5). */
import { scalarText } from './members.ts';
import type { Generation } from '../protocol/generation.ts';
import { base, basePythonType } from './base-kinds.ts';
import { boolean, double, enumeration, int64, kind, list, oneOf, string } from './declare.ts';
import type { JsonValue } from '../protocol/json.ts';
import type { NodeKind, Property } from './types.ts';

/** All base kinds of a generation, bases before what derives from them. */
export function baseKinds(generation: Generation): readonly NodeKind[] {
  return generation === 'fix' ? fixKinds() : resotoKinds;
}

const resotoKinds = Object.values(base).filter((entry) => 'aggregateRoot' in entry);

interface Change {
  readonly icon?: string;
  /** Absent: only the group. */
  readonly categories?: readonly string[];
  readonly bases?: readonly string[];
  /** New ones, and known ones with another type or initial value. */
  readonly properties?: Readonly<Record<string, Property>>;
}

const none = { initial: null };
const phantom = { bases: ['phantom_resource'] };
const access = { categories: ['access_control', 'security'] };
const dns = { categories: ['dns', 'networking'] };
const security = { categories: ['networking', 'security'] };
const organization = { categories: ['management', 'misc'] };

const changes: Readonly<Record<string, Change>> = {
  access_key: { ...access, properties: { access_key_status: string(undefined, none) } },
  autoscaling_group: {
    categories: ['compute', 'management'],
    properties: { min_size: int64(undefined, none), max_size: int64(undefined, none) },
  },
  base_cloud: phantom,
  bucket: { properties: { encryption_enabled: boolean(), versioning_enabled: boolean() } },
  certificate: access,
  database: {
    categories: ['compute', 'database'],
    properties: {
      db_type: string(undefined, none),
      db_status: oneOf(
        enumeration('database_instance_status', ['available', 'stopped', 'terminated', 'failed', 'busy', 'unknown']),
      ),
      volume_size: int64(undefined, none),
    },
  },
  dns_record: dns,
  dns_record_set: dns,
  dns_zone: { ...dns, properties: { private_zone: boolean() } },
  firewall: security,
  health_check: {
    icon: 'health',
    categories: ['compute', 'monitoring'],
    properties: {
      check_interval: int64(undefined, none),
      healthy_threshold: int64(undefined, none),
      unhealthy_threshold: int64(undefined, none),
      timeout: int64(undefined, none),
      health_check_type: string(undefined, none),
    },
  },
  instance_profile: { icon: 'profile' },
  instance_type: { icon: 'type' },
  ip_address: { properties: { ip_address: string(undefined, none) } },
  keypair: { icon: 'key' },
  network: { properties: { cidr_blocks: list('string') } },
  network_acl: { ...security, icon: 'access_control' },
  network_interface: {
    icon: 'endpoint',
    properties: {
      network_interface_type: string(undefined, none),
      v6_ips: list('string', undefined, none),
      description: string(undefined, none),
    },
  },
  organizational_root: organization,
  organizational_unit: organization,
  region: {
    ...phantom,
    properties: { long_name: string(), latitude: double(), longitude: double(), region_in_use: boolean() },
  },
  security_group: security,
  serverless_function: { properties: { memory_size: int64() } },
  snapshot: { properties: { volume_size: int64(undefined, none) } },
  stack: { categories: ['devops', 'management'] },
  subnet: { properties: { cidr_block: string() } },
  tunnel: { icon: 'link' },
  unknown_dns_zone: dns,
  volume_type: { icon: 'type' },
  zone: { ...phantom, properties: { long_name: string() } },
};

interface Addition extends Change {
  readonly name: string;
  readonly icon: string;
  readonly group: string;
}

const ai = { group: 'ai', categories: ['ai', 'compute'] };
const jobStates = [
  'pending',
  'preparing',
  'running',
  'stopping',
  'stopped',
  'completed',
  'failed',
  'cancelled',
  'paused',
  'unknown',
];

const additions: Readonly<Record<string, Addition>> = {
  ai_resource: { ...ai, name: 'AI resource', icon: 'resource' },
  ai_job: {
    ...ai,
    name: 'AI Job',
    icon: 'job',
    bases: ['ai_resource'],
    properties: { ai_job_status: oneOf(enumeration('a_i_job_status', jobStates)) },
  },
  ai_model: { ...ai, name: 'AI Model', icon: 'resource', bases: ['ai_resource'] },
  database_instance_type: {
    name: 'Database Instance Type',
    icon: 'database',
    group: 'database',
    bases: ['instance_type'],
  },
  iam_principal: { name: 'IAM Principal', icon: 'user', group: 'access_control' },
  managed_kubernetes_cluster_provider: {
    name: 'Managed Kubernetes Cluster Provider',
    icon: 'cluster',
    group: 'compute',
    categories: ['compute', 'management'],
    properties: { version: string(), endpoint: string() },
  },
  queue: {
    name: 'Storage Queue',
    icon: 'queue',
    group: 'storage',
    properties: {
      // The name of the enumeration is one of its values there.
      queue_type: oneOf(enumeration('queue_type', ['queue_type', 'standard', 'fifo'])),
      approximate_message_count: int64(),
      message_retention_period_days: int64(),
    },
  },
  route: { name: 'Network Route', icon: 'routing_table', group: 'networking' },
};

let fixed: readonly NodeKind[] | undefined;

function fixKinds(): readonly NodeKind[] {
  if (fixed !== undefined) return fixed;
  const known = new Map<string, NodeKind>();
  // Clouds, regions and zones derive from the phantom resource there, so it has to come first.
  for (const old of [base.resource, base.phantomResource, ...resotoKinds]) {
    if (!known.has(old.fqn)) known.set(old.fqn, changed(old, known));
  }
  for (const [fqn, { name, icon, group, ...change }] of Object.entries(additions)) {
    known.set(fqn, declare(fqn, { name, icon, group }, ['resource'], change, {}, known));
  }
  return (fixed = [...known.values()]);
}

function changed(old: NodeKind, known: ReadonlyMap<string, NodeKind>): NodeKind {
  const told = (member: string): string => scalarText(old.metadata[member]) ?? '';
  const group = told('group');
  const own = Object.fromEntries(Object.entries(old.properties).filter(([property]) => old.own.includes(property)));
  const bases = old.bases.map((parent) => parent.fqn);
  const picture = {
    name: told('name'),
    icon: told('icon'),
    group: group === 'control' ? 'management' : group,
  };
  const { fqn, identity, phantom: isPhantom } = old;
  const kinds = declare(fqn, picture, bases, changes[fqn] ?? {}, own, known);
  return { ...kinds, identity, phantom: kinds.phantom || isPhantom };
}

function declare(
  fqn: string,
  picture: { readonly name: string; readonly icon: string; readonly group: string },
  bases: readonly string[],
  change: Change,
  properties: Readonly<Record<string, Property>>,
  known: ReadonlyMap<string, NodeKind>,
): NodeKind {
  const categories: JsonValue = change.categories ?? [picture.group];
  return kind(
    fqn,
    (change.bases ?? bases).flatMap((parent) => known.get(parent) ?? []),
    {
      ...picture,
      icon: change.icon ?? picture.icon,
      metadata: { source: 'base', categories },
      pythonType: basePythonType(fqn),
      base: true,
      properties: { ...properties, ...change.properties },
    },
  );
}
