import { WorkerError } from '@resoto/worker-core';

/** Reads a query text from left to right. Blanks between words are skipped before each read. */
export class Scanner {
  readonly text: string;
  #position = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** Where the next word starts. */
  get position(): number {
    this.#skipBlanks();
    return this.#position;
  }

  get atEnd(): boolean {
    return this.position === this.text.length;
  }

  /** Takes `expected` if it comes next. */
  take(expected: string): boolean {
    if (!this.text.startsWith(expected, this.position)) return false;
    this.#position += expected.length;
    return true;
  }

  /** Takes what `pattern`, which has to be sticky, matches next. */
  match(pattern: RegExp): RegExpExecArray | undefined {
    return this.matchHere(pattern, this.position);
  }

  /** {@link match} without skipping blanks. */
  matchHere(pattern: RegExp, position = this.#position): RegExpExecArray | undefined {
    pattern.lastIndex = position;
    const match = pattern.exec(this.text) ?? undefined;
    if (match !== undefined) this.#position = position + match[0].length;
    return match;
  }

  /** Whether `pattern`, which has to be sticky, matches next. */
  sees(pattern: RegExp): boolean {
    pattern.lastIndex = this.position;
    return pattern.test(this.text);
  }

  goBack(position: number): void {
    this.#position = position;
  }

  expect(expected: string, where: string): void {
    if (!this.take(expected)) throw this.error(`expected ${expected} ${where}`);
  }

  error(reason: string, position = this.position): WorkerError {
    return invalidQuery(reason, position, this.text);
  }

  #skipBlanks(): void {
    while (/\s/.test(this.text.charAt(this.#position))) this.#position += 1;
  }
}

/** `invalid_query` with the place in the text. */
export function invalidQuery(reason: string, position: number, text: string): WorkerError {
  const rest = text.slice(position, position + 20);
  const place = rest === '' ? 'at the end' : `at position ${position}, before "${rest}"`;
  return new WorkerError('invalid_query', `Cannot understand the query ${place}: ${reason}`, {
    facts: { position, query: text },
  });
}
