/** The task of a custom command (protocol 6.7). */
import { ProtocolError } from '../errors.ts';
import { isJsonObject } from '../protocol/json.ts';
import type { WorkerTask } from '../protocol/messages.ts';
import type { CommandInput } from './command-job.ts';

/** @throws ProtocolError `broken_task` */
export function readCommandTask({ task_name: name, data }: WorkerTask): Pick<CommandInput, 'args' | 'node'> {
  const { args = [], node = null } = data;
  if (!Array.isArray(args) || !args.every((argument) => typeof argument === 'string')) {
    throw brokenTask(name, 'args is no list of texts');
  }
  if (node !== null && !isJsonObject(node)) throw brokenTask(name, 'node is no object');
  return { args, node: node ?? undefined };
}

export function brokenTask(name: string, reason: string): ProtocolError {
  return new ProtocolError(`The task ${name} cannot be understood: ${reason}`, { code: 'broken_task' });
}
