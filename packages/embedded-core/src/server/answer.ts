/** What a route answers. The server decides about encoding and, for streams, about the format. */
export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: AnswerBody;
}

type AnswerBody =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'stream'; readonly items: AsyncIterable<unknown> | Iterable<unknown> }
  | { readonly kind: 'parts'; readonly parts: Iterable<AnswerPart> };

/** One part of a `multipart/mixed` answer: the results of one command line. */
export type AnswerPart = AsyncIterable<unknown>;

export function text(text: string, status = 200): Answer {
  return { status, body: { kind: 'text', text } };
}

export function json(value: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status: 200, headers, body: { kind: 'json', value } };
}

export function stream(
  items: AsyncIterable<unknown> | Iterable<unknown>,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return { status: 200, headers, body: { kind: 'stream', items } };
}

export function noContent(): Answer {
  return { status: 204 };
}
