/** Since when nodes are marked. The core does not know, so the worker remembers when it saw a mark for the first time. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode, errorText, WorkerError } from '../errors.ts';
import { makeDirectory } from '../make-directory.ts';
import { isJsonObject, parseJson, stringifyJson, type JsonObject } from '../protocol/json.ts';

export class Marks {
  readonly #path: string;
  readonly #place: string;
  readonly #now: number;
  readonly #known: JsonObject;
  readonly #seen: Record<string, number> = {};

  private constructor(path: string, place: string, now: number, known: JsonObject) {
    this.#path = path;
    this.#place = place;
    this.#now = now;
    this.#known = known;
  }

  /**
   * Reads what earlier runs have seen. A file that is missing, broken, or about another graph counts as nothing seen: marks then
   * are young, and nothing is deleted too early.
   *
   * @param place  core and graph
   * @param now  milliseconds since the epoch
   */
  static async read(path: string, place: string, now: number): Promise<Marks> {
    return new Marks(path, place, now, await marksIn(path, place));
  }

  /** Notes that a node is marked. @returns seconds for which it surely has been */
  age(nodeId: string): number {
    const since = this.#known[nodeId];
    const first = typeof since === 'number' && since <= this.#now ? since : this.#now;
    this.#seen[nodeId] = first;
    return (this.#now - first) / 1000;
  }

  /**
   * Remembers the nodes asked about, and forgets all others: their marks were taken back.
   *
   * @throws WorkerError `marks_failed`
   */
  async write(): Promise<void> {
    try {
      makeDirectory(dirname(this.#path));
      await writeFile(`${this.#path}.new`, stringifyJson({ place: this.#place, marks: this.#seen }), { mode: 0o600 });
      await rename(`${this.#path}.new`, this.#path);
    } catch (cause) {
      throw new WorkerError('marks_failed', `Cannot remember marks in ${this.#path}: ${errorText(cause)}`, {
        hint: 'Make the state directory writable, or choose another one with --data.',
        facts: { path: this.#path, reason: errorCode(cause) },
        cause,
      });
    }
  }
}

async function marksIn(path: string, place: string): Promise<JsonObject> {
  try {
    const stored = parseJson(await readFile(path, 'utf8'));
    const { place: storedPlace, marks } = isJsonObject(stored) ? stored : {};
    return storedPlace === place && isJsonObject(marks) ? marks : {};
  } catch {
    return {};
  }
}
