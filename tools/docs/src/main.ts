/** `npm run docs`: writes the documents that follow from declarations and code. */
import { writeFile } from 'node:fs/promises';
import { relative } from 'node:path';

import { repositoryRoot } from '@resoto/tools-shared';

import { documents, isCurrent } from './documents.ts';

for (const document of await documents()) {
  if (await isCurrent(document)) continue;
  await writeFile(document.path, document.text);
  process.stdout.write(`${relative(repositoryRoot, document.path)}\n`);
}
