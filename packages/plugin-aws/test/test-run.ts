import { isNativeError } from 'node:util/types';

import type { CollectContext, Generation, JsonObject, NodeRef, PluginContext } from '@resoto/worker-core/plugin';

import { Calls } from '../src/call.ts';
import { readConfig } from '../src/config.ts';
import { NodeIndex } from '../src/node-index.ts';
import { RecordingSink } from './recording-sink.ts';
import { RegionRun } from '../src/region-run.ts';
import { section } from '../src/section.ts';
import type { Call, Change } from '../src/service.ts';
import { membersOf } from '../src/values.ts';

/** What the vendor answers to an operation: the answer, or what makes it from the input. An error is thrown. */
export type Answers = Readonly<Record<string, unknown>>;

export interface TestRunOptions {
  readonly config?: JsonObject;
  readonly region?: { readonly id: string; readonly name: string };
  readonly generation?: Generation;
  readonly mfaDevices?: number | undefined;
  readonly noted?: readonly string[];
}

/** The collect of a region that is answered from memory. */
export function testRun(answers: Answers, options: TestRunOptions = {}) {
  const {
    config = {},
    region = { id: 'us-east-1', name: 'us-east-1' },
    mfaDevices,
    noted = [],
    generation = 'resoto',
  } = options;
  const sink = new RecordingSink();
  const asked: { readonly call: string; readonly input: object }[] = [];
  const problems: unknown[] = [];
  const failed: string[] = [];
  const signal = new AbortController().signal;
  const sender = {
    async send(call: Call, input: object): Promise<object> {
      asked.push({ call: call.name, input });
      return answerTo(answers[call.name], input);
    },
  };
  const calls = new Calls({
    account: '123456789012',
    sender,
    signal,
    total: 4,
    perService: () => 2,
    pause: async () => undefined,
  });
  const context: CollectContext = {
    config: { ...defaults, ...config },
    generation,
    log: { trace() {}, debug() {}, info() {}, warn() {}, error() {} },
    signal,
    sink,
    startedAt: new Date('2026-06-01T00:00:00Z'),
    report() {},
    async scope({ kinds }, work) {
      try {
        return await work();
      } catch (error) {
        failed.push(String(kinds[0]));
        problems.push(error);
        return undefined;
      }
    },
    incomplete: (_scope, error) => problems.push(error),
    progress() {},
  };
  const client = calls.in(region.id);
  const run = new RegionRun({
    account: { id: '123456789012', name: 'main', partition: 'aws', ref: sink.cloud, mfaDevices },
    region: { ...region, ref: 0 as NodeRef },
    config: readConfig(context.config),
    context,
    client,
    globalClient: client,
    index: new NodeIndex(noted),
  });
  return { run, sink, asked, problems, failed };
}

/** A client that may change something, and is answered from memory. */
export function writeClient(answers: Answers) {
  const asked: { readonly call: string; readonly input: object }[] = [];
  const { signal } = new AbortController();
  const sender = {
    async send(call: Call | Change, input: object): Promise<object> {
      asked.push({ call: call.name, input });
      return answerTo(answers[call.name], input);
    },
  };
  const calls = new Calls({ account: '123456789012', sender, signal, total: 4, perService: () => 2 });
  return { client: calls.writing('us-east-1', signal, { throttled: 1, failed: 1 }), asked };
}

/** What a plugin is given that is asked to do something. */
export function pluginContext(config: JsonObject = {}): PluginContext {
  return {
    config: { ...defaults, ...config },
    generation: 'resoto',
    log: { trace() {}, debug() {}, info() {}, warn() {}, error() {} },
    signal: new AbortController().signal,
    report() {},
  };
}

/** An error as the vendor's client throws it. */
export function vendorError(code: string, status = 400): Error {
  return Object.assign(new Error(`${code}!`), { name: code, $metadata: { httpStatusCode: status } });
}

/** The section `aws` as it is without any setting. */
export const defaults: JsonObject = Object.fromEntries(
  Object.entries(section.fields).map(([name, field]) => [name, field.default]),
);

function answerTo(answer: unknown, input: object): object {
  const made = typeof answer === 'function' ? (answer as (input: object) => unknown)(input) : answer;
  if (isNativeError(made)) throw made;
  return membersOf(made);
}
