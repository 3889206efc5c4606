import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedCore, type EmbeddedCore, type EmbeddedCoreOptions } from '../src/core.ts';

const cleanups: (() => Promise<void> | void)[] = [];

/** Starts a core that {@link closeCores} closes. */
export async function core(options: Partial<EmbeddedCoreOptions> = {}): Promise<EmbeddedCore> {
  const timers = { check: 20, taskCheck: 20, progressEvery: 0, closeGrace: 500, ...options.timers };
  const started = await startEmbeddedCore({ generation: 'resoto', ...options, timers });
  cleanups.unshift(() => started.close());
  return started;
}

/** A directory that {@link closeCores} removes. */
export function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'core-test-'));
  cleanups.push(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

export async function closeCores(): Promise<void> {
  for (const cleanup of cleanups.splice(0)) await cleanup();
}
