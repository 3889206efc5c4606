/** Whom a worker trusts and how it shows itself, kept up to date (worker behaviour 3.2; protocol 1.4, 2). */
import { ConfigError, errorText } from '../../errors.ts';
import type { Logger } from '../../plugin/contract.ts';
import { coreConnection, type CoreConnectionOptions } from '../connection.ts';
import { CoreClient } from '../core-client.ts';
import { CoreHttp } from '../http.ts';
import { fetchCa, wantsToken } from './fetch-ca.ts';
import { readCaFile, readOwnFiles, type CertificateFiles } from './own-files.ts';
import { certificatesIn } from './pem.ts';
import type { ServerIdentity } from './server-identity.ts';
import { renewRegularly } from './renew-regularly.ts';
import { signedIdentity } from './sign-certificate.ts';
import type { CoreTls } from './tls-options.ts';

/** What certificates are made from: a core, or files. */
export interface CertificateOptions {
  /** Where the core is. Trust is what is made here. */
  readonly core: Pick<CoreConnectionOptions, 'uri' | 'psk'>;
  /** Common name of the certificate. */
  readonly subscriberId: string;
  /** Paths of files to use instead of what the core gives. They are read again when they change. */
  readonly files?: CertificateFiles;
  /** False: whoever answers is taken for the core (`--no-verify-certs`). */
  readonly verify?: boolean;
  readonly log: Logger;
  /** Milliseconds a core that cannot be reached is waited for. Default: 1 minute. */
  readonly patience?: number;
  /** Milliseconds between two looks at what has to be renewed. Default: 1 minute. */
  readonly checkEvery?: number;
  readonly now?: () => Date;
  readonly signal?: AbortSignal;
}

/** Nothing of it is written to disk. */
export interface Certificates {
  /** Asked for each new connection, so that a renewed CA takes effect. Empty for a core on plain HTTP. */
  trust(): CoreTls;
  /**
   * To be told that the core shows a certificate nobody who is trusted has signed. Its CA is fetched again, if both have a key:
   * then a core that was set up anew is known again, and somebody else is not.
   */
  doubt(): void;
  /**
   * The certificate of this worker, for its web server: own files, else signed by the core, made with the first call. A call
   * that fails may be repeated.
   *
   * @throws ConfigError `core_without_tls` when the core is on plain HTTP and there are no own files; as `readOwnFiles`,
   *   `signedIdentity`
   */
  identity(): Promise<ServerIdentity>;
  /** Calls back whenever the identity was renewed. @returns ends that */
  onRenewed(listener: (identity: ServerIdentity) => void): () => void;
  /** Ends renewing. What is there stays usable. */
  close(): void;
}

/**
 * Finds out whom to trust, and keeps it and the own certificate up to date from then on: both are renewed a day before they
 * expire, and files are read again when they change. What cannot be renewed is tried again; until then the old is used.
 *
 * @throws ConfigError as `readCaFile`, `readOwnFiles` and `fetchCa`; as `CoreClient.waitUntilReady`
 */
export async function openCertificates(options: CertificateOptions): Promise<Certificates> {
  const store = new CertificateStore(options);
  await store.open();
  return store;
}

const day = 24 * 60 * 60 * 1000;

class CertificateStore implements Certificates {
  readonly #options: CertificateOptions;
  readonly #files: CertificateFiles;
  readonly #secure: boolean;
  /** Does it matter who the core is? */
  readonly #verifies: boolean;
  readonly #closing = new AbortController();
  readonly #signal: AbortSignal;
  readonly #listeners = new Set<(identity: ServerIdentity) => void>();
  readonly #now: () => Date;
  #trust: CoreTls;
  #identity: Promise<ServerIdentity> | undefined;
  /** CA that was trusted when the identity was signed. */
  #signedUnder: string | undefined;
  #doubted = false;
  #warnedOf: string | undefined;

  constructor(options: CertificateOptions) {
    this.#options = options;
    this.#files = { ...options.files };
    this.#now = options.now ?? (() => new Date());
    this.#secure = coreConnection(options.core).secure;
    this.#verifies = this.#secure && options.verify !== false;
    this.#trust = this.#secure && !this.#verifies ? { rejectUnauthorized: false } : {};
    this.#signal = AbortSignal.any([this.#closing.signal, ...(options.signal === undefined ? [] : [options.signal])]);
  }

  async open(): Promise<void> {
    if (this.#secure && !this.#verifies) {
      this.#options.log.warn('the certificate of the core is not verified', {
        uri: coreConnection(this.#options.core).uri,
        hint: 'Anybody on the way can read and change what worker and core say. Leave out --no-verify-certs.',
      });
    }
    // A wrong file is a mistake that should be known at the start, not when the certificate is first needed.
    if (this.#hasOwnFiles) await this.identity();
    if (this.#verifies && this.#files.caCert === undefined) await this.#untilReady();
    await this.#renewTrust();
    const { checkEvery: every = 60_000, log } = this.#options;
    const renew = (): Promise<void> => this.#renewWhatIsDue();
    if (this.#secure || this.#hasOwnFiles) renewRegularly({ renew, every, now: this.#now, log, signal: this.#signal });
  }

  trust(): CoreTls {
    return this.#trust;
  }

  doubt(): void {
    this.#doubted = true;
  }

  identity(): Promise<ServerIdentity> {
    this.#identity ??= this.#makeIdentity().catch((error: unknown) => {
      this.#identity = undefined;
      throw error;
    });
    return this.#identity;
  }

