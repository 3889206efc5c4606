import { boolean, datetime, dictionary, int64, list, object, ref, string } from '@resoto/worker-core/plugin';

import { awsKind, awsResource, awsValue } from '../../aws-kind.ts';
import { calls } from './calls.ts';
import { clusterCleanup, nodegroupCleanup } from './cleanup.ts';
import { tagCalls } from '../../changes/tag-calls.ts';
import { eks } from './client.ts';

const vpcConfigResponse = awsValue('aws_eks_vpc_config_response', {
  subnet_ids: list('string', 'subnetIds'),
  security_group_ids: list('string', 'securityGroupIds'),
  cluster_security_group_id: string('clusterSecurityGroupId'),
  vpc_id: string('vpcId'),
  endpoint_public_access: boolean('endpointPublicAccess'),
  endpoint_private_access: boolean('endpointPrivateAccess'),
  public_access_cidrs: list('string', 'publicAccessCidrs'),
});

const kubernetesNetworkConfigResponse = awsValue('aws_eks_kubernetes_network_config_response', {
  service_ipv4_cidr: string('serviceIpv4Cidr'),
  service_ipv6_cidr: string('serviceIpv6Cidr'),
  ip_family: string('ipFamily'),
});

const logSetup = awsValue('aws_eks_log_setup', {
  types: list('string', 'types'),
  enabled: boolean('enabled'),
});

const logging = awsValue('aws_eks_logging', {
  cluster_logging: list(logSetup, 'clusterLogging'),
});

const identity = awsValue('aws_eks_identity', {
  oidc: string('oidc.issuer'),
});

const encryptionConfig = awsValue('aws_eks_encryption_config', {
  resources: list('string', 'resources'),
  provider: string('provider.keyArn'),
});

const connectorConfig = awsValue('aws_eks_connector_config', {
  activation_id: string('activationId'),
  activation_code: string('activationCode'),
  activation_expiry: datetime('activationExpiry'),
  provider: string('provider'),
  role_arn: string('roleArn'),
});

const tags = tagCalls(eks, {
  resource: { resourceArn: 'arn' },
  form: 'map',
  members: { tags: 'tags', keys: 'tagKeys' },
});

export const cluster = awsKind('aws_eks_cluster', [awsResource], {
  name: 'AWS EKS Cluster',
  class: 'eks.AwsEksCluster',
  cleanup: clusterCleanup,
  list: { call: calls.listClusters, items: 'clusters' },
  calls: [calls.describeCluster],
  arn: 'arn:{partition}:eks:{region}:{account}:cluster/{name}',
  link: 'https://{region_id}.console.aws.amazon.com/eks/home?region={region}#/clusters/{name}',
  tags: tags,
  properties: {
    id: string('name'),
    name: string('name'),
    arn: string('arn'),
    tags: dictionary('string', 'tags'),
    ctime: datetime('createdAt'),
    cluster_version: string('version'),
    cluster_endpoint: string('endpoint'),
    cluster_role_arn: string('roleArn'),
    cluster_resources_vpc_config: object(vpcConfigResponse, 'resourcesVpcConfig'),
    cluster_kubernetes_network_config: object(kubernetesNetworkConfigResponse, 'kubernetesNetworkConfig'),
    cluster_logging: object(logging, 'logging'),
    cluster_identity: object(identity, 'identity'),
    cluster_status: string('status'),
    cluster_certificate_authority: string('certificateAuthority.data'),
    cluster_client_request_token: string('clientRequestToken'),
    cluster_platform_version: string('platformVersion'),
    cluster_encryption_config: list(encryptionConfig, 'encryptionConfig'),
    cluster_connector_config: object(connectorConfig, 'connectorConfig'),
  },
  references: [ref('aws_iam_role', { by: 'arn', from: 'roleArn', default: 'in', delete: 'in' })],
});

const issue = awsValue('aws_eks_issue', {
  code: string('code'),
  message: string('message'),
  resource_ids: list('string', 'resourceIds'),
});

const launchTemplateSpecification = awsValue('aws_eks_launch_template_specification', {
  name: string('name'),
  version: string('version'),
  id: string('id'),
});

const nodegroupScalingConfig = awsValue('aws_eks_nodegroup_scaling_config', {
  min_size: int64('minSize'),
  max_size: int64('maxSize'),
  desired_size: int64('desiredSize'),
});

const remoteAccessConfig = awsValue('aws_eks_remote_access_config', {
  ec2_ssh_key: string('ec2SshKey'),
  source_security_groups: list('string', 'sourceSecurityGroups'),
});

const taint = awsValue('aws_eks_taint', {
  key: string('key'),
  value: string('value'),
  effect: string('effect'),
});

const nodegroupResources = awsValue('aws_eks_nodegroup_resources', {
  auto_scaling_groups: list('string', 'autoScalingGroups[].name'),
  remote_access_security_group: string('remoteAccessSecurityGroup'),
});

const nodegroupHealth = awsValue('aws_eks_nodegroup_health', {
  issues: list(issue, 'issues'),
});

const nodegroupUpdateConfig = awsValue('aws_eks_nodegroup_update_config', {
  max_unavailable: int64('maxUnavailable'),
  max_unavailable_percentage: int64('maxUnavailablePercentage'),
});

export const nodegroup = awsKind('aws_eks_nodegroup', [awsResource], {
  name: 'AWS EKS Nodegroup',
  class: 'eks.AwsEksNodegroup',
  cleanup: nodegroupCleanup,
  list: { call: calls.listNodegroups, items: 'nodegroups' },
  calls: [calls.describeNodegroup],
  arn: 'arn:{partition}:eks:{region}:{account}:nodegroup/{id}',
  tags: tags,
  properties: {
    id: string('nodegroupName'),
    name: string('nodegroupName'),
    arn: string('nodegroupArn'),
    tags: dictionary('string', 'tags'),
    ctime: datetime('createdAt'),
    cluster_name: string('clusterName'),
    group_nodegroup_arn: string(),
    group_version: string(),
    group_release_version: string('releaseVersion'),
    group_modified_at: datetime('modifiedAt'),
    group_status: string('status'),
    group_capacity_type: string('capacityType'),
    group_scaling_config: object(nodegroupScalingConfig, 'scalingConfig'),
    group_instance_types: list('string', 'instanceTypes'),
    group_subnets: list('string', 'subnets'),
    group_remote_access: object(remoteAccessConfig, 'remoteAccess'),
    group_ami_type: string('amiType'),
    group_node_role: string('nodeRole'),
    group_labels: dictionary('string', 'labels'),
    group_taints: list(taint, 'taints'),
    group_resources: object(nodegroupResources, 'resources'),
    group_disk_size: int64('diskSize'),
    group_health: object(nodegroupHealth, 'health'),
    group_update_config: object(nodegroupUpdateConfig, 'updateConfig'),
    group_launch_template: object(launchTemplateSpecification, 'launchTemplate'),
  },
  references: [
    ref(cluster, { by: 'name', from: 'clusterName', default: 'in', delete: 'in' }),
    ref('aws_autoscaling_group', {
      by: 'id',
      from: 'resources.autoScalingGroups[].name',
      default: 'out',
      delete: 'in',
    }),
  ],
});
