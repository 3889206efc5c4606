/**
 * Kills a worker again and again, at points that a seed decides, while it collects a cloud of several accounts that changes
 * from run to run. Each run has to end with the graph that belongs there, whatever was killed meanwhile.
 */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { seededRandom, type SeededRandom } from '@resoto/worker-core/testing';

import { AcmeCloud, acmePackage, type AcmeBox } from './acme-cloud.ts';
import { CoreProgram, until } from './core-program.ts';
import { expectedGraph, namedGraph } from './named-graph.ts';
import { Proxy, type Fate } from './proxy.ts';
import { repeatedUploads } from './repeated-uploads.ts';
import { installProgram, startWorkerProgram, type WorkerProgram } from './worker-program.ts';

export interface KillLoopOptions {
  readonly kills: number;
  readonly seed: number;
}

export interface KillLoopReport {
  readonly kills: number;
  /** Runs that ended whole. */
  readonly collects: number;
  /** What passed when it was killed, and how often. */
  readonly points: Readonly<Record<string, number>>;
  /** Graphs of accounts that were sent again under the same task, with the same content. */
  readonly repeated: number;
}

const accounts = ['one', 'two', 'three', 'four'];
const boxes = 25;
/** Milliseconds a run may take, with every restart in it. */
const runLimit = 120_000;

/** @throws Error that names the seed, the number of kills and what is wrong */
export async function killLoop(options: KillLoopOptions): Promise<KillLoopReport> {
  const directory = await mkdtemp(join(tmpdir(), 'kills-'));
  const cloud = await AcmeCloud.start();
  const core = await CoreProgram.start();
  const proxy = await Proxy.start(() => core.port);
  const main = await installProgram(directory, { acme: acmePackage });
  await core.configure({ resotoworker: { collector: ['acme'] }, acme: { endpoint: cloud.endpoint } });
  const loop = new KillLoop({ ...options, directory, cloud, core, proxy, main });
  try {
    return await loop.run();
  } catch (cause) {
    throw new Error(`Seed ${options.seed}, after ${loop.kills} kills: ${String(cause)}`, { cause });
  } finally {
    await loop.end();
    await proxy.stop();
    await cloud.stop();
    await core.remove();
    await rm(directory, { recursive: true });
  }
}

interface Parts extends KillLoopOptions {
  readonly directory: string;
  readonly cloud: AcmeCloud;
  readonly core: CoreProgram;
  readonly proxy: Proxy;
  readonly main: URL;
}