  onRenewed(listener: (identity: ServerIdentity) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#closing.abort(new Error('the certificates were closed'));
  }

  get #hasKey(): boolean {
    return (this.#options.core.psk ?? '') !== '';
  }

  get #hasOwnFiles(): boolean {
    return this.#files.cert !== undefined || this.#files.certKey !== undefined;
  }

  /** Waits with words: a core may take minutes to start. */
  async #untilReady(): Promise<void> {
    const { core, log, patience = 60_000 } = this.#options;
    if (patience === 0) return;
    const client = new CoreClient({ connection: coreConnection(core) });
    try {
      await client.waitUntilReady({
        timeout: patience,
        onWait: (error) => log.warn('the core is not ready yet', { error }),
        signal: this.#signal,
      });
    } catch (error) {
      throw wantsToken(client.connection, error);
    } finally {
      client.close();
    }
  }

  async #renewTrust(): Promise<void> {
    const fromFile = this.#files.caCert === undefined ? undefined : await readCaFile(this.#files.caCert, this.#now());
    if (!this.#verifies) return;
    const ca = fromFile ?? (await this.#fetchCa());
    if (ca === this.#trust.ca) return;
    if (this.#trust.ca !== undefined) this.#options.log.info('CA certificate renewed');
    this.#trust = { ca };
  }

  #fetchCa(): Promise<string> {
    const { core, log, patience } = this.#options;
    const now = this.#now;
    return this.#withCore((http) => fetchCa({ http, psk: core.psk, log, now, patience, signal: this.#signal }));
  }

  async #makeIdentity(): Promise<ServerIdentity> {
    const { subscriberId, patience } = this.#options;
    const own = await readOwnFiles(this.#files, this.#now());
    if (own !== undefined) return own;
    if (!this.#secure) throw withoutTls();
    const now = this.#now;
    const { ca } = this.#trust;
    const signed = await this.#withCore((http) =>
      signedIdentity({ http, subscriberId, now, patience, signal: this.#signal }),
    );
    this.#signedUnder = ca;
    return signed;
  }

  async #withCore<Result>(work: (http: CoreHttp) => Promise<Result>): Promise<Result> {
    const connection = coreConnection({ ...this.#options.core, tls: () => this.#trust });
    const http = new CoreHttp({ connection });
    try {
      return await work(http);
    } finally {
      http.close();
    }
  }

  async #renewWhatIsDue(): Promise<void> {
    const now = this.#now();
    // Whoever asked for it is told why it could not be made.
    const identity = await this.#identity?.catch(() => undefined);
    const isSigned = identity !== undefined && !this.#hasOwnFiles;
    const expires = isSigned && isDue(identity.cert, now);
    const trustIsDue = expires || this.#files.caCert !== undefined || isDue(this.#trust.ca, now);
    const trusting = trustIsDue || (this.#doubted && this.#hasKey) ? this.#renewTrust() : Promise.resolve();
    // What is wrong with one must not hold up the other.
    const [trusted] = await Promise.allSettled([trusting]);
    if (trusted.status === 'fulfilled') this.#doubted = false;
    const hasOtherCa = isSigned && this.#signedUnder !== this.#trust.ca;
    if (this.#hasOwnFiles || expires || hasOtherCa) await this.#renewIdentity(identity);
    if (trusted.status === 'rejected') throw trusted.reason;
  }

  async #renewIdentity(former: ServerIdentity | undefined): Promise<void> {
    const renewed = await this.#makeIdentity();
    if (this.#hasOwnFiles) this.#warnOfEnd(renewed);
    if (renewed.cert === former?.cert && renewed.key === former.key) return;
    this.#identity = Promise.resolve(renewed);
    this.#options.log.info('own certificate renewed', { expires: certificatesIn(renewed.cert)[0]?.validTo });
    for (const listener of this.#listeners) this.#tell(listener, renewed);
  }

  /** Nobody but their owner can renew own files. */
  #warnOfEnd({ cert }: ServerIdentity): void {
    if (this.#warnedOf === cert || !isDue(cert, this.#now())) return;
    this.#warnedOf = cert;
    this.#options.log.warn('own certificate expires soon', {
      path: this.#files.cert,
      expires: certificatesIn(cert)[0]?.validTo,
      hint: 'Put a new certificate and its key in place of the old ones. They are read again without a restart.',
    });
  }

  #tell(listener: (identity: ServerIdentity) => void, identity: ServerIdentity): void {
    try {
      listener(identity);
    } catch (error) {
      this.#options.log.error('a renewed certificate was not taken', { error: errorText(error) });
    }
  }
}

/** Due a day before it expires; certificates that live for hours only, when two thirds of that are over. */
function isDue(pem: string | undefined, now: Date): boolean {
  return certificatesIn(pem ?? '').some(({ validFrom, validTo }) => {
    const [from, to] = [Date.parse(validFrom), Date.parse(validTo)];
    return to - now.getTime() < Math.min(day, (to - from) / 3);
  });
}

function withoutTls(): ConfigError {
  return new ConfigError('There is no certificate: the core is on plain HTTP', {
    code: 'core_without_tls',
    hint: 'Give an address of the core that begins with https, or a certificate with --cert and --cert-key.',
  });
}
