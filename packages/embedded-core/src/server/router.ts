import type { IncomingMessage } from 'node:http';
import type { Answer } from './answer.ts';
import { badRequest } from './request-error.ts';

export interface RouteRequest {
  readonly message: IncomingMessage;
  readonly query: URLSearchParams;
  /** A part of the path, percent-decoded. */
  param(name: string): string;
  /** Aborted when the client goes away or the core closes. */
  readonly signal: AbortSignal;
}

export type RouteHandler = (request: RouteRequest) => Promise<Answer> | Answer;

interface Route<Handler> {
  readonly method: string;
  readonly pattern: RegExp;
  readonly handler: Handler;
}

export interface RouteMatch<Handler> {
  readonly handler: Handler;
  readonly params: ReadonlyMap<string, string>;
}

/** A table of methods and path patterns; the first match in order of registration wins. */
export class Router<Handler> {
  readonly #routes: Route<Handler>[] = [];

  /** `{name}` stands for one path segment, `{name*}` for one or more. */
  add(method: string, path: string, handler: Handler): void {
    this.#routes.push({ method, pattern: pathPattern(path), handler });
  }

  /** The match, or why there is none: nothing has this path, or nothing with this method. */
  find(method: string, path: string): RouteMatch<Handler> | 'no_path' | 'no_method' {
    let pathKnown = false;
    for (const route of this.#routes) {
      const match = route.pattern.exec(path);
      if (match === null) continue;
      if (route.method === method) return { handler: route.handler, params: decoded(match.groups ?? {}) };
      pathKnown = true;
    }
    return pathKnown ? 'no_method' : 'no_path';
  }
}

function pathPattern(path: string): RegExp {
  const source = path.replaceAll(/\{(\w+)(\*?)\}/g, (_, name: string, many: string) =>
    many === '' ? `(?<${name}>[^/]+)` : `(?<${name}>.+)`,
  );
  return new RegExp(`^${source}/?$`);
}

function decoded(groups: Record<string, string>): Map<string, string> {
  const params = new Map<string, string>();
  for (const [name, value] of Object.entries(groups)) params.set(name, decodeSegment(value));
  return params;
}

function decodeSegment(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    throw badRequest(`Path segment ${value} is not percent-encoded UTF-8`);
  }
}
