/** Prints what the result of a test depends on apart from the repository; Nx asks before it answers from its cache. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

process.stdout.write(
  JSON.stringify({
    node: process.version,
    python: python(),
    shared: existsSync(fileURLToPath(new URL('../../shared/tools', import.meta.url))),
  }),
);

function python() {
  try {
    return execFileSync('python3', ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return 'none';
  }
}
