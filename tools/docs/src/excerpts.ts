import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const block = /<!-- code (\S+?)(?:#(\w+))? -->\n[\s\S]*?<!-- end -->/g;

/**
 * Puts code into a document, so that what it shows is what is compiled and tested. Between `<!-- code path -->` or
 * `<!-- code path#name -->` and `<!-- end -->` stands a file, or one declaration of it.
 */
export async function withExcerpts(document: string, root: string): Promise<string> {
  let text = '';
  let end = 0;
  for (const match of document.matchAll(block)) {
    const [found, path = '', name] = match;
    const source = await readFile(join(root, path), 'utf8');
    const code = name === undefined ? source.trimEnd() : declaration(source, name, path);
    const opening = found.slice(0, found.indexOf('\n'));
    text += `${document.slice(end, match.index)}${opening}\n\n\`\`\`ts\n${code}\n\`\`\`\n\n<!-- end -->`;
    end = match.index + found.length;
  }
  return text + document.slice(end);
}

/** A declaration or member with the comment above it: from its name to the line that closes it, as our formatter lays it out. */
function declaration(source: string, name: string, path: string): string {
  const lines = source.split('\n');
  const keywords = /^(export |async |function\*? |const |class |interface |type )*/;
  const isNamed = (line: string): boolean => {
    const rest = line.trimStart().replace(keywords, '');
    return (
      rest.replace(/^[#*]+/, '').startsWith(name) && /^[\s(<:={]/.test(rest.slice(rest.indexOf(name) + name.length))
    );
  };
  const first = lines.findIndex((line) => isNamed(line) && !/^\s*(return|\}|await|\/\/|\*)/.test(line));
  const opening = lines[first];
  if (opening === undefined) throw new RangeError(`${path} has no declaration ${name}`);
  const indentation = opening.slice(0, opening.length - opening.trimStart().length);
  const last = /[;,]$/.test(opening)
    ? first
    : lines.findIndex((line, index) => index > first && closes(line, indentation));
  let start = first;
  while (start > 0 && /^\s*(\/\*\*|\*)/.test(lines[start - 1] ?? '')) start -= 1;
  return lines
    .slice(start, last + 1)
    .map((line) => line.slice(indentation.length))
    .join('\n');
}

function closes(line: string, indentation: string): boolean {
  return line.startsWith(`${indentation}}`) || line.startsWith(`${indentation})`);
}
