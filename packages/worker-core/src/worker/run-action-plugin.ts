/** One run of an action plugin: loads it with the first action, and gives it the graph. */
import { RunGraph } from '../actions/action-graph.ts';
import type { CollectServices } from '../collect/collect-request.ts';
import { wholeAnswer } from '../collect/whole-answer.ts';
import type { CurrentConfiguration } from '../config/configuration.ts';
import type { ActionHandler } from '../core-client/actions.ts';
import { PluginError, errorText } from '../errors.ts';
import type { ActionPlugin, ActionRun } from '../plugin/action-contract.ts';
import { lastStart } from '../protocol/messages.ts';

export type ActionPluginServices = Pick<CollectServices, 'core' | 'registry' | 'generation' | 'log' | 'secrets'>;

export function actionPluginHandler(
  plugin: ActionPlugin,
  live: CurrentConfiguration,
  services: ActionPluginServices,
): ActionHandler {
  const { className, section } = plugin;
  const { core, generation, secrets } = services;
  const log = services.log.child(className);
  let loaded: Promise<ActionRun> | undefined;

  // A failed attempt is not the last one.
  const load = async (): Promise<ActionRun> => {
    try {
      return await (loaded ??= plugin.load());
    } catch (cause) {
      loaded = undefined;
      throw new PluginError(`The action plugin ${className} cannot be loaded: ${errorText(cause)}`, { cause });
    }
  };

  return async (action, feedback, signal) => {
    const configuration = live.current;
    const error = configuration.sectionError?.(section.name);
    if (error !== undefined) throw error;
    const part = await load();
    const config = configuration.section(section.name);
    const report = (level: 'info' | 'error', message: string, context: readonly string[] = []): void =>
      feedback.info(level, secrets.redact(message), [section.name, ...context]);
    const lastCollect = lastStart(action, 'collect');
    // Whatever was changed before the connection was lost is not changed again.
    await wholeAnswer(signal, async () => {
      const graph = new RunGraph({
        core,
        graph: configuration.worker.graph,
        dryRun: config['dry_run'] === true,
        log,
        report,
        now: () => new Date(),
        signal,
      });
      await part.run({
        ...{ config, generation, log, signal, report, graph },
        now: new Date(),
        data: action.data,
        ...(lastCollect === undefined ? {} : { lastCollect }),
      });
      await graph.end();
    });
  };
}
