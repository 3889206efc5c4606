import type { EdgeType, JsonValue } from '@resoto/worker-core';
import { isJsonArray } from '../json.ts';
import type { Limit, Operator, Part, Path, Predicate, Quantifier, Query, Segment, SortKey, Term } from './ast.ts';
import { parseNavigation } from './navigation-parser.ts';
import { Scanner } from './scanner.ts';
import { parseString, parseValue } from './value-parser.ts';

export interface ParseOptions {
  /** The edge types that exist; `iam` is one in the fix generation only. */
  readonly edgeTypes: readonly EdgeType[];
}

/** Parses a query (protocol 10.3). Throws `invalid_query` with the position in its text. */
export function parseQuery(text: string, options: ParseOptions): Query {
  const parser = new Parser(new Scanner(text), options);
  return parser.query();
}

const OPERATOR = /<=|>=|==|=~|!=|!~|<|>|=|~|not\s+in(?=\s)|in(?=\s)/y;
const SEGMENT_NAME = /[A-Za-z_][A-Za-z0-9_-]*/y;
const QUOTED_NAME = /`([^`]+)`/y;
const MARK = /\[\s*(\d+|\*|)\s*\]/y;
const NAME = /[A-Za-z0-9][A-Za-z0-9_-]*/y;
const ALIASES: Readonly<Record<string, Operator>> = { '=': '==', '~': '=~' };

class Parser {
  readonly #scanner: Scanner;
  readonly #edgeTypes: readonly EdgeType[];

  constructor(scanner: Scanner, options: ParseOptions) {
    this.#scanner = scanner;
    this.#edgeTypes = options.edgeTypes;
  }

  query(): Query {
    const parts: Part[] = [];
    if (this.#scanner.atEnd) throw this.#scanner.error('the query is empty; "all" selects everything');
    while (!this.#scanner.atEnd) {
      if (parts.length > 0 && parts.at(-1)?.navigation === undefined) {
        throw this.#scanner.error('expected "and", "or", "sort", "limit", a navigation such as --> or the end');
      }
      parts.push(this.#part());
    }
    return { parts };
  }

  #part(): Part {
    const start = this.#scanner.position;
    const term = this.#startsTerm() ? this.#term() : undefined;
    const sort = this.#sort();
    const limit = this.#limit();
    const navigation = parseNavigation(this.#scanner, this.#edgeTypes, () => this.#term());
    if (this.#scanner.position === start) throw this.#scanner.error('expected a term, sort, limit or a navigation');
    return { term: term ?? { is: 'all' }, sort, limit, navigation };
  }

  #startsTerm(): boolean {
    return !this.#scanner.sees(/(?:sort|limit)\s|<-|-|$/y);
  }

  /** "and" and "or" bind equally and group from left to right. */
  #term(): Term {
    let term = this.#simple();
    for (let word = this.#scanner.match(/(and|or)\b/y); word !== undefined; word = this.#scanner.match(/(and|or)\b/y)) {
      term = { is: word[1] === 'and' ? 'and' : 'or', left: term, right: this.#simple() };
    }
    return term;
  }

  #simple(): Term {
    const scanner = this.#scanner;
    if (scanner.take('(')) {
      const term = this.#term();
      scanner.expect(')', 'to close the bracket');
      return term;
    }
    if (scanner.match(/not(?=[\s(])/y) !== undefined) return { is: 'not', term: this.#simple() };
    if (scanner.match(/all\b(?!\s*(?:[.[=!~<>]|in\s|not\s+in\s)(?!-))/y) !== undefined) return { is: 'all' };
    const position = scanner.position;
    if (scanner.match(/is\s*\(/y) !== undefined) return { is: 'kind', names: this.#names(), position };
    if (scanner.match(/id\s*\(/y) !== undefined) return { is: 'id', ids: this.#names() };
    return this.#predicate();
  }

  /** The names of `is(…)` and `id(…)`, closing bracket included. */
  #names(): string[] {
    const bracket = this.#scanner.take('[');
    const names = [this.#name()];
    while (this.#scanner.take(',')) names.push(this.#name());
    if (bracket) this.#scanner.expect(']', 'to close the list of names');
    this.#scanner.expect(')', 'after the names');
    return names;
  }

  #name(): string {
    const name = parseString(this.#scanner) ?? this.#scanner.match(NAME)?.[0];
    if (name === undefined) throw this.#scanner.error('expected a name, in double quotes if it begins with - or _');
    return name;
  }

  #predicate(): Predicate {
    const path = this.#path('expected a term: a property path, is(…), id(…), all, not or a bracket');
    const quantifier = this.#quantifier();
    const operator = this.#operator();
    const position = this.#scanner.position;
    const value = this.#value(operator, position);
    return { is: 'predicate', path, quantifier, operator, value, position };
  }

  #quantifier(): Quantifier | undefined {
    const word = this.#scanner.match(/(?:any|all|none)(?=[\s=!~<>])/y)?.[0];
    return word === 'any' || word === 'all' || word === 'none' ? word : undefined;
  }

  #operator(): Operator {
    const word = this.#scanner.match(OPERATOR)?.[0];
    if (word === undefined) {
      throw this.#scanner.error('expected an operator: = != < <= > >= =~ !~, or "in" and "not in" with a blank behind');
    }
    const operator = word.replace(/\s+/g, ' ');
    return ALIASES[operator] ?? (operator as Operator);
  }

  #value(operator: Operator, position: number): JsonValue {
    const value = parseValue(this.#scanner);
    if ((operator === 'in' || operator === 'not in') && !isJsonArray(value)) {
      throw this.#scanner.error(`"${operator}" needs a list such as ["a", "b"]`, position);
    }
    return value;
  }

  #path(expectation: string): Path {
    const position = this.#scanner.position;
    const absolute = this.#scanner.take('/');
    const segments = [this.#segment(absolute ? 'expected a property name behind /' : expectation)];
    while (this.#scanner.matchHere(/\./y) !== undefined)
      segments.push(this.#segment('expected a property name behind the dot'));
    return { absolute, segments, position };
  }

  #segment(expectation: string): Segment {
    const scanner = this.#scanner;
    const start = scanner.position;
    const name = scanner.matchHere(QUOTED_NAME)?.[1] ?? this.#plainName(start);
    if (name === undefined) throw scanner.error(expectation);
    const marks: (number | '*')[] = [];
    for (let mark = scanner.matchHere(MARK); mark !== undefined; mark = scanner.matchHere(MARK)) {
      marks.push(mark[1] === '' || mark[1] === '*' ? '*' : Number(mark[1]));
    }
    return { name, marks };
  }

  /** Dashes belong to a name, but not those that begin a navigation. */
  #plainName(start: number): string | undefined {
    const name = this.#scanner.matchHere(SEGMENT_NAME)?.[0];
    const dashes = /-+$/.exec(name ?? '')?.[0] ?? '';
    if (name === undefined || dashes === '' || !/[>[]/.test(this.#scanner.text.charAt(start + name.length)))
      return name;
    this.#scanner.goBack(start + name.length - dashes.length);
    return name.slice(0, -dashes.length);
  }

  #sort(): SortKey[] {
    if (this.#scanner.match(/sort(?=\s)/y) === undefined) return [];
    const keys = [this.#sortKey()];
    while (this.#scanner.take(',')) keys.push(this.#sortKey());
    return keys;
  }

  #sortKey(): SortKey {
    const path = this.#path('expected a property path to sort by');
    const direction = this.#scanner.match(/(asc|desc)\b/y)?.[1];
    return { path, descending: direction === 'desc' };
  }

  #limit(): Limit | undefined {
    if (this.#scanner.match(/limit(?=\s)/y) === undefined) return undefined;
    const first = this.#count();
    if (!this.#scanner.take(',')) return { offset: 0, count: first };
    return { offset: first, count: this.#count() };
  }

  #count(): number {
    const digits = this.#scanner.match(/\d+(?![\w.])/y)?.[0];
    if (digits === undefined) throw this.#scanner.error('expected a number: limit 10, or limit 20, 10 to skip 20');
    return Number(digits);
  }
}
