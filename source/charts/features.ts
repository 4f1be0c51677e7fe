import semver from 'semver';
import type {ChartContents} from './contents.ts';
import {knows} from './keys.ts';

/**
 * A choice between ways to write the same answer. `keys` decide where they are given, as the chart in the bundle is
 * the truth; `since` is the version that brought it, and decides only where no key can tell. `ROOT` stands for the
 * chart's main section.
 */
export type Feature = {readonly keys?: readonly string[]; readonly since: string};

/** Chart `zenml`. Versions: the product's chart history and release notes (0.74.0, 0.80.0, 0.90.0, 0.94.1, 0.94.2). */
export const workspaceFeatures = {
	/** The main section is `server`; before it was `zenml`. */
	serverSection: {keys: ['server.image.repository'], since: '0.94.2'},
	/** `pro.workspaceID`; before `pro.tenantID`. */
	workspaceIdentity: {keys: ['ROOT.pro.workspaceID'], since: '0.80.0'},
	passwordSecretRef: {keys: ['ROOT.database.passwordSecretRef'], since: '0.74.0'},
	/** `sslCa.secretRef`; before it was a path inside the chart. */
	databaseCaSecret: {keys: ['ROOT.database.sslCa.secretRef'], since: '0.74.0'},
	/** `sslCert` and `sslKey` with a `secretRef`; before they were paths inside the chart. */
	databaseClientSecret: {
		keys: ['ROOT.database.sslCert.secretRef', 'ROOT.database.sslKey.secretRef'],
		since: '0.74.0',
	},
	certificateRefs: {keys: ['ROOT.certificates.secretRefs'], since: '0.74.0'},
	/** The server takes X-Forwarded-For only from these; before it took it from everybody. */
	proxyHeaders: {keys: ['ROOT.proxyHeaders.enabled', 'ROOT.proxyHeaders.forwardedAllowIPs'], since: '0.95.0'},
	/** An HTTPRoute of the chart's own, instead of its Ingress and never beside it. */
	gateway: {
		keys: ['ROOT.gateway.enabled', 'ROOT.gateway.gatewayRef.name', 'ROOT.gateway.gatewayRef.namespace'],
		since: '0.94.3',
	},
	/** `ZENML_SERVER_MAX_CONCURRENT_SNAPSHOT_RUNS`; before `..._TEMPLATE_RUNS`. */
	snapshotRuns: {since: '0.90.0'},
} as const satisfies Readonly<Record<string, Feature>>;

/** Chart `zenml-pro`, which is closed: its keys are taken from the vendor's documents and release notes. */
export const controlPlaneFeatures = {
	/** `auth.password.{enabled,adminUsername,adminPassword}`; before `auth.password` was the password. */
	passwordSection: {keys: ['zenml.auth.password.adminPassword'], since: '0.13.0'},
} as const satisfies Readonly<Record<string, Feature>>;

/** Does this chart have the feature? `root` is its main section. */
export const has = ({metadata, known}: ChartContents, feature: Feature, root: string): boolean =>
	feature.keys
		? feature.keys.every((key) => knows(known, key.replace(/^ROOT\./u, `${root}.`)))
		: semver.valid(metadata.version) !== null && semver.gte(metadata.version, feature.since);
