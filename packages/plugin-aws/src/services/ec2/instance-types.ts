/** The types of the instances of a region: what the vendor says about them, and what the table of types knows. */
import { member } from '@resoto/worker-core/plugin';
import type { NodeRef } from '@resoto/worker-core/plugin';

import { knownInstanceType, onDemandPrice } from '../../data/instance-types.ts';
import type { RegionRun } from '../../region-run.ts';
import { membersOf, textOf } from '../../values.ts';
import { cores, instanceType, memory } from './kinds/instance-types.ts';

/** A type in a region. */
export interface InstanceTypeNode {
  readonly ref: NodeRef;
  readonly cores: unknown;
  readonly memory: unknown;
}

/** Values of one filter that a call takes. */
const typesPerCall = 100;

export class InstanceTypes {
  readonly #run: RegionRun;
  readonly #asked = new Set<string>();
  readonly #nodes = new Map<string, InstanceTypeNode>();
  #problem: unknown;

  constructor(run: RegionRun) {
    this.#run = run;
  }

  /** Why some types are not known; undefined when all were asked for. */
  get problem(): unknown {
    return this.#problem;
  }

  find(type: string): InstanceTypeNode | undefined {
    return this.#nodes.get(type);
  }

  /** Adds the types that are not there yet. Those the vendor does not know are left out. */
  async add(types: readonly string[]): Promise<void> {
    const added = [...new Set(types)].filter((type) => !this.#asked.has(type));
    for (const type of added) this.#asked.add(type);
    try {
      for (let next = 0; next < added.length; next += typesPerCall)
        await this.#read(added.slice(next, next + typesPerCall));
    } catch (error) {
      this.#problem ??= error;
    }
  }

  async #read(types: readonly string[]): Promise<void> {
    const filter = { Filters: [{ Name: 'instance-type', Values: types }] };
    for await (const answers of this.#run.list(instanceType, filter)) {
      for (const answer of answers) {
        const type = textOf(member(answer, 'InstanceType'));
        // A server that does not know the filter gives all types there are.
        if (types.includes(type)) await this.#addType(type, answer);
      }
    }
  }

  async #addType(type: string, answer: unknown): Promise<void> {
    const ref = this.#run.add(instanceType, await withKnown(type, answer, this.#run.region.id));
    this.#nodes.set(type, { ref, cores: cores(answer), memory: memory(answer) });
  }
}

async function withKnown(type: string, answer: unknown, region: string): Promise<object> {
  const known = await knownInstanceType(type);
  return {
    ...membersOf(answer),
    ProcessorInfo: extended(member(answer, 'ProcessorInfo'), { PhysicalProcessor: known?.processor }),
    GpuInfo: extended(member(answer, 'GpuInfo'), { Model: known?.gpu }),
    Known: { name: known?.name, ecu: known?.ecu, price: await onDemandPrice(type, region) },
  };
}

/** Adds members to an object, if there is one. */
function extended(object: unknown, members: object): unknown {
  const own = membersOf(object);
  return Object.keys(own).length === 0 ? undefined : { ...own, ...members };
}
