import { Agent as HttpAgent, type AgentOptions } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';

/** What connects to the vendor, under the names its clients use. */
export interface Agents {
  readonly httpAgent: HttpAgent;
  readonly httpsAgent: HttpsAgent;
}

/**
 * Connects through the proxies that `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` name, also in lower case, as the vendor's other
 * tools do. Needs Node 22.21 or 24.5; older ones connect directly.
 */
export function agents(options: AgentOptions, environment: NodeJS.ProcessEnv = process.env): Agents {
  const proxied = { ...options, proxyEnv: environment };
  return { httpAgent: new HttpAgent(proxied), httpsAgent: new HttpsAgent(proxied) };
}
