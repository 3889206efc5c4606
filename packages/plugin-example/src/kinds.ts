/** The kinds of the example cloud. Every kind derives from a base kind, which gives it its common properties. */
import { base, dictionary, double, int64, kind, list, string, value } from '@resoto/worker-core/plugin';

const pythonType = (name: string): string => `resoto_plugin_example_collector.${name}`;

const exampleResource = value('example_resource', {});

export const account = kind('example_account', [base.account], { pythonType: pythonType('ExampleAccount') });

export const region = kind('example_region', [base.region], { pythonType: pythonType('ExampleRegion') });

export const network = kind('example_network', [exampleResource, base.network], {
  pythonType: pythonType('ExampleNetwork'),
});

export const instance = kind('example_instance', [exampleResource, base.instance], {
  pythonType: pythonType('ExampleInstance'),
});

export const volume = kind('example_volume', [exampleResource, base.volume], {
  pythonType: pythonType('ExampleVolume'),
});

export const customResource = kind('example_custom_resource', [exampleResource, base.resource], {
  pythonType: pythonType('ExampleCustomResource'),
  properties: {
    custom_string_attribute: string('CustomString', { initial: '' }),
    custom_int_attribute: int64('CustomInt', { initial: 0 }),
    custom_optional_float_attribute: double('CustomFloat'),
    custom_dict_attribute: dictionary('string', 'CustomDict', { initial: {} }),
    custom_list_attribute: list('string', 'CustomList'),
  },
});

export const kinds = [account, region, network, instance, volume, customResource];
