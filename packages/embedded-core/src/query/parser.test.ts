import { describe, expect, test } from '@jest/globals';
import type { EdgeType, JsonValue } from '@resoto/worker-core';
import { failure } from '../../test/acme.ts';
import type { Navigation, Path, Query, Term } from './ast.ts';
import { parseQuery } from './parser.ts';

const RESOTO: readonly EdgeType[] = ['default', 'delete'];
const FIX: readonly EdgeType[] = ['default', 'delete', 'iam'];

/** A query in one canonical spelling, with brackets that show how it was grouped. */
function spell(query: Query): string {
  return query.parts
    .map(({ term, sort, limit, navigation }) =>
      [
        spellTerm(term),
        sort.length === 0
          ? ''
          : `sort ${sort.map((key) => `${spellPath(key.path)}${key.descending ? ' desc' : ''}`).join(', ')}`,
        limit === undefined ? '' : `limit ${limit.offset},${limit.count}`,
        navigation === undefined ? '' : spellNavigation(navigation),
      ]
        .filter((text) => text !== '')
        .join(' '),
    )
    .join(' | ');
}

function spellTerm(term: Term): string {
  switch (term.is) {
    case 'all':
      return 'all';
    case 'and':
    case 'or':
      return `(${spellTerm(term.left)} ${term.is} ${spellTerm(term.right)})`;
    case 'not':
      return `not ${spellTerm(term.term)}`;
    case 'kind':
      return `is(${term.names.join(',')})`;
    case 'id':
      return `id(${term.ids.join(',')})`;
    case 'predicate':
      return [spellPath(term.path), term.quantifier, term.operator, spellValue(term.value)].filter(Boolean).join(' ');
  }
}

function spellPath({ absolute, segments }: Path): string {
  return (
    (absolute ? '/' : '') +
    segments.map(({ name, marks }) => name + marks.map((mark) => `[${mark}]`).join('')).join('.')
  );
}

function spellValue(value: JsonValue): string {
  return typeof value === 'bigint' ? `${value}n` : JSON.stringify(value);
}

function spellNavigation({ from, to, direction, inbound, outbound, edgeFilter }: Navigation): string {
  const filter = edgeFilter === undefined ? '' : `{${spellTerm(edgeFilter)}}`;
  return `${direction} ${from}:${to} ${inbound?.join(',') ?? '-'} ${outbound?.join(',') ?? '-'}${filter}`;
}

