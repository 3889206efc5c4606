/** What exists in the example cloud: kinds, where the answers of its API hold their values, and what they refer to. */
import {
  base,
  datetime,
  dictionary,
  double,
  int64,
  kind,
  list,
  oneOf,
  ref,
  string,
  value,
} from '@resoto/worker-core/plugin';

const pythonType = (name: string): string => `resoto_plugin_example_collector.${name}`;

const exampleResource = value('example_resource', {});

export const account = kind('example_account', [base.account], {
  name: 'Example Account',
  pythonType: pythonType('ExampleAccount'),
});

export const region = kind('example_region', [base.region], {
  name: 'Example Region',
  pythonType: pythonType('ExampleRegion'),
  properties: { id: string('RegionId'), name: string('Title'), tags: dictionary('string', 'Tags') },
});

export const network = kind('example_network', [exampleResource, base.network], {
  name: 'Example Network',
  pythonType: pythonType('ExampleNetwork'),
  properties: { id: string('NetworkId'), tags: dictionary('string', 'Tags') },
});

export const instance = kind('example_instance', [exampleResource, base.instance], {
  name: 'Example Instance',
  pythonType: pythonType('ExampleInstance'),
  properties: {
    id: string('InstanceId'),
    tags: dictionary('string', 'Tags'),
    ctime: datetime('CreatedAt'),
    mtime: datetime('ChangedAt'),
    atime: datetime('UsedAt'),
    instance_cores: double('Cores'),
    instance_memory: double('Memory'),
    instance_status: oneOf(base.instanceStatus, 'State', { started: 'running', stopped: 'stopped' }, 'unknown'),
  },
  references: [ref(network, { by: 'id', from: 'NetworkId', default: 'in', delete: 'in' })],
});

export const volume = kind('example_volume', [exampleResource, base.volume], {
  name: 'Example Volume',
  pythonType: pythonType('ExampleVolume'),
  properties: {
    id: string('VolumeId'),
    tags: dictionary('string', 'Tags'),
    volume_status: oneOf(base.volumeStatus, 'State', { attached: 'in-use', detached: 'available' }, 'unknown'),
  },
  references: [ref(instance, { by: 'id', from: 'InstanceId', default: 'in', delete: 'out' })],
});

export const customResource = kind('example_custom_resource', [exampleResource, base.resource], {
  name: 'Example Custom Resource',
  pythonType: pythonType('ExampleCustomResource'),
  properties: {
    id: string('ResourceId'),
    custom_string_attribute: string('Text', { initial: '' }),
    custom_int_attribute: int64('Number', { initial: 0 }),
    custom_optional_float_attribute: double('Ratio'),
    custom_dict_attribute: dictionary('string', 'Labels', { initial: {} }),
    custom_list_attribute: list('string', 'Parts'),
  },
});

export const kinds = [account, region, network, instance, volume, customResource];
