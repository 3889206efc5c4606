import { describe, expect, test } from '@jest/globals';
import { errorCode, errorFacts, errorText, errorHint } from '../errors.ts';
import { Secrets } from '../log/secrets.ts';
import { parseJson, type JsonObject, type JsonValue } from '../protocol/json.ts';
import { load } from './load-configuration.test.support.ts';

const rounds = 3_000;
const secret = 'hunter2-hunter2';
const environment = { SECRET: secret, WORD: 'many', NUMBER: '7', SWITCH: 'false', EMPTY: '' };

const places = {
  resotoworker: [
    ...['collector', 'graph', 'timeout', 'pool_size', 'fork_process', 'graph_merge_kind', 'tempdir', 'cleanup'],
    ...['cleanup_max_share', 'carry_over_max_age', 'log_level', 'web_port', 'files_in_home_dir', 'constructor'],
    ...['write_files_to_home_dir', '__proto__', 'nobody knows'],
  ],
  acme: ['token', 'regions', 'limits', 'ratio', 'login', 'nested', 'toString'],
};

describe(`of ${rounds} random documents and overrides each`, () => {
  test('loads or is refused with a place, never fails otherwise, and shows no secret', async () => {
    const random = new Dice(20240601);
    const outcomes: Outcome[] = [];

    for (let round = 0; round < rounds; round += 1) outcomes.push(await outcome(random));

    const refused = outcomes.filter(({ code }) => code !== undefined);
    expect(outcomes.filter(({ shown }) => shown.includes(secret))).toEqual([]);
    expect(refused.filter(({ code, text }) => code !== 'wrong_configuration' || !place.test(text))).toEqual([]);
    expect(refused.length).toBeGreaterThan(rounds / 20);
    expect(rounds - refused.length).toBeGreaterThan(rounds / 20);
  });
});

const place = /\. (--override |resotoworker|acme).*: expected .*, found /s;

interface Outcome {
  /** Undefined when it was loaded. */
  readonly code: string | undefined;
  readonly text: string;
  /** Everything that people may see of it. */
  readonly shown: string;
}

async function outcome(random: Dice): Promise<Outcome> {
  const config = randomDocument(random);
  const overrides = random.some(4, () => randomOverride(random));
  const secrets = new Secrets();
  try {
    const { logged } = await load({ config, overrides, environment, onSecret: (value) => secrets.add(value) });
    return { code: undefined, text: '', shown: JSON.stringify(logged) };
  } catch (error) {
    return { code: errorCode(error) ?? 'none', text: errorText(error), shown: textOf(error) };
  }
}

function textOf(error: unknown): string {
  return `${errorText(error)} ${errorHint(error)} ${JSON.stringify(errorFacts(error))} ${String(error)}`;
}

/** A document that is right in most of its parts, so that some load. */
function randomDocument(random: Dice): JsonObject {
  if (random.in(50)) return { resotoworker: anything(random, 3), acme: anything(random, 3) };
  const section = (fields: readonly string[]): JsonObject =>
    fromEntries(
      random.some(4, () => {
        const field = random.of(fields);
        return [field, valueOf(field, random)];
      }),
    );
  return fromEntries([
    ['resotoworker', section(places.resotoworker)],
    ['acme', section(places.acme)],
    ...random.some(2, (): [string, JsonValue] => [random.of(['logging', 'foreign', '__proto__']), harmless(random)]),
  ]);
}