test.each<[string, string]>([
  // terms
  ['all', 'all'],
  ['  all  ', 'all'],
  ['is(acme_box)', 'is(acme_box)'],
  ['is ( acme_box , acme_disk )', 'is(acme_box,acme_disk)'],
  ['is([acme_box, "acme.disk"])', 'is(acme_box,acme.disk)'],
  ['id(4zehE2EexxJxHwG4V0eBAA)', 'id(4zehE2EexxJxHwG4V0eBAA)'],
  ['id("-abc", "_def")', 'id(-abc,_def)'],
  ['not is(a)', 'not is(a)'],
  ['not not is(a)', 'not not is(a)'],
  ['not(is(a))', 'not is(a)'],
  ['not a = 1 and b = 2', '(not a == 1 and b == 2)'],
  ['a = 1 or b = 2 and c = 3', '((a == 1 or b == 2) and c == 3)'],
  ['a = 1 and b = 2 or c = 3', '((a == 1 and b == 2) or c == 3)'],
  ['a = 1 or (b = 2 and c = 3)', '(a == 1 or (b == 2 and c == 3))'],
  ['(is(a))', 'is(a)'],
  ['is(a)and b=1', '(is(a) and b == 1)'],
  // operators
  ['a=1', 'a == 1'],
  ['a==1', 'a == 1'],
  ['a != 1', 'a != 1'],
  ['a!=true', 'a != true'],
  ['a < 1', 'a < 1'],
  ['a <-1', 'a < -1'],
  ['a <= 1', 'a <= 1'],
  ['a > 1', 'a > 1'],
  ['a >= 1', 'a >= 1'],
  ['a ~ "x.*"', 'a =~ "x.*"'],
  ['a =~ "x.*"', 'a =~ "x.*"'],
  ['a !~ x', 'a !~ "x"'],
  ['a in [1, 2]', 'a in [1,2]'],
  ['a in []', 'a in []'],
  ['a not in ["x"]', 'a not in ["x"]'],
  ['a not  in ["x"]', 'a not in ["x"]'],
  ['a any = 1', 'a any == 1'],
  ['a all in [1]', 'a all in [1]'],
  ['a none > 1', 'a none > 1'],
  // paths
  ['/desired.clean == true', '/desired.clean == true'],
  ['a.b.c = 1', 'a.b.c == 1'],
  ['a[0] = 1', 'a[0] == 1'],
  ['a[*].b = 1', 'a[*].b == 1'],
  ['a[].b = 1', 'a[*].b == 1'],
  ['a[][2] = 1', 'a[*][2] == 1'],
  ['tags.`a.b c/d` = 1', 'tags.a.b c/d == 1'],
  ['tags.my-key = 1', 'tags.my-key == 1'],
  ['_private = 1', '_private == 1'],
  ['all = 1', 'all == 1'],
  ['all.x = 1', 'all.x == 1'],
  ['notes = 1', 'notes == 1'],
  ['isolated = 1', 'isolated == 1'],
  ['id = x', 'id == "x"'],
  ['is = x', 'is == "x"'],
  ['in = 1', 'in == 1'],
  ['`sort` = 1', 'sort == 1'],
  // values
  ['a = null', 'a == null'],
  ['a = false', 'a == false'],
  ['a = -1.5', 'a == -1.5'],
  ['a = 1e3', 'a == "1e3"'],
  ['a = 9007199254740993', 'a == 9007199254740993n'],
  ['a = 012345678901', 'a == "012345678901"'],
  ['a = 0.5', 'a == 0.5'],
  ['a = 1.2.3', 'a == "1.2.3"'],
  ['a = 3d', 'a == "3d"'],
  ['a = 2024-03-01T10:00:00Z', 'a == "2024-03-01T10:00:00Z"'],
  ['a = 2024-03-01', 'a == "2024-03-01"'],
  ['a = arn:aws:s3/x.y_z', 'a == "arn:aws:s3/x.y_z"'],
  ['a = truer', 'a == "truer"'],
  ['a = "true"', 'a == "true"'],
  ['a = "say \\"hi\\""', 'a == "say \\"hi\\""'],
  ['a = "\\\\d\\/\\\'"', 'a == "\\\\d/\'"'],
  ['a = "\\d+\\n"', 'a == "\\\\d+\\\\n"'],
  ['a = ""', 'a == ""'],
  ['a = {b: [1, null], "c d": {}}', 'a == {"b":[1,null],"c d":{}}'],
  // sort and limit
  ['sort name', 'all sort name'],
  ['all sort name desc, /reported.id asc, x', 'all sort name desc, /reported.id, x'],
  ['limit 10', 'all limit 0,10'],
  ['limit 10, 5', 'all limit 10,5'],
  ['is(a) sort b limit 3', 'is(a) sort b limit 0,3'],
  // navigation
  ['-->', 'all out 1:1 - -'],
  ['<--', 'all in 1:1 - -'],
  ['<-->', 'all both 1:1 - -'],
  ['is(a) -[2]->', 'is(a) out 2:2 - -'],
  ['is(a) -[1:3]->', 'is(a) out 1:3 - -'],
  ['is(a) -[1,3]->', 'is(a) out 1:3 - -'],
  ['is(a) -[1..3]->', 'is(a) out 1:3 - -'],
  ['is(a) -[0:]->', 'is(a) out 0:250 - -'],
  ['is(a) -[0:]delete->', 'is(a) out 0:250 - delete'],
  ['is(a) -delete[0:]->', 'is(a) out 0:250 - delete'],
  ['is(a) -default,delete->', 'is(a) out 1:1 - default,delete'],
  ['is(a) <-delete[0:]-', 'is(a) in 0:250 delete -'],
  ['is(a) <-default,delete[0:]->', 'is(a) both 0:250 default,delete default,delete'],
  ['is(a) <-default[0:]delete->', 'is(a) both 0:250 default delete'],
  ['is(a) <-[0:]delete->', 'is(a) both 0:250 - delete'],
  ['is(a)-->', 'is(a) out 1:1 - -'],
  ['a = b-->', 'a == "b" out 1:1 - -'],
  ['a = 1-[0:2]->', 'a == 1 out 0:2 - -'],
  ['sort name-->', 'all sort name out 1:1 - -'],
  ['is(a) limit 2 --> is(b)', 'is(a) limit 0,2 out 1:1 - - | is(b)'],
  ['is(a) --> --> is(b) sort c', 'is(a) out 1:1 - - | all out 1:1 - - | is(b) sort c'],
  ['is(a) -[0:9999]->', 'is(a) out 0:250 - -'],
])('understands %s', (text, expected) => {
  expect(spell(parseQuery(text, { edgeTypes: RESOTO }))).toBe(expected);
});

