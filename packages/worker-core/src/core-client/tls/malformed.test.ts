import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { errorCode, errorHint, errorText } from '../../errors.ts';
import { certificateFingerprint, createToken } from '../../protocol/token.ts';
import { recordingLog } from '../../testing/recording-log.ts';
import { ScriptedCore, type ScriptedAnswer } from '../../testing/scripted-core.ts';
import { testAuthority, type TestAuthority } from '../../testing/test-authority.ts';
import { coreConnection } from '../connection.ts';
import { CoreHttp } from '../http.ts';
import { signRequest } from './authority.ts';
import { fetchCa } from './fetch-ca.ts';
import { readCaFile, readOwnFiles } from './own-files.ts';
import { requestCertificate } from './request-certificate.ts';
import type { ServerIdentity } from './server-identity.ts';

const psk = 'change-me';
const psks: readonly (string | undefined)[] = [psk, undefined];
const now = new Date();
let authority: TestAuthority;
let identity: ServerIdentity;
let directory: string;
let core: ScriptedCore;
let http: CoreHttp;

beforeAll(async () => {
  authority = await testAuthority();
  identity = await authority.identity();
  directory = await mkdtemp(join(tmpdir(), 'malformed-'));
  core = await ScriptedCore.start();
  http = new CoreHttp({ connection: coreConnection({ uri: core.uri, psk }) });
});

afterAll(async () => {
  http.close();
  await core.stop();
  await rm(directory, { recursive: true });
});

/** Numbers below one, the same in each run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Something done to a text, or to the bytes within a PEM. */
function damaged(text: string, random: () => number): string {
  const at = Math.floor(random() * text.length);
  const damages: readonly (() => string)[] = [
    () => text.slice(0, at),
    () => text.slice(at),
    () => text.slice(0, at) + String.fromCodePoint(Math.floor(random() * 0xd7ff)) + text.slice(at + 1),
    () => text.slice(0, at) + text.slice(at + 1 + Math.floor(random() * 60)),
    () => text.replace(/-----BEGIN [A-Z ]+-----/, '-----BEGIN NONSENSE-----'),
    () => text.replaceAll('\n', ''),
    () => withBytes(text, (bytes) => flipped(bytes, random)),
    () => withBytes(text, (bytes) => flipped(flipped(bytes, random), random)),
    () => withBytes(text, (bytes) => bytes.subarray(0, Math.floor(random() * bytes.length))),
    () => withBytes(text, (bytes) => Buffer.concat([bytes, bytes.subarray(0, Math.floor(random() * 50))])),
  ];
  return damages[Math.floor(random() * damages.length)]?.() ?? text;
}

function withBytes(pem: string, change: (bytes: Buffer) => Buffer): string {
  const [, begin = '', body = '', end = ''] = /^(-----BEGIN [^-]+-----\n)([^-]*)(-----END[^]*)$/.exec(pem) ?? [];
  const lines =
    change(Buffer.from(body, 'base64'))
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `${begin}${lines.join('\n')}\n${end}`;
}

function flipped(bytes: Buffer, random: () => number): Buffer {
  const copy = Buffer.from(bytes);
  const at = Math.floor(random() * copy.length);
  copy[at] = (copy[at] ?? 0) ^ (1 << Math.floor(random() * 8));
  return copy;
}

/** What came of work on damaged texts. */
class Outcomes {
  /** Codes of the errors; undefined: it went well. */
  readonly codes: (string | undefined)[] = [];
  /** Errors that are none of ours, show too much, or do not say what to do. */
  readonly unclear: string[] = [];

  /** @returns what the work gave; undefined when it failed */
  async add<Result>(work: Promise<Result>): Promise<Result | undefined> {
    try {
      const result = await work;
      this.codes.push(undefined);
      return result;
    } catch (error) {
      const [code = '', text] = [errorCode(error), errorText(error)];
      const isOurs = /^(certificate|key|wrong|core|token|not_a|malformed)_/.test(code);
      const isShort = text.length < 1_500 && !text.includes('PRIVATE KEY-----');
      if (!isOurs || !isShort || errorHint(error) === undefined) this.unclear.push(`${code} ${text}`);
      this.codes.push(code);
      return undefined;
    }
  }
}

describe('thousands of damaged texts', () => {
  test('as files of certificates and keys are each refused by a clear error, or still belong together', async () => {
    const random = numbers(1);
    const [ca, cert, certKey] = ['ca.pem', 'own.crt', 'own.key'].map((name) => join(directory, name)) as [
      string,
      string,
      string,
    ];
    const outcomes = new Outcomes();
    for (let count = 0; count < 1500; count++) {
      await writeFile(ca, damaged(authority.certificate, random));
      await writeFile(cert, count % 2 === 0 ? damaged(identity.cert, random) : identity.cert);
      await writeFile(certKey, count % 2 === 0 ? identity.key : damaged(identity.key, random));
      await outcomes.add(readCaFile(ca, now));
      await outcomes.add(readOwnFiles({ cert, certKey }, now));
    }

    expect(outcomes.unclear).toEqual([]);
    expect(outcomes.codes).toEqual(expect.arrayContaining(['certificate_malformed', 'key_mismatch']));
  });

  test('as requests for certificates never become a certificate, or are refused', async () => {
    const random = numbers(2);
    const { csr } = await requestCertificate('resoto.worker');
    const original = new X509Certificate(await signRequest(csr, authority, now));
    const outcomes = new Outcomes();
    const names = new Set<string | undefined>();
    for (let count = 0; count < 1000; count++) {
      const signed = await outcomes.add(signRequest(damaged(csr, random), authority, now));
      // What is signed all the same is what was asked for in the first place: the damage was to the text around it.
      if (signed !== undefined) names.add(new X509Certificate(signed).subjectAltName);
    }

    expect(outcomes.unclear).toEqual([]);
    expect(outcomes.codes.filter((code) => code === 'malformed_request').length).toBeGreaterThan(700);
    expect([...names]).toEqual([original.subjectAltName]);
  });

  test('as answers of a core are never trusted with a key, and never end a worker without one', async () => {
    const random = numbers(3);
    const fingerprint = certificateFingerprint(authority.certificate);
    const token = `Bearer ${await createToken(psk, { sha256_fingerprint: fingerprint })}`;
    let answer: ScriptedAnswer = {};
    core.answer('GET', '/ca/cert', () => answer);
    const outcomes = new Outcomes();
    const proven = new Set<string>();
    for (let count = 0; count < 600; count++) {
      const isDamaged = random() < 0.5;
      const body = isDamaged ? damaged(authority.certificate, random) : authority.certificate;
      const proof = isDamaged ? token : damaged(token, random).replaceAll(/[^\x20-\x7e]/g, '?');
      answer = { body, headers: { Authorization: proof } };
      for (const key of psks) {
        const trusted = await outcomes.add(
          fetchCa({ http, psk: key, log: recordingLog(), now: () => now, patience: 0 }),
        );
        if (key !== undefined && trusted !== undefined) proven.add(certificateFingerprint(trusted));
      }
    }

    expect(outcomes.unclear).toEqual([]);
    expect(outcomes.codes).toEqual(expect.arrayContaining(['not_a_core', 'token_malformed', 'token_refused']));
    expect([...proven]).toEqual([fingerprint]);
  });
});
