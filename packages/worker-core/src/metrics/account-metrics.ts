/** Gauges of accounts: what their last collect brought. */
import { isIncomplete } from '../collect/outcome.ts';
import type { AccountReport, CloudReport } from '../collect/report.ts';
import type { Metrics } from './registered.ts';

/** Accounts of a cloud that have gauges of their own. */
const accountsAtMost = 2_000;

export class AccountMetrics {
  readonly #metrics: Metrics;
  /** Cloud → account → outcome it is shown with. */
  readonly #shown = new Map<string, Map<string, string>>();

  constructor(metrics: Metrics) {
    this.#metrics = metrics;
  }

  /** Accounts that are gone lose their gauges, once a collect has seen all accounts there are. */
  update({ cloud, error, accounts, remarks }: CloudReport): void {
    const shown = this.#shown.get(cloud) ?? new Map<string, string>();
    this.#shown.set(cloud, shown);
    const isWhole = error === undefined && remarks.every(({ level }) => level !== 'error');
    const present = new Set(accounts.map(({ name }) => name));
    for (const account of isWhole ? [...shown.keys()] : []) if (!present.has(account)) this.#remove(cloud, account);
    for (const account of accounts) {
      if (shown.has(account.name) || shown.size < accountsAtMost) this.#set(cloud, account, shown);
    }
  }

  #set(cloud: string, report: AccountReport, shown: Map<string, string>): void {
    const { accountOutcome, accountSuccess, accountSeconds, ...counts } = this.#metrics;
    const labels = { cloud, account: report.name };
    const outcome = report.outcome === 'complete' && !report.uploaded ? 'not_uploaded' : report.outcome;
    const before = shown.get(report.name);
    if (before !== undefined) accountOutcome.remove({ ...labels, outcome: before });
    accountOutcome.set({ ...labels, outcome }, 1);
    shown.set(report.name, outcome);
    accountSeconds.set(labels, report.seconds);
    if (!report.uploaded) return;
    accountSuccess.set(labels, Date.now() / 1000);
    counts.accountNodes.set(labels, report.nodes);
    counts.accountEdges.set(labels, report.edges);
    counts.accountCarried.set(labels, report.carried);
    counts.accountIncomplete.set(labels, report.scopes.filter((scope) => isIncomplete(scope.outcome)).length);
  }

  #remove(cloud: string, account: string): void {
    const labels = { cloud, account };
    const outcome = this.#shown.get(cloud)?.get(account);
    this.#shown.get(cloud)?.delete(account);
    if (outcome !== undefined) this.#metrics.accountOutcome.remove({ ...labels, outcome });
    const { accountSuccess, accountSeconds, accountNodes, accountEdges, accountCarried, accountIncomplete } =
      this.#metrics;
    for (const gauge of [
      accountSuccess,
      accountSeconds,
      accountNodes,
      accountEdges,
      accountCarried,
      accountIncomplete,
    ]) {
      gauge.remove(labels);
    }
  }
}