test.each<[string, number, RegExp]>([
  ['', 0, /empty/],
  ['   ', 3, /empty/],
  ['is(a) is(b)', 6, /expected "and"/],
  ['is()', 3, /expected a name/],
  ['is(-a)', 3, /double quotes/],
  ['is(a', 4, /expected \)/],
  ['is([a)', 5, /expected \]/],
  ['(is(a)', 6, /expected \)/],
  ['is(a))', 5, /expected "and"/],
  ['is(a) and', 9, /expected a term/],
  ['not', 3, /operator/],
  ['and', 3, /operator/],
  ['a', 1, /operator/],
  ['a like b', 2, /operator/],
  ['a in[1]', 2, /blank behind/],
  ['a in x', 5, /list/],
  ['a not in 3', 9, /list/],
  ['a =', 3, /expected a value/],
  ['a = --x', 4, /expected a value/],
  ['a = -default', 4, /expected a value/],
  ['a = "x', 4, /not closed/],
  ['a = [1, 2', 9, /expected \]/],
  ['a = {b 1}', 7, /expected :/],
  ['a = {1: 1}', 5, /name of a member/],
  ["a = 'x'", 4, /expected a value/],
  ['a. = 1', 3, /behind the dot/],
  ['/ = 1', 2, /behind \//],
  ['a[x] = 1', 1, /operator/],
  ['limit', 5, /operator/],
  ['limit x', 6, /expected a number/],
  ['limit 5, y', 9, /expected a number/],
  ['limit 1 sort name', 8, /expected "and"/],
  ['sort 3', 5, /path to sort by/],
  ['sort a,', 7, /path to sort by/],
  ['is(a) ->', 7, /ends with ->/],
  ['is(a) -[1:2]', 12, /ends with ->/],
  ['is(a) <-[1:2]', 13, /ends with - or ->/],
  ['is(a) -[x]->', 7, /range/],
  ['is(a) -[3:1]->', 7, /ends before it begins/],
  ['is(a) -[-1]->', 7, /range/],
  ['is(a) -foo->', 7, /no edge type/],
  ['is(a) -default,->', 15, /edge type behind the comma/],
  ['is(a) -default[1:]delete->', 18, /not both/],
  ['is(a) <-default[1:]delete-', 19, /not both/],
  ['is(a) -iam->', 7, /there are default, delete/],
  ['is(a) -[1:]{reported.x = 1}->', 11, /cannot be filtered/],
  ['AND', 3, /operator/],
  ['is(a) AND is(b)', 6, /expected "and"/],
])('refuses %s', async (text, position, reason) => {
  const error = await failure(() => parseQuery(text, { edgeTypes: RESOTO }));

  expect(error).toMatchObject({ code: 'invalid_query', facts: { position, query: text } });
  expect(error.message).toMatch(reason);
});

describe('in the fix generation', () => {
  test.each<[string, string]>([
    ['is(a) -iam->', 'is(a) out 1:1 - iam'],
    ['is(a) -iam[1:]{reported.level = read}->', 'is(a) out 1:250 - iam{reported.level == "read"}'],
  ])('understands %s', (text, expected) => {
    expect(spell(parseQuery(text, { edgeTypes: FIX }))).toBe(expected);
  });
});