function fitting(field: string, random: Dice): JsonValue {
  const login = { user: 'a', password: random.of([secret, '$(SECRET)']) };
  const values: Readonly<Record<string, readonly JsonValue[]>> = {
    collector: [['acme'], [], ['$(WORD)', '$(MISSING)']],
    graph: ['resoto', null, '$(WORD)'],
    timeout: [1, '60', '$(NUMBER)', parseJson('9007199254740991')],
    cleanup: [true, '$(SWITCH)', '$(EMPTY)', null],
    files_in_home_dir: [{ '.key': secret }, {}, null, { '.key': '$(SECRET)' }],
    write_files_to_home_dir: [[{ path: 'a', content: secret }], [{}], [{ content: '$(SECRET)' }]],
    token: [secret, '$(SECRET)', null, '$(SECRET)$(SECRET)', `\ud800${secret}`],
    limits: [{ a: 1 }, { a: '$(NUMBER)' }, {}],
    login: [login, { password: secret }, {}],
    ratio: [0.5, '1e-3', null],
  };
  return random.of((Object.hasOwn(values, field) ? values[field] : undefined) ?? [null]);
}

function valueOf(field: string, random: Dice): JsonValue {
  if (!random.in(6)) return fitting(field, random);
  const wrong = Object.hasOwn(spoilt, field) ? spoilt[field] : undefined;
  return wrong === undefined || random.in(3) ? anything(random, 3) : random.of(wrong);
}

/** Where a secret belongs, but in a form in which it is not read. */
const spoilt: Readonly<Record<string, readonly JsonValue[] | undefined>> = {
  token: [[secret], { a: secret }, ['$(SECRET)'], false],
  login: [secret, [secret], { password: [secret] }, { password: { a: secret } }, { user: 1, password: secret }],
  files_in_home_dir: [secret, [secret], { key: [secret] }, { key: { a: '$(SECRET)' } }],
  write_files_to_home_dir: [
    secret,
    [secret],
    { content: secret },
    [{ content: [secret] }, { path: 1, content: secret }],
  ],
};

/** What nobody declared is nobody's secret, so there is none in it. */
function harmless(random: Dice): JsonValue {
  return random.of<JsonValue>([1, 'text', null, true, [], {}, { a: [null] }, '$(MISSING)', '$(']);
}

function anything(random: Dice, depth: number): JsonValue {
  if (depth === 0 || random.in(2)) return harmless(random);
  const numbers: readonly JsonValue[] = [-1, 0.5, 1e300, Infinity, NaN, parseJson('123456789012345678901234567890')];
  switch (random.below(3)) {
    case 0:
      return random.some(3, () => anything(random, depth - 1));
    case 1:
      return fromEntries(
        random.some(3, (): [string, JsonValue] => [
          random.of(['a', '', 'path', 'user', '__proto__', 'x.y', '$(WORD)']),
          anything(random, depth - 1),
        ]),
      );
    default:
      return random.of(numbers);
  }
}

function randomOverride(random: Dice): string {
  const section = random.of(['resotoworker', 'acme', 'acme', 'foreign', '']);
  const field = random.of([...places.resotoworker, ...places.acme, 'login.password', 'limits.a', 'login.nobody', '']);
  const text = random.of(['7', 'a=b', 'x,y', '', 'null', 'true', '-1', '1e999', '\ud800', '"', '[1]', '{}']);
  return random.of([
    `${section}.${field}=${text}`,
    `acme.token=${secret}`,
    `acme.token.part=${secret}`,
    `acme.login=${secret}`,
    `resotoworker.files_in_home_dir=${secret}`,
    `resotoworker.files_in_home_dir.key=${secret}`,
    random.in(10) ? secret : 'acme.ratio=0.1',
    random.in(10) ? `=${secret}` : 'resotoworker.timeout=5',
    'acme.regions=eu,us',
  ]);
}

/** As JSON of the core is read: every name is a member of its own, `__proto__` as well. */
function fromEntries(entries: readonly (readonly [string, JsonValue])[]): JsonObject {
  return Object.fromEntries(entries);
}

/** Always the same sequence for a seed (mulberry32). */
class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  }

  /** Once in so many times. */
  in(times: number): boolean {
    return this.below(times) === 0;
  }

  of<Value>(values: readonly Value[]): Value {
    return values[this.below(values.length)] as Value;
  }

  some<Value>(atMost: number, make: () => Value): Value[] {
    return Array.from({ length: this.below(atMost + 1) }, make);
  }
}
