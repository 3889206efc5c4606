import type { StoredConfig } from '../core-client/core-client.ts';
import { errorCode, errorFacts, errorHint, errorText, WorkerError } from '../errors.ts';
import type { Configuration, LoadOptions } from './configuration.ts';
import { readConfiguration } from './read-configuration.ts';
import { settingsApart } from './changed-settings.ts';
import { logRemarks } from './remarks.ts';
import { storeDefaults } from './store-defaults.ts';

/**
 * Loads the configuration document, stores the defaults it lacks and makes it effective (worker behaviour 2.3): defaults, then
 * the document with placeholders resolved, then overrides. It stays as it is: `openConfiguration` follows the document.
 *
 * @throws ConfigError that names every value and override which cannot be understood
 * @throws CoreError, ConnectionClosedError when the document cannot be read
 */
export async function loadConfiguration(options: LoadOptions): Promise<Configuration> {
  const { configuration } = await firstConfiguration(options);
  return configuration;
}

/** {@link loadConfiguration}, and the document from which it was made. */
export async function firstConfiguration(
  options: LoadOptions,
): Promise<{ readonly configuration: Configuration; readonly stored: StoredConfig | undefined }> {
  const { store, id, log, signal } = options;
  const stored = await store.config(id, signal).catch((error: unknown) => {
    throw unreadable(id, error);
  });
  const { configuration, sections, remarks } = await readConfiguration(stored, options);
  logRemarks(remarks, log);
  log.debug('configuration loaded', { config: id, settings: settingsApart(sections, configuration) });
  const revision = await storeDefaults(sections, stored, options);
  return { configuration: { ...configuration, revision }, stored };
}

/** What is not known is not taken for missing: the defaults may be the opposite of what somebody has stored. */
function unreadable(id: string, error: unknown): unknown {
  const code = errorCode(error);
  if (code === undefined || errorHint(error) !== undefined) return error;
  return new WorkerError(code, `Cannot read the configuration ${id}: ${errorText(error)}`, {
    hint: 'The defaults are not used instead. Look into the log of the core, or of what answers in its place.',
    facts: errorFacts(error),
    cause: error,
  });
}
