/** How a scripted core answers requests, and how it fails to. */
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringifyJson, type JsonValue } from '../../protocol/json.ts';

/** `cut` drops the connection without an answer, `hang` never answers. A value without status is a JSON body. */
export type ScriptedAnswer =
  | 'cut'
  | 'hang'
  | {
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
      /** A text, or the bytes as they are. */
      readonly body?: string | Uint8Array;
      readonly json?: JsonValue;
      /** Drops the connection after that many bytes of the body. */
      readonly cutAfter?: number;
      /** Milliseconds before each thousandth of the body. */
      readonly pace?: number;
      /** Repeats the body until the other side has enough. */
      readonly endless?: boolean;
    };

/** A web page: what stands in front of a core, or instead of it. */
export function page(status = 200, text = 'Please log in'): ScriptedAnswer {
  const body = `<!doctype html><html><body><h1>${text}</h1></body></html>`;
  return { status, body, headers: { 'Content-Type': 'text/html; charset=utf-8' } };
}

export async function writeAnswer(response: ServerResponse, answer: ScriptedAnswer): Promise<void> {
  if (answer === 'hang') return;
  if (answer === 'cut') {
    response.destroy();
    return;
  }
  const { status = 200, headers = {}, json, cutAfter, pace, endless = false } = answer;
  const body = Buffer.from(answer.body ?? (json === undefined ? '' : stringifyJson(json)));
  const type = json === undefined ? {} : { 'Content-Type': 'application/json' };
  response.writeHead(status, { ...type, ...headers });
  if (endless) await writeForEver(response, body);
  else if (cutAfter !== undefined) response.write(body.subarray(0, cutAfter), () => response.destroy());
  else if (pace !== undefined) await writeSlowly(response, body, pace);
  else response.end(body);
}

async function writeForEver(response: ServerResponse, body: Buffer): Promise<void> {
  const closed = new Promise<void>((resolve) => response.once('close', resolve));
  while (!response.destroyed) {
    if (response.write(body)) await new Promise(setImmediate);
    else await Promise.race([closed, new Promise<void>((resolve) => response.once('drain', resolve))]);
  }
}

async function writeSlowly(response: ServerResponse, body: Buffer, pace: number): Promise<void> {
  const step = Math.max(1, Math.ceil(body.length / 1000));
  for (let start = 0; start < body.length && !response.destroyed; start += step) {
    await sleep(pace);
    response.write(body.subarray(start, start + step));
  }
  response.end();
}
