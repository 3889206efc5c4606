import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

const block = /<!-- help ?(\w*) -->\n[\s\S]*?<!-- end -->/g;

/** Puts the help of the program into a document: between `<!-- help -->`, or `<!-- help command -->`, and `<!-- end -->`. */
export async function withHelp(document: string, root: string): Promise<string> {
  let text = '';
  let end = 0;
  for (const match of document.matchAll(block)) {
    const [found, command = ''] = match;
    const help = await helpOf(command, root);
    const opening = found.slice(0, found.indexOf('\n'));
    text += `${document.slice(end, match.index)}${opening}\n\n\`\`\`text\n${help}\n\`\`\`\n\n<!-- end -->`;
    end = match.index + found.length;
  }
  return text + document.slice(end);
}

async function helpOf(command: string, root: string): Promise<string> {
  const program = join(root, 'apps/worker/src/main.ts');
  const args = ['--conditions=@resoto/source', program, ...(command === '' ? [] : [command]), '--help'];
  const { stdout } = await execute(process.execPath, args);
  return stdout.trimEnd();
}
