/** Documents that are nearly right. */
import { isJsonObject, stringifyJson, type JsonObject, type JsonValue } from '../../protocol/json.ts';
import type { SeededRandom } from './random.ts';

/** A text made of a right document; what it has in common with it is chance. Some are still right. */
export function brokenJson(sample: JsonObject, random: SeededRandom): string {
  return random.pick(breakages)(sample, random);
}

type Breakage = (sample: JsonObject, random: SeededRandom) => string;

const breakages: readonly Breakage[] = [
  (sample, random) => cutOff(stringifyJson(sample), random),
  (sample, random) => withoutCharacter(stringifyJson(sample), random),
  (_sample, random) => stringifyJson(random.pick(oddValues)),
  (_sample, random) => random.pick(oddTexts),
  // Most of all: members of the wrong type, at any depth.
  ...Array.from({ length: 6 }, (): Breakage => (sample, random) => stringifyJson(wrongMember(sample, random))),
  (sample, random) => stringifyJson(withoutMember(sample, random)),
  (sample, random) => deep(sample, 10 ** (1 + random.below(5))),
  (sample) => stringifyJson(sample).replace('{', '{"__proto__":{"kind":"action"},"constructor":1,'),
  (sample) => `${stringifyJson(sample)}${stringifyJson(sample)}`,
  (sample) => `\uFEFF${stringifyJson(sample)}`,
];

/** Each of them is JSON, and none of them is what anybody expects. */
const oddValues: readonly JsonValue[] = [
  ...[null, true, false, 0, -1, 0.5, 1e308, 2n ** 64n, -(2n ** 63n)],
  ...['', ' ', 'text', '\u0000', 'a\u0000b', '\uD800', '\uDC00\uD800', '\u202E', '__proto__', 'x'.repeat(100_000)],
  ...[[], {}, [[]], [null], { kind: 'action' }, ['text'], { constructor: null }],
];

const oddTexts: readonly string[] = [
  ...['', ' ', '\n', 'null', 'undefined', 'NaN', '{', '}', '{}', '[', ']', '"', '\\', '\u0000', '<html></html>'],
  ...['{"kind":}', "{'kind':'action'}", '{"kind":"action",}', '{"a":1e999}', '{"a":01}', '{"a":"\u0001"}', '"\\ud800"'],
  ...['{"kind":"action","kind":"event"}', 'HTTP/1.1 400 Bad Request', '1'.repeat(100_000), '['.repeat(100_000)],
];

function cutOff(text: string, random: SeededRandom): string {
  return text.slice(0, random.below(text.length));
}

function withoutCharacter(text: string, random: SeededRandom): string {
  const index = random.below(text.length);
  return text.slice(0, index) + text.slice(index + 1);
}

function wrongMember(sample: JsonObject, random: SeededRandom): JsonObject {
  const name = random.pick(Object.keys(sample));
  const value = sample[name];
  const goesDown = isJsonObject(value) && Object.keys(value).length > 0 && random.below(2) === 0;
  return { ...sample, [name]: goesDown ? wrongMember(value, random) : random.pick(oddValues) };
}

function withoutMember(sample: JsonObject, random: SeededRandom): JsonObject {
  const left = random.pick(Object.keys(sample));
  return Object.fromEntries(Object.entries(sample).filter(([name]) => name !== left));
}

function deep(sample: JsonObject, depth: number): string {
  const nested = `${'{"a":['.repeat(depth)}${']}'.repeat(depth)}`;
  return stringifyJson(sample).replace('{', `{"deep":${nested},`);
}
