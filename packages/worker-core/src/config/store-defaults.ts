import type { StoredConfig } from '../core-client/core-client.ts';
import { errorHint, errorText } from '../errors.ts';
import { configKinds } from './config-model.ts';
import type { LoadOptions } from './configuration.ts';
import { missingDefaults } from './missing-defaults.ts';
import type { SectionDeclaration } from './section.ts';

/**
 * Tells the core the kinds of the sections, and adds the defaults a document lacks. A worker that cannot do that still works,
 * so a failure is logged only.
 *
 * @returns the revision of the document from then on
 */
export async function storeDefaults(
  sections: readonly SectionDeclaration[],
  stored: StoredConfig | undefined,
  { store, id, log, signal }: LoadOptions,
): Promise<string | undefined> {
  const attempt = async <Result>(message: string, write: () => Promise<Result>): Promise<Result | undefined> => {
    try {
      return await write();
    } catch (error) {
      if (signal.aborted) throw error;
      log.warn(message, { config: id, error: errorText(error), hint: errorHint(error) });
      return undefined;
    }
  };

  await attempt('cannot store the model of the configuration', () =>
    store.patchConfigModel(configKinds(sections), signal),
  );
  const patch = missingDefaults(sections, stored?.rawConfig ?? {});
  if (patch === undefined) return stored?.revision;
  const revision = await attempt('cannot store the configuration', () => store.patchConfig(id, patch, signal));
  // A core that had nothing to change tells no revision.
  return revision === undefined || revision === 'unknown' ? stored?.revision : revision;
}
