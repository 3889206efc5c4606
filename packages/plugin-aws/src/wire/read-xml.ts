/**
 * Reads XML of a known shape in one pass. The vendor's client first makes a tree of everything, then reads that; for a list of
 * instances this takes five times as long.
 */
import { ProviderError } from '@resoto/worker-core/plugin';

import type { Member, Shape } from './shape.ts';

/**
 * Reads an answer.
 *
 * @param path  elements around the answer, outermost first
 * @returns as the vendor's client does: lists and structures without content are empty, what is absent is not there
 * @throws ProviderError `unexpected_answer` when the text is no XML, ends too early, or has other elements around it
 */
export function readXml(text: string, shape: Shape, path: readonly string[]): unknown {
  return new XmlReader(text).answer(shape, path);
}

/** A start tag: the name of its element, and whether it has no content. */
interface Tag {
  readonly name: string;
  readonly empty: boolean;
}

class XmlReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  answer(shape: Shape, path: readonly string[]): unknown {
    for (const name of path) {
      const tag = this.#next();
      if (tag?.name !== name) throw unexpected(`<${name}> expected, found <${tag?.name ?? '/'}>`);
      if (tag.empty) return empty(shape);
    }
    return this.#content(shape);
  }

  #content(shape: Shape): unknown {
    switch (shape.is) {
      case 'text':
        return shape.convert(this.#characters());
      case 'structure':
        return this.#structure(shape.members);
      case 'list':
        return this.#list(shape);
      case 'map':
        return this.#map(shape);
    }
  }

  #structure(members: ReadonlyMap<string, Member>): Record<string, unknown> {
    const found: Record<string, unknown> = {};
    for (let tag = this.#next(); tag !== undefined; tag = this.#next()) {
      const member = members.get(tag.name);
      if (member === undefined) this.#skip(tag);
      else if (member.flat && member.shape.is === 'list') this.#addFlat(found, member.name, member.shape.of, tag);
      else found[member.name] = this.#element(member.shape, tag);
    }
    return found;
  }

  #addFlat(found: Record<string, unknown>, name: string, of: Shape, tag: Tag): void {
    const element = this.#element(of, tag);
    const list = found[name];
    if (Array.isArray(list)) list.push(element);
    else found[name] = [element];
  }

  #list({ item, of }: Shape & { readonly is: 'list' }): unknown[] {
    const found: unknown[] = [];
    for (let tag = this.#next(); tag !== undefined; tag = this.#next()) {
      if (tag.name === item) found.push(this.#element(of, tag));
      else this.#skip(tag);
    }
    return found;
  }

  #map({ key, value, of }: Shape & { readonly is: 'map' }): Record<string, unknown> {
    const found: [string, unknown][] = [];
    for (let entry = this.#next(); entry !== undefined; entry = this.#next()) {
      let name = '';
      let content: unknown;
      for (let tag = entry.empty ? undefined : this.#next(); tag !== undefined; tag = this.#next()) {
        if (tag.name === key) name = tag.empty ? '' : this.#characters();
        else if (tag.name === value) content = this.#element(of, tag);
        else this.#skip(tag);
      }
      found.push([name, content]);
    }
    return Object.fromEntries(found);
  }

  #element(shape: Shape, tag: Tag): unknown {
    return tag.empty ? empty(shape) : this.#content(shape);
  }

  #skip(tag: Tag): void {
    let open = tag.empty ? 0 : 1;
    while (open > 0) {
      const next = this.#next();
      if (next === undefined) open -= 1;
      else if (!next.empty) open += 1;
    }
  }

  /** The next start tag; undefined when the element ends first. Text between elements is left out. */
  #next(): Tag | undefined {
    for (;;) {
      const start = this.#text.indexOf('<', this.#at);
      const end = this.#text.indexOf('>', start);
      if (start < 0 || end < 0) throw unexpected('it ends too early');
      this.#at = end + 1;
      const first = this.#text.charCodeAt(start + 1);
      if (first === slash) return undefined;
      if (first === question) continue;
      if (first === exclamation) {
        this.#at = this.#endOfMarkup(start);
        continue;
      }
      const isEmpty = this.#text.charCodeAt(end - 1) === slash;
      const tag = this.#text.slice(start + 1, isEmpty ? end - 1 : end);
      return { name: nameOf(tag), empty: isEmpty };
    }
  }

  /** The text up to the end tag, which is passed. */
  #characters(): string {
    const end = this.#text.indexOf('<', this.#at);
    if (end < 0) throw unexpected('it ends too early');
    const text = this.#text.slice(this.#at, end);
    this.#at = end;
    const plain = text.includes('&') ? decoded(text) : text;
    const following = this.#text.charCodeAt(end + 1);
    if (following === exclamation) return plain + this.#afterMarkup(end);
    if (following !== slash) throw unexpected('an element stands where a text should');
    this.#at = this.#text.indexOf('>', end) + 1;
    return plain;
  }

  /** Text of a CDATA section, or nothing for a comment, and what follows. */
  #afterMarkup(start: number): string {
    const end = this.#endOfMarkup(start);
    const isData = this.#text.startsWith('<![CDATA[', start);
    const text = isData ? this.#text.slice(start + 9, end - 3) : '';
    this.#at = end;
    return text + this.#characters();
  }

  #endOfMarkup(start: number): number {
    const close = this.#text.startsWith('<!--', start)
      ? '-->'
      : this.#text.startsWith('<![CDATA[', start)
        ? ']]>'
        : '>';
    const end = this.#text.indexOf(close, start);
    if (end < 0) throw unexpected('it ends too early');
    return end + close.length;
  }
}

const [slash, question, exclamation] = [47, 63, 33];

function nameOf(tag: string): string {
  const space = tag.search(/\s/);
  const name = space < 0 ? tag : tag.slice(0, space);
  return name.slice(name.indexOf(':') + 1);
}

function empty(shape: Shape): unknown {
  switch (shape.is) {
    case 'text':
      return shape.convert('');
    case 'list':
      return [];
    case 'structure':
    case 'map':
      return {};
  }
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decoded(text: string): string {
  return text.replace(/&(#x?)?(\w+);/g, (whole, numeric: string | undefined, name: string) => {
    if (numeric === undefined) return entities[name] ?? whole;
    return String.fromCodePoint(Number.parseInt(name, numeric === '#x' ? 16 : 10));
  });
}

function unexpected(why: string): ProviderError {
  return new ProviderError(`An answer cannot be read: ${why}`, { code: 'unexpected_answer' });
}
