import { RunGraph } from '../actions/action-graph.ts';
import { parseSection, type Problem } from '../config/field-parser.ts';
import { coreConnection } from '../core-client/connection.ts';
import { CoreClient } from '../core-client/core-client.ts';
import { ConfigError } from '../errors.ts';
import type { ActionPlugin } from '../plugin/action-contract.ts';
import type { Plugin } from '../plugin/contract.ts';
import type { Generation } from '../protocol/generation.ts';
import type { JsonObject } from '../protocol/json.ts';
import { recordingLog, type RecordingLog } from './recording-log.ts';

export interface TestActionOptions {
  /** Name of the action plugin. */
  readonly className: string;
  /** Base URI of the core to work on. */
  readonly core: string;
  /** Default: that of a core of the generation. */
  readonly graph?: string;
  /** What its section says; the rest is its defaults. */
  readonly config?: JsonObject;
  /** Default: `resoto`. */
  readonly generation?: Generation;
  /** Default: the time it is. */
  readonly now?: Date;
  /** Start of the last collect, seconds since the epoch. */
  readonly lastCollect?: number;
}

export interface TestAction {
  /** What the core was told. */
  readonly reports: readonly { readonly level: 'info' | 'error'; readonly message: string }[];
  readonly log: RecordingLog;
}

/**
 * Runs an action plugin once on the graph of a core, as a worker would.
 *
 * @throws what the plugin throws; ConfigError when `config` does not fit its section
 */
export async function runActionForTest(plugin: Plugin, options: TestActionOptions): Promise<TestAction> {
  const { generation = 'resoto', now = new Date(), graph: graphName = generation, lastCollect } = options;
  const action = actionOf(plugin, options.className);
  const config = effective(action, options.config ?? {});
  const core = new CoreClient({ connection: coreConnection({ uri: options.core }) });
  const reports: TestAction['reports'][number][] = [];
  const report = (level: 'info' | 'error', message: string): void => void reports.push({ level, message });
  const log = recordingLog();
  const { signal } = new AbortController();
  const dryRun = config['dry_run'] === true;
  try {
    const graph = new RunGraph({ core, graph: graphName, dryRun, log, report, now: () => now, signal });
    const part = await action.load();
    await part.run({
      ...{ config, generation, log, signal, report, now, graph },
      data: { task: 'test', step: action.action },
      ...(lastCollect === undefined ? {} : { lastCollect }),
    });
    await graph.end();
    return { reports, log };
  } finally {
    core.close();
  }
}

function actionOf({ name, actions = [] }: Plugin, className: string): ActionPlugin {
  const action = actions.find((known) => known.className === className);
  if (action !== undefined) return action;
  throw new TypeError(
    `The plugin ${name} has no action ${className}; it has ${actions.map((a) => a.className).join()}`,
  );
}

function effective({ section }: ActionPlugin, config: JsonObject): JsonObject {
  const problems: Problem[] = [];
  const values = parseSection(section, config, problems);
  if (problems.length === 0) return values;
  const lines = problems.map(({ path, expected, found }) => `${path}: expected ${expected}, found ${found}`);
  throw new ConfigError(`The configuration of the test cannot be used. ${lines.join('; ')}`);
}
