/**
 * Templates of ARNs and console links: `arn:{partition}:ec2:{region}:{account}:volume/{id}`.
 *
 * Names in braces are `partition`, `account`, `region` (its name), `region_id`, a property of the node, or a path in the
 * vendor's answer.
 */
import { path } from '@resoto/worker-core/plugin';
import type { Reader, Reported } from '@resoto/worker-core/plugin';

import { textOf } from './values.ts';

/** What all nodes of a region have in common. */
export interface Place {
  readonly partition: string;
  readonly account: string;
  readonly region: { readonly id: string; readonly name: string };
}

/** Fills a template. Undefined when a value is missing. */
export type Template = (place: Place, reported: Reported, answer: unknown) => string | undefined;

/** @param encode  applied to every value */
export function template(text: string, encode: (value: string) => string = (value) => value): Template {
  const [first = '', ...others] = text.split('{');
  const parts = others.map((part) => {
    const [name = '', following = ''] = part.split('}');
    return { value: valueOf(name), following };
  });
  return (place, reported, answer) => {
    let filled = first;
    for (const { value, following } of parts) {
      const found = value(place, reported, answer);
      if (found === undefined || found === null) return undefined;
      filled += encode(textOf(found)) + following;
    }
    return filled;
  };
}

/** Encodes a value for the query of a link; a space becomes a plus sign. */
export function linkValue(value: string): string {
  if (/^[\w.~-]*$/.test(value)) return value;
  const encoded = encodeURIComponent(value).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return encoded.replaceAll('%20', '+');
}

type Value = (place: Place, reported: Reported, answer: unknown) => unknown;

function valueOf(name: string): Value {
  switch (name) {
    case 'partition':
      return (place) => place.partition;
    case 'account':
      return (place) => place.account;
    case 'region':
      return (place) => place.region.name;
    case 'region_id':
      return (place) => place.region.id;
    default: {
      const inAnswer: Reader = path(name);
      return (_place, reported, answer) => reported[name] ?? inAnswer(answer);
    }
  }
}
