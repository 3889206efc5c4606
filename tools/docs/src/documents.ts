import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { repositoryRoot } from '@resoto/tools-shared';
import { kindDocs, type Collector } from '@resoto/worker-core/plugin';

import { withExcerpts } from './excerpts.ts';
import { withHelp } from './help.ts';
import { withMetrics } from './metrics.ts';
import { withSettings } from './settings.ts';
import { installedPlugins, type PluginDirectory } from './plugins.ts';

/** A file that follows from others. */
export interface Document {
  /** Absolute. */
  readonly path: string;
  readonly text: string;
}

/** Every document as it should be: kinds and policies of the plugins, code, metrics and settings in `docs`, the help in the README. */
export async function documents(): Promise<Document[]> {
  const plugins = await installedPlugins();
  return [...plugins.flatMap(pluginDocuments), ...(await guides(plugins)), await readme()];
}

export async function isCurrent({ path, text }: Document): Promise<boolean> {
  return (await readFile(path, 'utf8').catch(() => '')) === text;
}

function pluginDocuments({ directory, collectors }: PluginDirectory): Document[] {
  return collectors.flatMap(({ cloud, collector }) => [
    {
      path: join(directory, 'KINDS.md'),
      text: `# Kinds of the cloud \`${cloud}\`\n\nWritten from their declarations by \`npm run docs\`.\n\n${kindDocs(collector.kinds)}\n`,
    },
    ...policies(directory, collector),
  ]);
}

/** One for each purpose: together they would be longer than AWS takes, and who only collects wants no other. */
function policies(directory: string, collector: Collector): Document[] {
  const names = { collect: 'iam-policy.json', tag: 'iam-policy-tag.json', cleanup: 'iam-policy-cleanup.json' };
  return (['collect', 'tag', 'cleanup'] as const).flatMap((purpose) => {
    const text = collector.policy?.(purpose);
    return text === undefined ? [] : [{ path: join(directory, names[purpose]), text }];
  });
}

async function readme(): Promise<Document> {
  const path = join(repositoryRoot, 'apps/worker/README.md');
  return { path, text: await withHelp(await readFile(path, 'utf8'), repositoryRoot) };
}

async function guides(plugins: readonly PluginDirectory[]): Promise<Document[]> {
  const directory = join(repositoryRoot, 'docs');
  const names = (await readdir(directory)).filter((name) => name.endsWith('.md'));
  const sections = plugins.flatMap((plugin) => plugin.sections);
  return Promise.all(
    names.map(async (name) => {
      const path = join(directory, name);
      const text = await withExcerpts(await readFile(path, 'utf8'), repositoryRoot);
      return { path, text: withSettings(withMetrics(text), sections) };
    }),
  );
}
