import { homedir, userInfo } from 'node:os';

/**
 * The home directory: `HOME`, else the one the platform knows. An empty variable names none.
 *
 * @throws the error of the system when the user of the process is unknown there
 */
export function homeDirectory({ HOME: named }: Readonly<Record<string, string | undefined>>): string {
  return named || homedir() || userInfo().homedir;
}
