/** Of which generation and version is the core? Only reads. */
import { speaksNeither } from '../core-client/failures.ts';
import type { CoreHttp } from '../core-client/http.ts';
import { listing } from '../core-client/listing.ts';
import { CoreError, errorCode } from '../errors.ts';
import { generationNames, type Generation } from '../protocol/generation.ts';
import { isJsonObject } from '../protocol/json.ts';
import type { Diagnosis } from './diagnosis.ts';

export interface ProductExamination {
  /** Generation of this program. */
  readonly generation: Generation;
  /** Path of the configuration document. */
  readonly path: string;
  readonly request: { readonly signal: AbortSignal; readonly idleTimeout: number; readonly patience: number };
}

/** Yields what the core tells about itself; nothing when it does not. */
export async function* examineProduct(http: CoreHttp, options: ProductExamination): AsyncGenerator<Diagnosis> {
  const version = await versionOf(http, options);
  const found = await generationOf(http, options);
  if (found !== undefined) yield productFinding(found, version, options.generation);
}

const products = {
  resoto: { name: 'Resoto 3.9', versions: /^3\.9\b/ },
  fix: { name: 'Fix Inventory 4.x', versions: /^4\b/ },
} as const satisfies Readonly<Record<Generation, unknown>>;

function productFinding(found: Generation, version: string | undefined, expected: Generation): Diagnosis {
  const about = 'core';
  const { name } = products[expected];
  if (found !== expected) {
    const advice = `Start ${generationNames[found].workerSection} instead.`;
    return { about, status: 'fail', what: `is of ${products[found].name}, and this program is for ${name}`, advice };
  }
  if (version === undefined) return { about, status: 'ok', what: `is of ${name}` };
  if (products[found].versions.test(version)) return { about, status: 'ok', what: `is of ${name}, version ${version}` };
  const advice = 'Expect that not everything works, or change to that version.';
  return { about, status: 'warn', what: `is of version ${version}, and this program is for ${name}`, advice };
}

/** A command line of the core tells it. Not every core knows the command, or lets everybody use it. */
async function versionOf(http: CoreHttp, { request }: ProductExamination): Promise<string | undefined> {
  const command = {
    method: 'POST',
    path: '/cli/execute',
    body: 'system info | dump',
    contentType: 'text/plain',
  } as const;
  try {
    for await (const row of http.rows({ ...command, ...request })) {
      const version = isJsonObject(row) ? row['version'] : undefined;
      if (typeof version === 'string') return version;
    }
  } catch {
    request.signal.throwIfAborted();
  }
  return undefined;
}

/** The core tells it by the names of its headers, or of its own configuration. Undefined: it does not tell. */
async function generationOf(http: CoreHttp, { path, request }: ProductExamination): Promise<Generation | undefined> {
  const generations = Object.entries(generationNames) as [Generation, (typeof generationNames)[Generation]][];
  let failure: CoreError | undefined;
  try {
    const { headers } = await http.json({ method: 'GET', path, query: { include_raw_config: true }, ...request });
    const named = generations.find(([, names]) => names.configRevisionHeader.toLowerCase() in headers);
    if (named !== undefined) return named[0];
  } catch (error) {
    if (!(error instanceof CoreError)) throw error;
    failure = error;
  }
  const ids = await listing(http, '/configs', request);
  if (ids === undefined && errorCode(failure) === 'core_not_found') throw speaksNeither(failure);
  return generations.find(([name]) => ids?.some((id) => id.startsWith(`${name}.`)))?.[0];
}
