import { isJsonObject, type JsonObject, type JsonValue } from '@resoto/worker-core';
import { isJsonArray, textOf } from '../json.ts';
import { badRequest } from '../server/request-error.ts';

/** A kind of task a worker offers to do (protocol 6.1). */
export interface TaskOffer {
  readonly name: string;
  /** Attribute to accepted values; a task must have all of them. */
  readonly filter: ReadonlyMap<string, ReadonlySet<string>>;
  readonly info: string | null;
  readonly description: string | null;
  readonly argsDescription: Readonly<Record<string, string>>;
  readonly allowedOnKind: string | null;
  readonly expectNodeResult: boolean;
}

/** Reads the first frame of a worker. Throws for what is no registration, also for an empty one. */
export function parseRegistration(document: JsonValue): TaskOffer[] {
  if (!isJsonArray(document) || document.length === 0) throw badRequest('A registration is an array with offers');
  return document.map(parseOffer);
}

function parseOffer(offer: JsonValue): TaskOffer {
  if (!isJsonObject(offer)) throw badRequest('An offer is an object');
  const { name, filter = {}, args_description: args = {}, expect_node_result: expect = false } = offer;
  if (typeof name !== 'string' || name === '') throw badRequest('An offer has a name');
  if (!isJsonObject(filter)) throw badRequest(`The filter of ${name} is no object`);
  if (!isJsonObject(args)) throw badRequest(`The args_description of ${name} is no object`);
  if (typeof expect !== 'boolean') throw badRequest(`The expect_node_result of ${name} is no boolean`);
  return {
    name,
    filter: new Map(Object.entries(filter).map(([attribute, values]) => [attribute, acceptedValues(values)])),
    info: optionalText(offer, 'info'),
    description: optionalText(offer, 'description'),
    argsDescription: Object.fromEntries(Object.entries(args).map(([argument, help]) => [argument, textOf(help)])),
    allowedOnKind: optionalText(offer, 'allowed_on_kind'),
    expectNodeResult: expect,
  };
}

function acceptedValues(values: JsonValue): Set<string> {
  if (!isJsonArray(values)) throw badRequest('A filter holds arrays of accepted values');
  return new Set(values.map(textOf));
}

function optionalText(offer: JsonObject, member: string): string | null {
  const value = offer[member] ?? null;
  if (value !== null && typeof value !== 'string') throw badRequest(`The ${member} of an offer is no text`);
  return value;
}
