/** Reads the rows of a search (protocol 8.1). */
import { CoreError, ProtocolError } from '../errors.ts';
import type { EdgeRow, GraphRow, NodeRow } from '../protocol/graph-line.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../protocol/json.ts';

/** @throws CoreError when the search failed on its way; ProtocolError for what is neither node nor edge */
export function graphRow(row: JsonValue): GraphRow {
  if (isJsonObject(row)) {
    if (row['type'] === 'node' && isNodeRow(row)) return row;
    if (row['type'] === 'edge' && isEdgeRow(row)) return row;
    if (typeof row['error'] === 'string') throw new CoreError(200, row['error'], `The search failed: ${row['error']}`);
  }
  throw new ProtocolError('The core answered a search with a row that is neither node nor edge');
}

function isNodeRow(row: JsonObject): row is JsonObject & NodeRow {
  return typeof row['id'] === 'string' && isJsonObject(row['reported']);
}

function isEdgeRow(row: JsonObject): row is JsonObject & EdgeRow {
  return typeof row['from'] === 'string' && typeof row['to'] === 'string';
}
