import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

import { expect, test } from '@jest/globals';
import { repositoryRoot } from '@resoto/tools-shared';

import { documents, isCurrent } from './documents.ts';
import { withExcerpts } from './excerpts.ts';
import { withHelp } from './help.ts';

test('documents are what code and declarations say; if not, npm run docs writes them', async () => {
  const all = await documents();

  const stale = [];
  for (const document of all) if (!(await isCurrent(document))) stale.push(relative(repositoryRoot, document.path));
  expect(stale).toEqual([]);
  expect(all.map(({ path }) => relative(repositoryRoot, path))).toEqual(
    expect.arrayContaining(['packages/plugin-example/KINDS.md', 'docs/plugins.md', 'apps/worker/README.md']),
  );
});

test('an excerpt is a file, or a declaration with its comment', async () => {
  const root = await mkdtemp(join(tmpdir(), 'docs-'));
  try {
    const source = [
      'const other = one(two);',
      '',
      '/** What one is. */',
      'export const one = kind({',
      '  a: 1,',
      '});',
      '',
      'class Many {',
      '  async #two(): Promise<void> {',
      '    await one();',
      '  }',
      '}',
    ].join('\n');
    await writeFile(join(root, 'code.ts'), `${source}\n`);
    const block = (path: string, code: string) => `<!-- code ${path} -->\n${code}<!-- end -->`;
    const fenced = (code: string) => `\n\`\`\`ts\n${code}\n\`\`\`\n\n`;

    const document = ['code.ts', 'code.ts#one', 'code.ts#two'].map((path) => block(path, 'stale\n')).join('\ntext\n');
    const text = await withExcerpts(document, root);

    const one = '/** What one is. */\nexport const one = kind({\n  a: 1,\n});';
    const two = 'async #two(): Promise<void> {\n  await one();\n}';
    expect(text).toBe(
      [block('code.ts', fenced(source)), block('code.ts#one', fenced(one)), block('code.ts#two', fenced(two))].join(
        '\ntext\n',
      ),
    );
    expect(await withExcerpts(text, root)).toBe(text);
    await expect(withExcerpts(block('code.ts#none', ''), root)).rejects.toThrow('code.ts has no declaration none');
  } finally {
    await rm(root, { recursive: true });
  }
});

test('the help in a document is what the program prints (no. 25)', async () => {
  const text = await withHelp('# a\n\n<!-- help search -->\nstale\n<!-- end -->\n\nb\n', repositoryRoot);

  expect(text).toMatch(
    /^# a\n\n<!-- help search -->\n\n```text\nusage: resotoworker search <query>[^]*\n```\n\n<!-- end -->\n\nb\n$/,
  );
});
