import { ConfigError, errorText, loadPlugins, purposeVerbs, type Collector, type Purpose } from '@resoto/worker-core';

import type { Command } from './arguments.ts';
import { exitCode, type ExitCode } from './exit-code.ts';
import { write, type Io } from './io.ts';
import { pluginDirectories } from './plugin-directories.ts';

const purposes: readonly Purpose[] = ['collect', 'tag', 'cleanup'];

/** `resotoworker permissions <cloud>`: what the cloud has to allow, from the declarations of its kinds. */
export async function permissions({ options, operands: [cloud = ''] }: Command, io: Io): Promise<ExitCode> {
  const purpose = purposes.find((name) => options.flag(name)) ?? 'collect';
  const collector = await installedCollector(cloud);
  await write(io.stdout, collector.policy?.(purpose) ?? permissionList(cloud, collector, purpose));
  return exitCode.success;
}

/** @throws ConfigError `unknown_cloud` */
async function installedCollector(cloud: string): Promise<Collector> {
  const { collectors, problems } = await loadPlugins(pluginDirectories());
  const found = collectors.find((collector) => collector.cloud === cloud);
  if (found !== undefined) return found.plugin.load();
  const names = collectors.map((collector) => collector.cloud).join(', ') || 'none';
  const broken = problems.map((problem) => ` ${errorText(problem)}.`).join('');
  throw new ConfigError(`No plugin for the cloud ${cloud} is installed. Installed are: ${names}.${broken}`, {
    code: 'unknown_cloud',
    hint: `Install it beside the worker, for example: npm install @resoto/plugin-${cloud}`,
  });
}

function permissionList(cloud: string, { kinds }: Collector, purpose: Purpose): string {
  const names = new Set(kinds.flatMap((kind) => kind.permissions[purpose] ?? []));
  if (names.size === 0) return `The kinds of ${cloud} need no permissions to ${purposeVerbs[purpose]}.\n`;
  return `${[...names].sort().join('\n')}\n`;
}
