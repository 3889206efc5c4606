import type { StoredConfig } from '../core-client/core-client.ts';
import { speaksNeither } from '../core-client/failures.ts';
import { errorCode, errorHint, errorText } from '../errors.ts';
import { configKinds } from './config-model.ts';
import type { LoadOptions } from './configuration.ts';
import { missingDefaults } from './missing-defaults.ts';
import type { JsonObject } from '../protocol/json.ts';
import type { SectionDeclaration } from './section.ts';

/**
 * Tells the core the kinds of the sections, and adds the defaults a document lacks. A worker that cannot do that still works,
 * so a failure is logged only.
 *
 * @returns the revision of the document from then on
 * @throws ProtocolError `not_a_core` when there is neither a document nor a place to store one
 */
export async function storeDefaults(
  sections: readonly SectionDeclaration[],
  stored: StoredConfig | undefined,
  { store, id, log, signal }: LoadOptions,
): Promise<string | undefined> {
  const failures: unknown[] = [];
  const attempt = async <Result>(message: string, write: () => Promise<Result>): Promise<Result | undefined> => {
    try {
      return await write();
    } catch (error) {
      if (signal.aborted) throw error;
      failures.push(error);
      // There is no place for documents at all.
      if (stored === undefined && failures.length === 2 && failures.every(isNotFound)) throw speaksNeither(error);
      const hint =
        errorHint(error) ?? 'The worker goes on without. Look into the log of the core; the next start tries again.';
      log.warn(message, { config: id, error: errorText(error), hint });
      return undefined;
    }
  };

  /**
   * A core validates the whole document. What it refuses was there before: without the defaults, which are valid, people could not
   * change anything even after they had removed it.
   */
  async function patchConfig(changes: JsonObject): Promise<string> {
    try {
      return await store.patchConfig(id, changes, signal);
    } catch (error) {
      if (errorCode(error) !== 'core_refused') throw error;
      const revision = await store.patchConfig(id, changes, signal, { validate: false });
      const hint =
        'Correct or remove what it names when you edit the document: until then the core refuses every change.';
      log.warn('the core does not accept what the configuration already holds', {
        config: id,
        error: errorText(error),
        hint,
      });
      return revision;
    }
  }

  await attempt('cannot store the model of the configuration', () =>
    store.patchConfigModel(configKinds(sections), signal),
  );
  const patch = missingDefaults(sections, stored?.rawConfig ?? {});
  if (patch === undefined) return stored?.revision;
  const revision = await attempt('cannot store the configuration', () => patchConfig(patch));
  // A core that had nothing to change tells no revision.
  return revision === undefined || revision === 'unknown' ? stored?.revision : revision;
}

function isNotFound(error: unknown): boolean {
  return errorCode(error) === 'core_not_found';
}
