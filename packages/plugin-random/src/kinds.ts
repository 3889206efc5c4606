/** The kinds of the random cloud. */
import { base, kind, value } from '@resoto/worker-core/plugin';

const pythonType = (name: string): string => `resoto_plugin_random.resources.${name}`;

const randomResource = value('random_resource', {});

export const account = kind('random_account', [base.account], {
  name: 'Random Account',
  pythonType: pythonType('RandomAccount'),
});

export const region = kind('random_region', [base.region], {
  name: 'Random Region',
  pythonType: pythonType('RandomRegion'),
});

export const network = kind('random_network', [randomResource, base.network], {
  name: 'Random Network',
  pythonType: pythonType('RandomNetwork'),
});

export const loadBalancer = kind('random_load_balancer', [randomResource, base.loadBalancer], {
  name: 'Random Load Balancer',
  pythonType: pythonType('RandomLoadBalancer'),
});

export const instance = kind('random_instance', [randomResource, base.instance], {
  name: 'Random Instance',
  pythonType: pythonType('RandomInstance'),
});

export const volume = kind('random_volume', [randomResource, base.volume], {
  name: 'Random Volume',
  pythonType: pythonType('RandomVolume'),
});

export const kinds = [account, region, network, loadBalancer, instance, volume];
