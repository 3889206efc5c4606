import { settingDocs, workerSection } from '@resoto/worker-core';
import type { SectionDeclaration } from '@resoto/worker-core/plugin';

import { table } from './table.ts';

const block = /(<!-- settings -->)[\s\S]*?(<!-- end -->)/g;

/** Puts tables of all settings, those of the worker first, between `<!-- settings -->` and `<!-- end -->`. */
export function withSettings(document: string, sections: readonly SectionDeclaration[]): string {
  const worker = workerSection({ generation: 'resoto', collectors: [], cores: 2 });
  return document.replaceAll(block, (_, start: string, end: string) => {
    return [start, ...[worker, ...sections].map(sectionText), end].join('\n\n');
  });
}

function sectionText(section: SectionDeclaration): string {
  const prefix = `${section.name}.`;
  const rows = settingDocs(section).map((setting) => [
    `\`${setting.name.slice(prefix.length)}\``,
    setting.type,
    setting.default,
    setting.restart ? `${setting.description} A change restarts the worker.` : setting.description,
  ]);
  return [`### ${section.name}`, section.description, table(['Setting', 'Type', 'Default', 'Meaning'], rows)].join(
    '\n\n',
  );
}
