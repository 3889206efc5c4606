/** The kinds all clouds share, as Resoto 3.9 has them (worker behaviour 5.5). */
import {
  boolean,
  datetime,
  dictionary,
  double,
  duration,
  enumeration,
  int64,
  kind,
  list,
  oneOf,
  string,
} from './declare.ts';
import type { KindDeclaration } from './declare.ts';
import type { NodeKind, Property } from './types.ts';

// Where the class name is not the kind's name in camel case.
const classNames: Readonly<Record<string, string>> = {
  autoscaling_group: 'BaseAutoScalingGroup',
  base_cloud: 'BaseCloud',
  cloud: 'Cloud',
  dns_record: 'BaseDNSRecord',
  dns_record_set: 'BaseDNSRecordSet',
  dns_zone: 'BaseDNSZone',
  graph_root: 'GraphRoot',
  ip_address: 'BaseIPAddress',
  keypair: 'BaseKeyPair',
  phantom_resource: 'PhantomBaseResource',
  unknown_account: 'UnknownAccount',
  unknown_cloud: 'UnknownCloud',
  unknown_dns_zone: 'UnknownDNSZone',
  unknown_location: 'UnknownLocation',
  unknown_region: 'UnknownRegion',
  unknown_zone: 'UnknownZone',
};

const instanceStatus = enumeration('instance_status', ['running', 'stopped', 'terminated', 'busy', 'unknown']);
const volumeStatus = enumeration('volume_status', ['in-use', 'available', 'busy', 'error', 'deleted', 'unknown']);

