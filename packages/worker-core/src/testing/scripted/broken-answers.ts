/** Answers no core gives. */
import { stringifyJson, type JsonObject } from '../../protocol/json.ts';
import { page, type ScriptedAnswer } from './answer.ts';
import { brokenJson } from './broken-json.ts';
import { seededRandom } from './random.ts';

/** Answers that are wrong whatever was asked, each with what is wrong about it. */
export const brokenAnswers: readonly (readonly [what: string, answer: ScriptedAnswer])[] = [
  ['a web page', page()],
  ['a web page for what is not there', page(404)],
  ['a web page that forbids', page(403)],
  ['a way to another address', { status: 302, headers: { Location: 'https://login.example/' } }],
  ['a failure', { status: 400, body: 'Error: X\nMessage: no' }],
  ['an inner failure', { status: 500, body: 'Traceback' }],
  ['a refusal because of the size', { status: 413 }],
  ['a failure without end', { status: 400, body: 'no '.repeat(10_000), endless: true }],
  ['a failure that breaks off', { status: 500, body: 'x'.repeat(1000), cutAfter: 10 }],
  ['a failure with control characters', { status: 400, body: Buffer.from([0, 1, 2, 0xff, 0xfe, 27, 91]) }],
  ['an odd status', { status: 299, body: 'what?' }],
];

/** Bodies that are wrong for whoever reads them, of the given type. The same seed gives the same ones. */
export function* brokenBodies(
  count: number,
  sample: JsonObject,
  { seed, type = 'application/json' }: { readonly seed: number; readonly type?: string },
): Generator<ScriptedAnswer> {
  const random = seededRandom(seed);
  const headers = { 'Content-Type': type };
  const whole = stringifyJson(sample);
  for (let index = 0; index < count; index++) {
    const body = brokenJson(sample, random);
    yield random.pick<ScriptedAnswer>([
      ...Array.from({ length: 8 }, () => ({ body, headers })),
      { body: `${whole}\n${body}\n${whole}`, headers },
      { body: whole, headers, cutAfter: random.below(whole.length) },
      { body: Buffer.from([0xff, 0xfe, 0x00, 0x7b]), headers },
      { body: whole, headers: { ...headers, 'Content-Encoding': 'gzip' } },
      { body: whole, headers: { 'Content-Type': 'text/plain' } },
    ]);
  }
}
