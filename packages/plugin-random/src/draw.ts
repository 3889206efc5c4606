/** What is drawn, level by level. All numbers are the reference's; `size` scales them. */
import { firstNames } from './employees.ts';
import { randomSource, roundHalfEven, type RandomSource } from './random-source.ts';

export interface Settings {
  readonly seed: number;
  readonly size: number;
}

export interface Region {
  readonly id: string;
  readonly name: string;
}

/** What all instances of a network have in common. */
export interface InstanceGroup {
  readonly instances: number;
  readonly volumesPerInstance: number;
  readonly instanceStatus: string;
  readonly instanceType: string;
  readonly cores: number;
  readonly memory: number;
  readonly purpose: string;
  readonly owner: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly volumeStatus: string;
  readonly volumeSize: number;
}

const regionTemplates: readonly (readonly [string, string])[] = [
  ['ap-northeast-', 'Asia Pacific North East'],
  ['ap-southeast-', 'Asia Pacific South East'],
  ['ap-south-', 'Asia Pacific South'],
  ['ca-central-', 'Canada Central'],
  ['eu-central-', 'EU Central'],
  ['eu-north-', 'EU North'],
  ['eu-west-', 'EU West'],
  ['sa-east-', 'South America East'],
  ['us-east-', 'US East'],
  ['us-west-', 'US West'],
];

const instanceStates = {
  pending: [1, 'busy'],
  running: [85, 'running'],
  'shutting-down': [1, 'busy'],
  terminated: [11, 'terminated'],
  stopping: [1, 'busy'],
  stopped: [1, 'stopped'],
} as const;

const instanceTypes = {
  'rnd2.tiny': { weight: 10, cores: 2, memory: 2 },
  'rnd2.micro': { weight: 10, cores: 2, memory: 4 },
  'rnd2.medium': { weight: 20, cores: 4, memory: 8 },
  'rnd2.large': { weight: 50, cores: 8, memory: 16 },
  'rnd2.xlarge': { weight: 20, cores: 8, memory: 32 },
  'rnd2.2xlarge': { weight: 10, cores: 16, memory: 64 },
  'rnd2.mega': { weight: 5, cores: 32, memory: 128 },
  'rnd2.ultra': { weight: 5, cores: 64, memory: 256 },
} as const;

const purposes = {
  bus: 'Business',
  edu: 'Education',
  ent: 'Entertainment',
  fin: 'Finance',
  game: 'Gaming',
  gov: 'Government',
  news: 'News',
  office: 'Office',
  misc: 'Other',
  priv: 'Personal',
  shop: 'Shopping',
  soc: 'Social',
  sprt: 'Sports',
  trvl: 'Travel',
  wrk: 'Work',
  dev: 'Development',
  res: 'Research',
  web: 'Webserver',
  db: 'Database',
  stor: 'Storage',
  cloud: 'Cloud',
  host: 'Hosting',
} as const;

const volumeStates = {
  creating: [2, 'busy'],
  available: [15, 'available'],
  'in-use': [80, 'in-use'],
  deleting: [1, 'busy'],
  deleted: [1, 'deleted'],
  error: [1, 'error'],
} as const;

const volumeSizes = { 20: 70, 100: 40, 200: 30, 400: 5, 800: 5, 1000: 20, 4000: 1 } as const;

const ownedShare = 0.9;
const highestJitter = 2;

/** What is drawn once per run. */
export interface World {
  readonly accounts: number;
  /** The pool of owners, drawn with repetition; may be empty when the size is small. */
  readonly employees: readonly string[];
}

export function drawWorld({ seed, size }: Settings): World {
  const source = randomSource(seed);
  const employees = Array.from({ length: source.integer(roundHalfEven(size * 5), roundHalfEven(size * 30)) }, () =>
    source.pick(firstNames),
  );
  return { employees, accounts: source.integer(1, 10) };
}

/** Source of everything below one account, so that accounts can be drawn apart from each other. */
export function accountSource({ seed }: Settings, account: number): RandomSource {
  return randomSource(seed, account + 1);
}

export function drawRegions(source: RandomSource, size: number): readonly Region[] {
  const listed = source.integer(roundHalfEven(size * 10), roundHalfEven(size * 100));
  const count = source.integer(roundHalfEven(size), roundHalfEven(size * 4));
  return source.sample(regionList(listed), count);
}

export function drawNetworks(source: RandomSource, size: number): number {
  return source.integer(roundHalfEven(size), roundHalfEven(size * 4));
}

export function drawInstanceGroup(source: RandomSource, employees: readonly string[], size: number): InstanceGroup {
  const purpose = source.pick(Object.keys(purposes) as (keyof typeof purposes)[]);
  const owner = employees.length > 0 && source.chance(ownedShare) ? source.pick(employees) : undefined;
  const instanceType = source.weighted(mapValues(instanceTypes, (type) => type.weight));
  return {
    instances: source.integer(0, roundHalfEven(size * 50)) + source.integer(0, highestJitter),
    volumesPerInstance: source.integer(1, 5),
    instanceStatus: instanceStates[source.weighted(mapValues(instanceStates, ([weight]) => weight))][1],
    instanceType,
    cores: instanceTypes[instanceType].cores,
    memory: instanceTypes[instanceType].memory,
    purpose: purposes[purpose],
    owner,
    tags: { costCenter: purpose, ...(owner === undefined ? {} : { owner }) },
    volumeStatus: volumeStates[source.weighted(mapValues(volumeStates, ([weight]) => weight))][1],
    volumeSize: Number(source.weighted(mapValues(volumeSizes, (weight) => weight))),
  };
}

function regionList(length: number): readonly Region[] {
  return Array.from({ length }, (_, index) => {
    const [id, name] = regionTemplates[index % regionTemplates.length] ?? ['', ''];
    const round = Math.floor(index / regionTemplates.length) + 1;
    return { id: `${id}${round}`, name: `${name} ${round}` };
  });
}

function mapValues<Key extends string, Value>(
  record: Readonly<Record<Key, Value>>,
  map: (value: Value) => number,
): Readonly<Record<Key, number>> {
  const entries = Object.entries<Value>(record).map(([key, value]) => [key, map(value)]);
  return Object.fromEntries(entries) as Record<Key, number>;
}
