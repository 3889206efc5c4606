/** Queries a collect asks the core (protocol 10.3). `and` and `or` have the same precedence, so every `or` is in parentheses. */
import { quoted, quotedList } from '../protocol/query-text.ts';

/** A cloud, or one account of it. */
export interface Place {
  readonly cloud: string;
  readonly account?: string;
}

/** Accounts of a cloud. */
export function accountsQuery(cloud: string): string {
  return `is(account) and ${below({ cloud })}`;
}

/** Nodes below a place with flags that an import would take away, or that it has to take away. */
export function flagsQuery(place: Place): string {
  const flags = ['protected', 'cleaned', 'carried'].map((name) => `/metadata.${name} == true`);
  return `(${flags.join(' or ')} or /metadata.incomplete != null) and ${below(place)}`;
}

/** The cloud itself. */
export function cloudQuery(cloud: string): string {
  return `is(cloud) and /reported.id == ${quoted(cloud)}`;
}

/** Nodes of these kinds, and whatever is directly connected with them: with it come the edges that lead out. */
export function kindsQuery(place: Place, kinds: readonly string[], region?: string): string {
  const regionTerm = region === undefined ? '' : ` and /ancestors.region.reported.id == ${quoted(region)}`;
  const kindTerm = `/reported.kind in ${quotedList(kinds)}`;
  return `${below(place)}${regionTerm} and ${kindTerm} <-default,delete[0:1]->`;
}

/** The whole graph of an account, with the edge that leads to it. */
export function accountQuery(place: Place): string {
  return `${below(place)} <-default,delete[0:1]->`;
}

export function idsQuery(ids: readonly string[]): string {
  return `id(${ids.map(quoted).join(', ')})`;
}

function below({ cloud, account }: Place): string {
  const cloudTerm = `/ancestors.cloud.reported.id == ${quoted(cloud)}`;
  return account === undefined ? cloudTerm : `${cloudTerm} and /ancestors.account.reported.id == ${quoted(account)}`;
}
