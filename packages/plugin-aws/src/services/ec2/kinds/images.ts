import { boolean, datetime, int64, list, object, string } from '@resoto/worker-core/plugin';

import { awsKind, awsResource, awsValue, tagList } from '../../../aws-kind.ts';
import { ec2 } from '../client.ts';
import { productCode, stateReason } from './instances.ts';
import { tags } from '../tags.ts';

const ebsBlockDevice = awsValue('aws_ec2_ebs_block_device', {
  delete_on_termination: boolean('DeleteOnTermination'),
  iops: int64('Iops'),
  snapshot_id: string('SnapshotId'),
  volume_size: int64('VolumeSize'),
  volume_type: string('VolumeType'),
  kms_key_id: string('KmsKeyId'),
  throughput: int64('Throughput'),
  outpost_arn: string('OutpostArn'),
  encrypted: boolean('Encrypted'),
});

const blockDeviceMapping = awsValue('aws_ec2_block_device_mapping', {
  device_name: string('DeviceName'),
  virtual_name: string('VirtualName'),
  ebs: object(ebsBlockDevice, 'Ebs'),
  no_device: string('NoDevice'),
});

export const image = awsKind('aws_ec2_image', [awsResource], {
  name: 'AWS EC2 Image',
  class: 'ec2.AwsEc2Image',
  list: { call: ec2('DescribeImages'), items: 'Images', input: { Owners: ['self'] } },
  arn: 'arn:{partition}:ec2:{region}:{account}:image/{id}',
  link: 'https://{region_id}.console.aws.amazon.com/ec2/home?region={region}#ImageDetails:imageId={id}',
  tags: tags,
  properties: {
    id: string('ImageId'),
    tags: tagList(),
    ctime: datetime('CreationDate'),
    architecture: string('Architecture'),
    image_location: string('ImageLocation'),
    image_type: string('ImageType'),
    public: boolean('Public'),
    kernel_id: string('KernelId'),
    owner_id: string('OwnerId'),
    platform: string('Platform'),
    platform_details: string('PlatformDetails'),
    usage_operation: string('UsageOperation'),
    product_codes: list(productCode, 'ProductCodes'),
    ramdisk_id: string('RamdiskId'),
    state: string('State'),
    block_device_mappings: list(blockDeviceMapping, 'BlockDeviceMappings'),
    description: string('Description'),
    ena_support: boolean('EnaSupport'),
    hypervisor: string('Hypervisor'),
    image_owner_alias: string('ImageOwnerAlias'),
    name: string('Name'),
    root_device_name: string('RootDeviceName'),
    root_device_type: string('RootDeviceType'),
    sriov_net_support: string('SriovNetSupport'),
    state_reason: object(stateReason, 'StateReason'),
    virtualization_type: string('VirtualizationType'),
    boot_mode: string('BootMode'),
    tpm_support: string('TpmSupport'),
    deprecation_time: string('DeprecationTime'),
    imds_support: string('ImdsSupport'),
    source_instance_id: string('SourceInstanceId'),
  },
});
