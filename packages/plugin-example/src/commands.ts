import type { ResourceCommand } from '@resoto/worker-core/plugin';

import { inventory } from './inventory.ts';

/** `example_ask all` lists what can be asked about; `search is(example_instance) | example_ask instance_cores` tells it of each. */
export const ask: ResourceCommand = {
  form: 'resource',
  async run(resource, args, { generation }) {
    if (resource === undefined) {
      const { lists } = inventory({ generation, now: new Date().toISOString() });
      return Object.entries(lists).map(([type, answers]) => `${answers.length} ${type}`);
    }
    const { kind, reported, owners } = resource;
    const [property = 'name'] = args;
    const value = reported[property];
    if (value === undefined) throw new Error(`A resource of the kind ${kind.fqn} has no ${property}`);
    return { id: reported['id'] ?? null, region: owners.region?.['name'] ?? null, [property]: value };
  },
};
