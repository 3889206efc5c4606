/** Loads a document as a worker does, with a section of a plugin of its own. */
import { CoreError, errorText } from '../errors.ts';
import type { StoredConfig } from '../core-client/core-client.ts';
import type { Logger } from '../plugin/contract.ts';
import type { Generation } from '../protocol/generation.ts';
import type { JsonObject } from '../protocol/json.ts';
import type { KindJson } from '../protocol/model-json.ts';
import type { LoadOptions } from './configuration.ts';
import { loadConfiguration } from './load-configuration.ts';
import { declareSection } from './section.ts';
import { workerSection } from './worker-section.ts';

const acme = declareSection({
  name: 'acme',
  description: 'Acme cloud.',
  fields: {
    token: { type: 'string', nullable: true, default: null, description: 'Key.', secret: true },
    regions: { type: { list: 'string' }, default: [], description: 'Regions.' },
    limits: { type: { map: 'int64' }, default: { boxes: 3 }, description: 'Limits.' },
    ratio: { type: 'double', nullable: true, default: 0.5, description: 'Ratio.' },
    login: {
      type: {
        name: 'acme_login',
        object: {
          user: { type: 'string', default: 'root', description: 'User.' },
          password: { type: 'string', default: '', description: 'Password.', secret: true },
        },
      },
      default: { user: 'root', password: '' },
      description: 'Login.',
    },
    nested: {
      type: {
        name: 'acme_nested',
        open: true,
        object: {
          list: { type: { list: 'string' }, default: [], description: 'List.' },
          map: { type: { map: 'int64' }, default: { sample: 1 }, description: 'Map.' },
        },
      },
      default: { list: [], map: { sample: 1 } },
      description: 'Nested.',
    },
  },
});

export interface Given {
  readonly config?: JsonObject;
  readonly stored?: undefined;
  readonly autoEnabled?: readonly string[];
  readonly generation?: Generation;
  readonly collectorsAtHand?: () => Promise<readonly string[]>;
  readonly sectionsApart?: ReadonlySet<string>;
  /** Revision that the core answers to a patch. */
  readonly patched?: string;
  readonly refuse?: boolean;
  /** The core validates the whole document, and it is not valid. */
  readonly refuseDocument?: boolean;
  readonly refuseModel?: boolean;
  readonly environment?: LoadOptions['environment'];
  readonly overrides?: readonly string[];
  readonly onSecret?: LoadOptions['onSecret'];
}

export async function load(given: Given) {
  const logged: unknown[] = [];
  const patches: JsonObject[] = [];
  const models: (readonly KindJson[])[] = [];
  const stored: StoredConfig | undefined =
    'stored' in given
      ? undefined
      : { config: given.config ?? {}, overrides: null, rawConfig: given.config ?? {}, revision: 'r1' };
  const configuration = await loadConfiguration({
    store: {
      config: async () => stored,
      patchConfig: async (_id, patch, _signal, query) => {
        if (given.refuseDocument === true && query?.validate !== false) {
          throw new CoreError(400, '', 'colour is not defined in model');
        }
        if (given.refuse === true) throw new Error('refused');
        patches.push(patch);
        return given.patched ?? 'r2';
      },
      patchConfigModel: async (kinds) => {
        if (given.refuseModel === true) throw new Error('no such kind');
        models.push(kinds);
      },
    },
    id: 'resoto.worker',
    sections: [acme],
    workerSection: (collectors) => workerSection({ generation: given.generation ?? 'resoto', collectors, cores: 4 }),
    autoEnabled: async () => given.autoEnabled ?? [],
    ...(given.collectorsAtHand && { collectorsAtHand: given.collectorsAtHand }),
    ...(given.sectionsApart && { sectionsApart: given.sectionsApart }),
    overrides: given.overrides ?? [],
    environment: given.environment ?? {},
    log: logInto(logged),
    onSecret: given.onSecret ?? (() => undefined),
    signal: new AbortController().signal,
  });
  return { configuration, logged, patches, models };
}

/** The text with which it fails. */
export async function loadError(given: Given): Promise<string> {
  return load(given).then(
    () => 'no error',
    (error: unknown) => errorText(error),
  );
}

function logInto(logged: unknown[]): Logger {
  const log = (_message: string, facts?: Readonly<Record<string, unknown>>) => void logged.push(facts ?? {});
  return { trace() {}, debug() {}, info: log, warn: log, error: log };
}
