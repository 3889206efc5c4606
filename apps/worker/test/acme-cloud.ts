import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface AcmeBox {
  readonly id: string;
  readonly size?: number;
  /** Id of a box, perhaps in another account. */
  readonly peer?: string;
  /** Id of a box that has to be deleted before this one. */
  readonly after?: string;
  /** Why it is never deleted. */
  readonly kept?: string;
  /** A box of another kind, which has to be opened before it can be deleted. */
  readonly sealed?: boolean;
}

/** A deletion that was carried out and is not answered. */
export interface HeldDeletion {
  /** Resolves when the box is gone. */
  readonly reached: Promise<void>;
  /** Answers the call. */
  release(): void;
}

interface Answer {
  readonly status: number;
  readonly content: unknown;
}

/** Status to answer with. */
export type AcmeHook = (path: string) => Promise<number> | number;

/** The API of the cloud that the plugin of this folder collects. */
export class AcmeCloud {
  /** Account → its boxes. */
  accounts: Readonly<Record<string, readonly AcmeBox[]>> = {};
  /** Asked before each answer; nothing is answered until it has decided. */
  hook: AcmeHook = () => 200;
  /** Ids of boxes in the order of the calls that deleted them. */
  readonly deleted: string[] = [];
  /** Ids of boxes in the order of the calls that tagged them. */
  readonly tagged: string[] = [];
  /** Calls that change something, in their order. */
  readonly changes: string[] = [];
  /** Awaited after a box was deleted, before the call is answered. */
  afterDelete: (id: string) => Promise<void> | void = () => {};
  readonly #server: Server;
  /** Id of a box → what its deletion waits for. */
  readonly #held = new Map<string, () => Promise<void>>();

  private constructor() {
    this.#server = createServer(({ url = '/', method }, response) => {
      if (method !== 'GET') this.changes.push(`${method} ${url}`);
      const answers: Readonly<Record<string, (path: string) => Promise<Answer>>> = {
        DELETE: (path) => this.#delete(path),
        POST: (path) => this.#open(path),
        PUT: (path) => this.#tag(path),
      };
      const answer = answers[method ?? '']?.(url) ?? this.#answer(url);
      void answer.then(({ status, content }) => {
        response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(content));
      });
    });
  }

  static async start(): Promise<AcmeCloud> {
    const cloud = new AcmeCloud();
    await new Promise<void>((resolve) => cloud.#server.listen(0, '127.0.0.1', resolve));
    return cloud;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Holds back the answer to the call that deletes this box. */
  hold(id: string): HeldDeletion {
    const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    this.#held.set(id, () => {
      reach();
      return released;
    });
    return { reached, release };
  }

  async #tag(path: string): Promise<Answer> {
    const status = await this.hook(path);
    const [, id = ''] = /\/boxes\/([^/]+)\/tags$/.exec(path) ?? [];
    if (status === 200) this.tagged.push(id);
    return { status, content: null };
  }

  async #delete(path: string): Promise<Answer> {
    const [, account = '', id = ''] = /^\/accounts\/([^/]+)\/boxes\/([^/]+)$/.exec(path) ?? [];
    this.deleted.push(id);
    const boxes = this.accounts[account] ?? [];
    const found = boxes.find((box) => box.id === id);
    if (found === undefined) return { status: 404, content: null };
    if (found.sealed === true) return { status: 409, content: null };
    this.accounts = { ...this.accounts, [account]: boxes.filter((box) => box.id !== id) };
    await this.afterDelete(id);
    await this.#held.get(id)?.();
    return { status: 200, content: null };
  }

  async #open(path: string): Promise<Answer> {
    const [, account = '', id = ''] = /^\/accounts\/([^/]+)\/boxes\/([^/]+)\/open$/.exec(path) ?? [];
    const boxes = (this.accounts[account] ?? []).map((box) => (box.id === id ? { ...box, sealed: false } : box));
    this.accounts = { ...this.accounts, [account]: boxes };
    return { status: 200, content: null };
  }

  async #answer(path: string): Promise<Answer> {
    const status = await this.hook(path);
    const account = /^\/accounts\/([^/]+)\/boxes$/.exec(path)?.[1];
    return { status, content: account === undefined ? Object.keys(this.accounts) : this.accounts[account] };
  }
}

/** Code of a package that is this plugin. */
export const acmePackage = { entry: `export { plugin } from '${new URL('./acme-plugin.ts', import.meta.url).href}';` };
