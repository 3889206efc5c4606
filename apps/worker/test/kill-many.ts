/** Kills a worker many times, for the bench. Arguments: number of kills, seed. Prints the report as JSON. */
import { killLoop } from './kill-loop.ts';

const [kills, seed] = process.argv.slice(2).map(Number);
process.stdout.write(JSON.stringify(await killLoop({ kills: kills ?? 1, seed: seed ?? 1 })));