class KillLoop {
  kills = 0;
  readonly #parts: Parts;
  readonly #random: SeededRandom;
  readonly #points: Record<string, number> = {};
  #worker: WorkerProgram | undefined;
  #isAlive = false;
  /** Things that have to pass until the worker is killed; undefined: it is let live. */
  #left: number | undefined;
  #passed = 0;
  #collects = 0;
  #repeated = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#random = seededRandom(parts.seed);
  }

  async run(): Promise<KillLoopReport> {
    const { kills } = this.#parts;
    // What passes in a start and a collect that nothing disturbs, and in a collect alone.
    const whole = await this.#round(undefined);
    const collect = await this.#round(undefined);
    await this.#worker?.kill('SIGTERM');
    while (this.kills < kills) {
      await this.#round(this.#isAlive ? collect : whole, whole);
      // It had less to do than usual.
      if (this.#left !== undefined && this.#isAlive) await this.#kill('nothing');
    }
    return { kills: this.kills, collects: this.#collects, points: this.#points, repeated: this.#repeated };
  }

  async end(): Promise<void> {
    this.#left = undefined;
    await this.#worker?.kill();
  }

  /**
   * One run of the workflow, through every kill. `before`: something up to this number decides when it is killed; some of the
   * restarts are killed again.
   *
   * @returns how much passed
   */
  async #round(before: number | undefined, again = before): Promise<number> {
    const { cloud, core, proxy } = this.#parts;
    cloud.accounts = cloudOf(this.#collects);
    proxy.reset();
    this.#watch();
    this.#arm(before);
    let id: string | undefined;
    const deadline = performance.now() + runLimit;
    for (;;) {
      if (performance.now() > deadline) throw new Error(`run ${id} does not end`);
      const worker = this.#living();
      await until(
        'the worker is connected, or dead',
        () => !this.#isAlive || worker.logged('connected to the core').length > 0,
      );
      if (this.#isAlive) {
        id ??= await core.startCollect();
        if (await this.#ended(id)) break;
      }
      this.#arm(this.kills < this.#parts.kills && this.#random.below(4) === 0 ? again : undefined);
    }
    const passed = this.#passed;
    await this.#check(id);
    this.#collects += 1;
    return passed;
  }

  #living(): WorkerProgram {
    if (this.#worker !== undefined && this.#isAlive) return this.#worker;
    const { directory, main, proxy } = this.#parts;
    const worker = startWorkerProgram({
      main,
      args: [
        ...['--resotocore-uri', proxy.uri, '--data', join(directory, 'state')],
        ...['--override', 'resotoworker.web_port=0'],
      ],
      // What is killed at once should not have to read all sources again.
      env: { HOME: directory, NODE_COMPILE_CACHE: join(directory, 'compiled') },
    });
    this.#worker = worker;
    this.#isAlive = true;
    void worker.ended.then(() => (this.#isAlive &&= this.#worker !== worker));
    return worker;
  }

  /** @returns true when the run is over, false when the worker died before */
  async #ended(id: string): Promise<boolean> {
    let isOver = false;
    await until(`run ${id} is over, or the worker dead`, async () => {
      const isDead = !this.#isAlive;
      isOver = (await this.#parts.core.run(id)).state !== 'running';
      return isOver || isDead;
    });
    return isOver;
  }

  #arm(before: number | undefined): void {
    this.#passed = 0;
    this.#left = before === undefined ? undefined : 1 + this.#random.below(before);
  }

  #watch(): void {
    const { cloud, proxy } = this.#parts;
    const at = (what: string) => async (): Promise<Fate> => {
      await this.#pass(what);
      return 'pass';
    };
    proxy.hooks = {
      ...{ request: at('request'), halfBody: at('half a body'), body: at('body') },
      ...{ answer: at('answer'), halfAnswer: at('half an answer'), message: at('message') },
    };
    cloud.hook = async () => {
      await this.#pass('question to the cloud');
      return 200;
    };
  }

  async #pass(what: string): Promise<void> {
    this.#passed += 1;
    if (this.#left === undefined || (this.#left -= 1) !== 0) return;
    const waits = this.#random.below(2) === 0;
    const killed = this.#killLater(what, this.#random.below(30));
    if (waits) await killed;
  }

  async #killLater(what: string, milliseconds: number): Promise<void> {
    await sleep(milliseconds);
    await this.#kill(what);
  }

  async #kill(what: string): Promise<void> {
    const worker = this.#worker;
    if (worker === undefined || !this.#isAlive) return;
    this.#left = undefined;
    await worker.kill('SIGKILL');
    this.#isAlive = false;
    this.kills += 1;
    this.#points[what] = (this.#points[what] ?? 0) + 1;
  }

  async #check(id: string): Promise<void> {
    const { core, cloud, proxy, directory } = this.#parts;
    const { answers } = await core.run(id);
    const answer = answers['collect']?.['resoto.worker-collector'];
    if (answer !== 'action_done') throw new Error(`run ${id} was answered with ${JSON.stringify(answers)}`);
    const log = await core.log(id);
    if (log.length > 0) throw new Error(`run ${id} complains: ${JSON.stringify(log)}`);
    const found = namedGraph(await core.search('all'), await core.graph());
    const expected = expectedGraph(cloud.accounts);
    same('node', found.nodes, expected.nodes);
    same('edge', found.edges, expected.edges);
    this.#repeated += repeatedUploads(proxy.requestsOf('POST', '/graph/resoto/merge'), id);
    // The next start tidies up what was killed after its answer.
    if (!this.#isAlive) return;
    const spool = join(directory, 'state/spool');
    let left: readonly string[] = [];
    await until(`nothing is left in ${spool}`, async () => {
      left = await readdir(spool).catch(() => []);
      return left.length === 0;
    }).catch((cause) => {
      throw new Error(`left in ${spool}: ${left.join(' ')}`, { cause });
    });
  }
}

/** Sizes and members change from run to run; peers are in the same account and in the next one, without a cycle. */
function cloudOf(run: number): AcmeCloud['accounts'] {
  const isThere = (place: number, index: number): boolean => index === 0 || (index + place) % 7 !== run % 7;
  const members = accounts.map((account, place) => {
    const next = accounts[place + 1];
    const all = Array.from({ length: boxes }, (_, index): AcmeBox => {
      const box = { id: `${account}-${index}`, size: run };
      if (index % 2 === 1) return { ...box, peer: `${account}-0` };
      return next !== undefined && isThere(place + 1, index) ? { ...box, peer: `${next}-${index}` } : box;
    });
    return [account, all.filter((_, index) => isThere(place, index))] as const;
  });
  return Object.fromEntries(members);
}

function same(what: string, found: readonly string[], expected: readonly string[]): void {
  const [has, wants] = [new Set(found), new Set(expected)];
  const missing = expected.filter((one) => !has.has(one));
  const foreign = found.filter((one) => !wants.has(one));
  const twice = found.length - has.size;
  if (missing.length + foreign.length + twice === 0) return;
  const named = (of: readonly string[]): string => `${of.length} (${of.slice(0, 3).join('; ')})`;
  throw new Error(`${what}s missing: ${named(missing)}, foreign: ${named(foreign)}, twice: ${twice}`);
}
