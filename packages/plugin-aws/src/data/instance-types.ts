/**
 * What the vendor's API does not say about instance types: names, processors and prices.
 *
 * The table is an extract of EC2Instances.info; its notice, licence and date are in the file.
 */
import { readFile } from 'node:fs/promises';

export interface KnownInstanceType {
  readonly name?: string;
  readonly ecu?: number;
  readonly processor?: string;
  readonly gpu?: string;
  /** US dollars per hour on demand, by region. */
  readonly prices?: readonly (number | null)[];
}

interface Table {
  readonly regions: readonly string[];
  readonly types: Readonly<Record<string, KnownInstanceType>>;
}

let table: Promise<Table> | undefined;

/** What is known of a type. Undefined for types newer than the table. */
export async function knownInstanceType(type: string): Promise<KnownInstanceType | undefined> {
  return (await loadTable()).types[type];
}

/** Price of a Linux instance on demand in US dollars per hour. Undefined when the table has none. */
export async function onDemandPrice(type: string, region: string): Promise<number | undefined> {
  const { regions, types } = await loadTable();
  return types[type]?.prices?.[regions.indexOf(region)] ?? undefined;
}

function loadTable(): Promise<Table> {
  table ??= readTable();
  return table;
}

async function readTable(): Promise<Table> {
  // The file is part of this package, so it is what it says it is.
  return JSON.parse(await readFile(new URL('../../data/instance-types.json', import.meta.url), 'utf8')) as Table;
}
