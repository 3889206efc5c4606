import { isJsonObject, type GenerationNames, type JsonObject, type JsonValue } from '@resoto/worker-core';
import type { ChangeOptions, ConfigChange, ConfigStore } from '../../config/config-store.ts';
import type { ModelStore } from '../../model/model-store.ts';
import { isJsonArray } from '../../json.ts';
import { json, noContent, stream, type Answer } from '../answer.ts';
import { readJson } from '../body.ts';
import { badRequest, notFound } from '../request-error.ts';
import type { RouteHandler, Router, RouteRequest } from '../router.ts';

export interface ConfigServices {
  readonly configs: ConfigStore;
  readonly configModel: ModelStore;
  readonly names: GenerationNames;
}

/** Config documents (protocol 3.2). */
export function addConfigRoutes(routes: Router<RouteHandler>, services: ConfigServices): void {
  const { configs, configModel } = services;
  routes.add('GET', '/configs', () => stream(configs.ids()));
  routes.add('GET', '/configs/model', () => json(configModel.toJson()));
  routes.add('PATCH', '/configs/model', async ({ message }) => {
    configModel.patch(arrayOf(await readJson(message)));
    return json(configModel.toJson());
  });
  routes.add('GET', '/configs/validation', () => stream(configs.validationIds()));
  routes.add('GET', '/config/{id*}/validation', (request) => {
    const entry = configs.validation(request.param('id'));
    if (entry === undefined) throw notFound('No validation entry with this id');
    return json(entry);
  });
  routes.add('PUT', '/config/{id*}/validation', async (request) => {
    const { external_validation: external = false } = objectOf(await readJson(request.message));
    const entry = { id: request.param('id'), external_validation: external === true };
    configs.putValidation(entry);
    return json(entry);
  });
  routes.add('GET', '/config/{id*}', (request) => readConfig(request, services));
  routes.add('PUT', '/config/{id*}', async (request) => {
    const config = objectOf(await readJson(request.message));
    return changed(await configs.put(request.param('id'), config, changeOptions(request)), services);
  });
  routes.add('PATCH', '/config/{id*}', async (request) => {
    const update = objectOf(await readJson(request.message));
    return changed(await configs.patch(request.param('id'), update, changeOptions(request)), services);
  });
  routes.add('DELETE', '/config/{id*}', (request) => {
    configs.delete(request.param('id'));
    return noContent();
  });
}

function readConfig(request: RouteRequest, { configs, names }: ConfigServices): Answer {
  const { config: stored, revision } = configs.get(request.param('id'));
  const envelope = flag(request, 'separate_overrides', false);
  const config = flag(request, 'resolve_env_vars', !envelope) ? configs.resolved(stored) : stored;
  const headers = { [names.configRevisionHeader]: revision };
  if (!envelope) return json(config, headers);
  const raw = flag(request, 'include_raw_config', false) ? { raw_config: stored } : {};
  // This core reads no override files, so there never are any.
  return json({ config, overrides: null, ...raw }, headers);
}

function changed({ config, revision }: ConfigChange, { names }: ConfigServices): Answer {
  return json(config, revision === undefined ? {} : { [names.configRevisionHeader]: revision });
}

function changeOptions(request: RouteRequest): ChangeOptions {
  return { validate: flag(request, 'validate', true), dryRun: flag(request, 'dry_run', false) };
}

function flag({ query }: RouteRequest, name: string, otherwise: boolean): boolean {
  const value = query.get(name);
  return value === null ? otherwise : value.toLowerCase() === 'true';
}

function objectOf(value: JsonValue): JsonObject {
  if (!isJsonObject(value)) throw badRequest('The body is no object');
  return value;
}

function arrayOf(value: JsonValue): readonly JsonValue[] {
  if (!isJsonArray(value)) throw badRequest('The body is no array');
  return value;
}