const resource = declare('resource', 'Resource', 'resource/misc', [], {
  id: string(),
  tags: dictionary('string', undefined, { initial: {} }),
  name: string(),
  ctime: datetime(),
  age: age('ctime'),
  mtime: datetime(),
  last_update: age('mtime'),
  atime: datetime(),
  last_access: age('atime'),
  kind: string(undefined, { required: true, description: '' }),
});
const accessKey = declare('access_key', 'Access Key', 'key/access_control', [resource], { access_key_status: text() });
const account = declare('account', 'Account', 'account/control', [resource]);
const autoscalingGroup = declare('autoscaling_group', 'Auto Scaling Group', 'autoscaling_group/compute', [resource], {
  min_size: number(-1),
  max_size: number(-1),
});
const baseCloud = declare('base_cloud', 'Cloud', 'cloud/control', [resource]);
const bucket = declare('bucket', 'Storage Bucket', 'bucket/storage', [resource]);
const phantomResource = declare(
  'phantom_resource',
  'Phantom Resource',
  'resource/misc',
  [resource],
  {},
  { phantom: true },
);
const quota = declare('quota', 'Quota', 'quota/control', [phantomResource], {
  quota: decimal(),
  usage: decimal(),
  quota_type: text(null),
});
const bucketQuota = declare('bucket_quota', 'Bucket Quota', 'quota/storage', [quota]);
const certificate = declare('certificate', 'Certificate', 'certificate/access_control', [resource], {
  expires: datetime(),
  dns_names: texts(null),
  sha1_fingerprint: text(null),
});
const certificateQuota = declare('certificate_quota', 'Certificate Quota', 'quota/access_control', [quota]);
const cloud = declare('cloud', 'Cloud', 'cloud/control', [baseCloud]);
const database = declare('database', 'Database', 'database/database', [resource], {
  db_type: text(),
  db_status: text(),
  db_endpoint: text(),
  db_version: text(null),
  db_publicly_accessible: flag(),
  instance_type: text(),
  volume_size: number(0),
  volume_iops: number(),
  volume_encrypted: flag(),
});
const dnsRecord = declare(
  'dns_record',
  'DNS Record',
  'dns_record/networking',
  [resource],
  {
    record_ttl: number(-1),
    record_type: text(),
    record_data: text(),
    record_value: text(),
    record_priority: number(),
    record_port: number(),
    record_weight: number(),
    record_flags: number(),
    record_tag: text(null),
    record_mname: text(null),
    record_rname: text(null),
    record_serial: number(),
    record_refresh: number(),
    record_retry: number(),
    record_expire: number(),
    record_minimum: number(),
  },
  { identity: ['name', 'record_type', 'record_data'] },
);
const dnsRecordSet = declare(
  'dns_record_set',
  'DNS Record Set',
  'dns/networking',
  [resource],
  { record_ttl: number(), record_type: text(), record_values: texts() },
  { identity: ['name', 'record_type'] },
);
const dnsZone = declare('dns_zone', 'DNS Zone', 'dns/networking', [resource]);
const endpoint = declare('endpoint', 'Endpoint', 'endpoint/networking', [resource]);
const firewall = declare('firewall', 'Firewall', 'firewall/networking', [resource]);
const gateway = declare('gateway', 'Gateway', 'gateway/networking', [resource]);
const gatewayQuota = declare('gateway_quota', 'Gateway Quota', 'quota/networking', [quota]);
const graphRoot = declare('graph_root', 'Graph Root', 'graph_root/control', [phantomResource]);
const group = declare('group', 'Group', 'group/access_control', [resource]);
const healthCheck = declare('health_check', 'Health Check', 'health_check/compute', [resource], {
  check_interval: number(-1),
  healthy_threshold: number(-1),
  unhealthy_threshold: number(-1),
  timeout: number(-1),
  health_check_type: text(),
});
const instance = declare('instance', 'Instance', 'instance/compute', [resource], {
  instance_cores: decimal(0),
  instance_memory: decimal(0),
  instance_type: text(),
  instance_status: oneOf(instanceStatus),
});
const instanceProfile = declare('instance_profile', 'Instance Profile', 'instance_profile/access_control', [resource]);
const instanceQuota = declare('instance_quota', 'Instance Quota', 'instance/compute', [quota], {
  instance_type: sameAsId(),
  quota_type: text('standard'),
});
const type = declare('type', 'Type', 'type/control', [quota]);
const instanceType = declare('instance_type', 'Instance Type', 'instance_type/compute', [type], {
  instance_type: sameAsId(),
  instance_cores: decimal(0),
  instance_memory: decimal(0),
  ondemand_cost: decimal(),
  reservations: number(),
});
const ipAddress = declare('ip_address', 'IP Address', 'network_address/networking', [resource], {
  ip_address: text(),
  ip_address_family: text(),
});
const keypair = declare('keypair', 'Key Pair', 'keypair/access_control', [resource], { fingerprint: text() });
const loadBalancer = declare('load_balancer', 'Load Balancer', 'load_balancer/networking', [resource], {
  lb_type: text(),
  public_ip_address: text(null),
  backends: texts(),
});
const loadBalancerQuota = declare('load_balancer_quota', 'Load Balancer Quota', 'quota/networking', [quota]);
const network = declare('network', 'Network', 'network/networking', [resource]);
const networkAcl = declare('network_acl', 'Network ACL', 'acl/networking', [resource]);
const networkInterface = declare('network_interface', 'Network Interface', 'network_interface/networking', [resource], {
  network_interface_status: text(),
  network_interface_type: text(),
  mac: text(),
  private_ips: texts(),
  public_ips: texts(),
  v6_ips: texts(),
  description: text(),
});
const networkQuota = declare('network_quota', 'Network Quota', 'quota/networking', [quota]);
const networkShare = declare('network_share', 'Network Share', 'network_share/storage', [resource], {
  share_size: number(0),
  share_type: text(),
  share_status: text(null),
  share_iops: number(),
  share_throughput: decimal(),
  share_encrypted: flag(),
});
const organizationalRoot = declare('organizational_root', 'Organizational Root', 'resource/misc', [resource]);
const organizationalUnit = declare('organizational_unit', 'Organizational Unit', 'resource/misc', [resource]);
const peeringConnection = declare('peering_connection', 'Peering Connection', 'connection/networking', [resource]);
const policy = declare('policy', 'Policy', 'policy/access_control', [resource]);
const region = declare('region', 'Region', 'region/control', [resource], {}, { identity: ['name'] });
const role = declare('role', 'Role', 'role/access_control', [resource]);
const routingTable = declare('routing_table', 'Routing Table', 'routing_table/networking', [resource]);
const securityGroup = declare('security_group', 'Security Group', 'security_group/networking', [resource]);
const serverlessFunction = declare('serverless_function', 'Serverless Function', 'function/compute', [resource]);
const snapshot = declare('snapshot', 'Snapshot', 'snapshot/storage', [resource], {
  snapshot_status: text(),
  description: text(null),
  volume_id: text(null),
  volume_size: number(0),
  encrypted: flag(false),
  owner_id: text(null),
  owner_alias: text(null),
});
const stack = declare('stack', 'Stack', 'stack/control', [resource], {
  stack_status: text(),
  stack_status_reason: text(),
  stack_parameters: dictionary('string', undefined, { initial: {} }),
});
const subnet = declare('subnet', 'Subnet', 'subnet/networking', [resource]);
const tunnel = declare('tunnel', 'Networking Tunnel', 'tunnel/networking', [resource]);
const unknownAccount = declare('unknown_account', 'Unknown Account', 'account/control', [account]);
const unknownCloud = declare('unknown_cloud', 'Unknown Cloud', 'cloud/control', [baseCloud]);
const unknownDnsZone = declare('unknown_dns_zone', 'Unknown DNS Zone', 'dns/networking', [dnsZone]);
const unknownLocation = declare('unknown_location', 'Unknown Location', 'resource/misc', [resource]);
const unknownRegion = declare('unknown_region', 'Unknown Region', 'region/control', [region]);
const zone = declare('zone', 'Zone', 'zone/control', [resource]);
const unknownZone = declare('unknown_zone', 'Unknown Zone', 'zone/control', [zone]);
const user = declare('user', 'User', 'user/access_control', [resource]);
const volume = declare('volume', 'Volume', 'volume/storage', [resource], {
  volume_size: number(0),
  volume_type: text(),
  volume_status: oneOf(volumeStatus),
  volume_iops: number(),
  volume_throughput: number(),
  volume_encrypted: flag(),
  snapshot_before_delete: flag(false),
});
const volumeType = declare('volume_type', 'Volume Type', 'volume_type/storage', [type], {
  volume_type: sameAsId(),
  ondemand_cost: decimal(),
});

