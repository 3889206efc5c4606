import type { TaskHandler } from '../core-client/tasks.ts';
import { ConfigError } from '../errors.ts';
import { isJsonObject } from '../protocol/json.ts';
import { effectiveSections } from './effective-sections.ts';
import { resolvePlaceholders, type Environment } from './placeholders.ts';
import type { SectionDeclaration } from './section.ts';

export interface ValidateConfigOptions {
  /** Id of the validation entry at the core, whose documents are validated. */
  readonly id: string;
  readonly sections: readonly SectionDeclaration[];
  readonly environment: Environment;
  /** Told every secret value, before anything else is done with it. */
  readonly onSecret: (value: string) => void;
}

/**
 * Answers whether a document fits the sections, before the core stores it (protocol 6.6). A document that is refused is told
 * with every value that cannot be understood, and without secrets. Sections and settings nobody here knows pass. The core
 * asks only about ids with a validation entry; the worker makes none.
 */
export function validateConfigHandler({ id, sections, environment, onSecret }: ValidateConfigOptions): TaskHandler {
  return {
    name: 'validate_config',
    filter: { config_id: [id] },
    info: 'Checks a configuration of this worker',
    patience: 30_000,
    handle: async ({ data: { config, config_id: document } }) => {
      if (!isJsonObject(config)) throw new ConfigError('The task has no configuration to validate');
      const { document: resolved, filled, unresolved } = resolvePlaceholders(config, environment);
      effectiveSections(sections, resolved, {
        filled,
        unresolved,
        id: typeof document === 'string' ? document : id,
        overrides: [],
        onSecret,
      });
      return null;
    },
  };
}
