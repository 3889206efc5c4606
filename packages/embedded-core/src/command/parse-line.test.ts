import { describe, expect, test } from '@jest/globals';
import { parseCommandLine, splitArguments } from './parse-line.ts';

describe('parseCommandLine', () => {
  test('splits commands at pipes and lines at semicolons', () => {
    const lines = parseCommandLine('search all | limit 1 ; workflow list');

    expect(lines).toEqual([
      {
        variables: {},
        commands: [
          { name: 'search', args: 'all' },
          { name: 'limit', args: '1' },
        ],
      },
      { variables: {}, commands: [{ name: 'workflow', args: 'list' }] },
    ]);
  });

  test('leaves pipes and semicolons in quotes alone, and the quotes where they are', () => {
    const [line] = parseCommandLine(`search name == "a|b;c" and id == 'x|y' | dump`);

    expect(line?.commands).toEqual([
      { name: 'search', args: `name == "a|b;c" and id == 'x|y'` },
      { name: 'dump', args: '' },
    ]);
  });

  test('an escaped quote does not end a quoted text', () => {
    const [line] = parseCommandLine(String.raw`search name == "a\"|b" | count`);

    expect(line?.commands[0]?.args).toBe(String.raw`name == "a\"|b"`);
  });

  test('a backslash keeps a pipe outside of quotes', () => {
    const [line] = parseCommandLine(String.raw`tag update x a\|b\;c`);

    expect(line?.commands).toEqual([{ name: 'tag', args: 'update x a|b;c' }]);
  });

  test('reads variables in front of the first command', () => {
    const [line] = parseCommandLine('graph=other section="/" search a=1');

    expect(line).toEqual({
      variables: { graph: 'other', section: '/' },
      commands: [{ name: 'search', args: 'a=1' }],
    });
  });

  test.each(['', '  ; ', 'search all |', '| dump', 'search "a'])('refuses %j', (text) => {
    expect(() => parseCommandLine(text)).toThrow(expect.objectContaining({ code: 'cli_parse_error', status: 400 }));
  });
});

describe('splitArguments', () => {
  test('quotes group and are removed', () => {
    expect(splitArguments(`describe --box "a b" 'c "d"' e="f g"`)).toEqual([
      'describe',
      '--box',
      'a b',
      'c "d"',
      'e=f g',
    ]);
  });

  test('keeps empty quoted arguments', () => {
    expect(splitArguments(`update owner ""`)).toEqual(['update', 'owner', '']);
  });

  test('nothing gives no arguments', () => {
    expect(splitArguments('  ')).toEqual([]);
  });
});
