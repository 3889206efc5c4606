/** Can graphs be kept on disk until they are uploaded? */
import { access, constants, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { errorCode } from '../errors.ts';
import type { Diagnosis } from './diagnosis.ts';

/** Looks at a directory, or at the one it would be made in. Creates nothing. */
export async function examineState(directory: string): Promise<Diagnosis> {
  const about = 'state';
  const advice = 'Give a directory this user may write to with --data.';
  for (let path = resolve(directory); ; path = dirname(path)) {
    try {
      const isDirectory = (await stat(path)).isDirectory();
      if (!isDirectory) return { about, status: 'fail', what: `${path} is no directory`, advice };
      await access(path, constants.W_OK | constants.X_OK);
      return { about, status: 'ok', what: `${directory} can be written` };
    } catch (error) {
      const code = errorCode(error);
      if (code === 'ENOENT' && path !== dirname(path)) continue;
      return { about, status: 'fail', what: `${directory} cannot be written (${code ?? 'unknown reason'})`, advice };
    }
  }
}
