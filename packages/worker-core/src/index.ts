/** Worker core for the app: a worker that runs, its log, and access to a core. Plugins use `@resoto/worker-core/plugin`. */
export { summaryRows, type CleanupReport, type NodeOutcome } from './cleanup/cleanup-report.ts';
export { outcomes, verdictText } from './cleanup/outcome.ts';
export { readPlanFile, type PlanFile, type PlanFileNode } from './cleanup/plan-file.ts';
export { planFormats, renderPlan, type PlanFormat } from './cleanup/formats/render.ts';
export type { CollectObserver, CollectPlace } from './collect/collect-request.ts';
export type { AccountReport, CloudReport, CollectReport, Outcome, Remark, ScopeReport } from './collect/report.ts';
export { scopeProblems } from './collect/scope-problems.ts';
export type { Configuration } from './config/configuration.ts';
export { settingDocs, type SettingDoc } from './config/setting-docs.ts';
export { workerSection } from './config/worker-section.ts';
export { coreConnection, type CoreConnection, type CoreConnectionOptions } from './core-client/connection.ts';
export { createAuthority, signRequest, type AuthorityKeys } from './core-client/tls/authority.ts';
export { openCertificates, type CertificateOptions, type Certificates } from './core-client/tls/certificates.ts';
export type { CertificateFiles } from './core-client/tls/own-files.ts';
export { requestCertificate } from './core-client/tls/request-certificate.ts';
export type { ServerIdentity } from './core-client/tls/server-identity.ts';
export type { CoreTls } from './core-client/tls/tls-options.ts';
export { CoreClient } from './core-client/core-client.ts';
export type { Diagnosis } from './doctor/diagnosis.ts';
export { ConfigError, errorCode, errorHint, errorText, WorkerError } from './errors.ts';
export { homeDirectory } from './home-directory.ts';
export { logLevel, type LogLevel } from './log/log-level.ts';
export { openLog, textOption, timeOption, type Log } from './log/log.ts';
export { isSecretName, Secrets } from './log/secrets.ts';
export { makeDirectory } from './make-directory.ts';
export { metricDocs, type MetricDoc } from './metrics/declarations.ts';
export { purposeVerbs, type Collector, type Logger, type Purpose } from './plugin/contract.ts';
export {
  loadPlugins,
  type PluginRegistry,
  type RegisteredCollector,
  type RegisteredCommand,
} from './plugin/registry.ts';
export { formatDuration, parseDuration } from './protocol/duration.ts';
export { generationNames, type Generation, type GenerationNames } from './protocol/generation.ts';
export type { EdgeRow, EdgeType, GraphRow, ImportResult, NodeLine, NodeRow, Selector } from './protocol/graph-line.ts';
export { isJsonObject, parseJson, stringifyJson, type JsonObject, type JsonValue } from './protocol/json.ts';
export type { RuntimeKind } from './protocol/model-json.ts';
export { parseLines, splitLines } from './protocol/ndjson.ts';
export { dateText, formatTimestamp, parseTimestamp } from './protocol/timestamp.ts';
export { bearerToken, certificateFingerprint, createToken, verifyToken } from './protocol/token.ts';
export { withCleanup, type CleanupSession, type CleanupSessionOptions } from './worker/cleanup-session.ts';
export { examine, type DoctorOptions } from './worker/doctor.ts';
export { openState } from './worker/open-state.ts';
export { startWorker, type WorkerOptions } from './worker/worker.ts';
export type { RunningWorker, WorkerEnd } from './worker/running-worker.ts';
