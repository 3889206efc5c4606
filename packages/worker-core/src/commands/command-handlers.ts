import type { CollectServices } from '../collect/collect-request.ts';
import { errorOf, plainError, redactedError } from '../collect/plain-error.ts';
import type { Configuration, CurrentConfiguration } from '../config/configuration.ts';
import type { TaskHandler } from '../core-client/tasks.ts';
import { TimedOutError } from '../errors.ts';
import type { RegisteredCommand } from '../plugin/registry.ts';
import type { JsonValue } from '../protocol/json.ts';
import type { WorkerTask } from '../protocol/messages.ts';
import { raced } from '../raced.ts';
import { withTimeLimit } from '../time-limit.ts';
import { readCommandTask } from './command-task.ts';

type Services = Pick<CollectServices, 'registry' | 'pool' | 'generation' | 'secrets'>;

type SectionsInForce = CurrentConfiguration<Pick<Configuration, 'section'>>;

/** Milliseconds the core waits for a command (protocol 6.7). Nobody would see what comes later. */
const corePatience = 10_000;

/** Milliseconds a command has that does not listen to its signal; it would take others in its thread down. */
const grace = 60_000;

/** Handlers of the commands of all installed plugins, whether or not their clouds are enabled (worker behaviour 9). */
export function commandHandlers(services: Services, live: SectionsInForce, patience = corePatience): TaskHandler[] {
  return services.registry.commands.map((command) => {
    const {
      name,
      filter = {},
      info,
      description,
      argsDescription,
      allowedOnKind,
      expectNodeResult,
    } = command.declaration;
    return {
      ...{ name, filter, patience },
      ...(info !== undefined && { info }),
      ...(description !== undefined && { description }),
      ...(argsDescription !== undefined && { argsDescription }),
      ...(allowedOnKind !== undefined && { allowedOnKind }),
      ...(expectNodeResult !== undefined && { expectNodeResult }),
      handle: (task, signal) => carryOut(command, task, { ...services, live, patience }, signal),
    };
  });
}

interface CarryOutOptions extends Services {
  readonly live: SectionsInForce;
  readonly patience: number;
}

/** Errors reach people at a command line, so they are freed of secrets here. They get one in time, even of a command that is deaf. */
async function carryOut(
  { declaration: { name, section }, package: { entry } }: RegisteredCommand,
  task: WorkerTask,
  { pool, generation, secrets, live, patience }: CarryOutOptions,
  signal: AbortSignal,
): Promise<JsonValue> {
  const late = () => new TimedOutError(`${name} did not end within ${patience / 1000} s`);
  try {
    const config = section === undefined ? {} : live.current.section(section.name);
    const input = { ...readCommandTask(task), name, entry, config, generation };
    return await withTimeLimit({ milliseconds: patience, late, signal }, (limited) =>
      raced(
        pool.run('command', () => input, { signal: limited, grace }),
        limited,
      ),
    );
  } catch (error) {
    throw errorOf(redactedError(plainError(error), secrets));
  }
}
