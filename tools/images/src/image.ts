import type { Generation } from '@resoto/worker-core';

/** What differs between the images for the two generations of cores (worker behaviour 12). */
export interface ImageNames {
  readonly program: 'resotoworker' | 'fixworker';
  /** Name of the user and of their home below `/home`. */
  readonly user: string;
}

export const imageNames: Readonly<Record<Generation, ImageNames>> = {
  resoto: { program: 'resotoworker', user: 'resoto' },
  fix: { program: 'fixworker', user: 'fixinventory' },
};

/** Where things are in an image. */
export const places = {
  node: '/usr/bin/node',
  programs: '/usr/bin',
  app: '/opt/resoto',
  licenses: '/usr/share/licenses/resoto.txt',
  state: '/var/lib/resoto',
  runtime: '/run/resoto',
} as const;

/** User that directories of the image belong to; the container starts as root and becomes this one. */
export const imageUser = { uid: 1000, gid: 1000 } as const;

/** How an engine runs an image, as its specification words it. */
export interface ImageConfig {
  readonly Entrypoint: readonly string[];
  readonly Env: readonly string[];
  readonly ExposedPorts: Readonly<Record<string, object>>;
  readonly Healthcheck: {
    readonly Test: readonly string[];
    /** Nanoseconds. */
    readonly Interval: number;
    readonly Timeout: number;
    readonly StartPeriod: number;
    readonly Retries: number;
  };
}

const second = 1_000_000_000;

export function imageConfig(generation: Generation): ImageConfig {
  return {
    Entrypoint: [`${places.programs}/${imageNames[generation].program}`],
    Env: ['PATH=/usr/bin', 'LANG=C.UTF-8'],
    ExposedPorts: { '9956/tcp': {} },
    Healthcheck: {
      Test: ['CMD', places.node, `${places.app}/health.js`],
      Interval: 60 * second,
      Timeout: 15 * second,
      // A core may take five minutes to become ready.
      StartPeriod: 300 * second,
      Retries: 3,
    },
  };
}
