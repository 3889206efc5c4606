import { generationNames, type Generation, type GenerationNames } from '@resoto/worker-core';

/** Under which name the program runs: it decides the generation of the core it works for, and all names that follow from that. */
export interface Program {
  readonly name: 'resotoworker' | 'fixworker';
  /** Shown by help. */
  readonly description: string;
  readonly generation: Generation;
  readonly names: GenerationNames;
}

/** For Resoto Core 3.9. */
export const resotoworker: Program = {
  name: 'resotoworker',
  description: 'resoto worker',
  generation: 'resoto',
  names: generationNames.resoto,
};

/** For Fix Inventory Core 4.x. */
export const fixworker: Program = {
  name: 'fixworker',
  description: 'fix worker',
  generation: 'fix',
  names: generationNames.fix,
};

/**
 * Variables of the other family of names stand for those of this one: `RESOTOWORKER_PSK` for `FIXWORKER_PSK`, and the other way
 * round (worker behaviour 1.2). A variable that is there under its own name wins. The old names stay, as a configuration may refer to them.
 */
export function familyEnvironment(program: Program, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const renamed: NodeJS.ProcessEnv = {};
  for (const [name, value] of Object.entries(env)) {
    const own = familyVariable(program, name);
    if (own !== name) renamed[own] = value;
  }
  return { ...renamed, ...env };
}

/** Options of the other family stand for those of this one: `--resotocore-uri` for `--fixcore-uri`, and the other way round. */
export function familyArgument({ generation }: Program, arg: string): string {
  return generation === 'fix' ? arg.replace(/^--resoto/, '--fix') : arg.replace(/^--fix/, '--resoto');
}

function familyVariable({ generation }: Program, name: string): string {
  if (generation === 'fix') return name.startsWith('RESOTO') ? name.replaceAll('RESOTO', 'FIX') : name;
  // Other than RESOTO, FIX is the beginning of many a word.
  return /^FIX(WORKER|CORE)?_/.test(name) ? name.replaceAll('FIX', 'RESOTO') : name;
}