/** The base kinds and their enumerations, to derive from: `base.volume`, `base.volumeStatus`. */
export const base = {
  instanceStatus,
  volumeStatus,
  resource,
  accessKey,
  account,
  autoscalingGroup,
  baseCloud,
  bucket,
  phantomResource,
  quota,
  bucketQuota,
  certificate,
  certificateQuota,
  cloud,
  database,
  dnsRecord,
  dnsRecordSet,
  dnsZone,
  endpoint,
  firewall,
  gateway,
  gatewayQuota,
  graphRoot,
  group,
  healthCheck,
  instance,
  instanceProfile,
  instanceQuota,
  type,
  instanceType,
  ipAddress,
  keypair,
  loadBalancer,
  loadBalancerQuota,
  network,
  networkAcl,
  networkInterface,
  networkQuota,
  networkShare,
  organizationalRoot,
  organizationalUnit,
  peeringConnection,
  policy,
  region,
  role,
  routingTable,
  securityGroup,
  serverlessFunction,
  snapshot,
  stack,
  subnet,
  tunnel,
  unknownAccount,
  unknownCloud,
  unknownDnsZone,
  unknownLocation,
  unknownRegion,
  zone,
  unknownZone,
  user,
  volume,
  volumeType,
};

/** Class path of a base kind in the library of the reference worker. */
export function basePythonType(fqn: string): string {
  return `resotolib.baseresources.${classNames[fqn] ?? `Base${camelCase(fqn)}`}`;
}

function declare(
  fqn: string,
  name: string,
  picture: `${string}/${string}`,
  bases: readonly NodeKind[],
  properties: Readonly<Record<string, Property>> = {},
  more: Pick<KindDeclaration, 'identity' | 'phantom'> = {},
): NodeKind {
  const [icon = '', group = ''] = picture.split('/');
  return kind(fqn, bases, {
    name,
    icon,
    group,
    pythonType: basePythonType(fqn),
    base: true,
    properties,
    ...more,
  });
}

// The value when nothing is set; null when the property is then left out.
function text(initial: string | null = ''): Property {
  return string(undefined, { initial });
}

function number(initial: number | null = null): Property {
  return int64(undefined, { initial });
}

function decimal(initial: number | null = null): Property {
  return double(undefined, { initial });
}

function flag(initial: boolean | null = null): Property {
  return boolean(undefined, { initial });
}

function texts(initial: readonly string[] | null = []): Property {
  return list('string', undefined, { initial });
}

function sameAsId(): Property {
  return string(undefined, { initialFrom: 'id' });
}

/** Computed by the core. */
function age(since: string): Property {
  return duration(undefined, { synthetic: [since] });
}

function camelCase(fqn: string): string {
  return fqn
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
