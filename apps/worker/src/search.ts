import {
  CoreClient,
  coreConnection,
  isJsonObject,
  stringifyJson,
  type JsonObject,
  type JsonValue,
  type NodeRow,
} from '@resoto/worker-core';

import type { Command } from './arguments.ts';
import { withCore } from './core-access.ts';
import { exitCode, type ExitCode } from './exit-code.ts';
import { write, type Io } from './io.ts';
import { commandLog } from './log.ts';
import { table } from './table.ts';

/** Milliseconds a person waits for a core that does not answer. */
const patience = 3_000;

/** `resotoworker search <query>`: a table on a terminal, one JSON document per line elsewhere. */
export async function search({ options, operands: [query = ''] }: Command, io: Io): Promise<ExitCode> {
  const log = await commandLog(options, io, { level: 'error', text: true });
  return withCore(options, { log, patience }, async (core) => {
    const client = new CoreClient({ connection: coreConnection(core) });
    try {
      await client.waitUntilReady({ timeout: patience, pause: 500 });
      const rows = client.searchList(options.text('graph') ?? '', query, { section: 'reported' });
      if (io.stdout.isTTY === true && !options.flag('json')) await printTable(rows, io);
      else await printLines(rows, io);
      return exitCode.success;
    } finally {
      client.close();
    }
  });
}

async function printLines(rows: AsyncIterable<NodeRow>, io: Io): Promise<void> {
  for await (const row of rows) await write(io.stdout, `${escapeControls(stringifyJson(row))}\n`);
}

/** JSON leaves these as they are, and terminals obey them. */
function escapeControls(json: string): string {
  return json.replaceAll(/[\u007f-\u009f]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`);
}

const header = ['kind', 'name', 'id', 'account', 'region', 'age'];
const pageSize = 1000;
/** Some terminals do not know how wide they are. */
const usualWidth = 120;

/** Columns are laid out page by page, so that a large answer appears while it arrives. */
async function printTable(rows: AsyncIterable<NodeRow>, io: Io): Promise<void> {
  const width = io.stdout.columns || usualWidth;
  let page: string[][] = [];
  let count = 0;
  for await (const row of rows) {
    page.push(tableRow(row));
    count++;
    if (page.length < pageSize) continue;
    await write(io.stdout, `${table(header, page, width)}\n`);
    page = [];
  }
  if (page.length > 0) await write(io.stdout, `${table(header, page, width)}\n`);
  await write(io.stdout, `${count} ${count === 1 ? 'node' : 'nodes'}\n`);
}

function tableRow(row: NodeRow): string[] {
  const { kind, name, id, age } = row.reported;
  const ancestor = (of: string): JsonValue | undefined => member(row.ancestors, of, 'reported', 'name');
  return [kind, name, id, ancestor('account'), ancestor('region'), age].map(cell);
}

function member(value: JsonValue | undefined, ...path: readonly string[]): JsonValue | undefined {
  return path.reduce<JsonValue | undefined>((found, name) => (isJsonObject(found) ? found[name] : undefined), value);
}

function cell(value: JsonValue | JsonObject | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : stringifyJson(value);
}
