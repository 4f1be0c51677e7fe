import {urlOf} from '../answers/addresses.ts';
import {type DatabaseServer, databaseServerOf} from '../answers/database-server.ts';
import type {Answers, WorkspaceAnswers} from '../answers/schema.ts';
import {urlHost} from '../base/url.ts';
import type {ChartContents} from './contents.ts';
import {workspaceFeatures as features, has} from './features.ts';
import {knows} from './keys.ts';
import type {Environment} from './operator/runner-settings.ts';
import {
	apiUrl,
	type ChartValues,
	certificateValues,
	type ImagePlaces,
	ifKnown,
	imageOf,
	podValues,
	type SecretKey,
} from './shared.ts';
import {wayInValues} from './way-in.ts';
import {workloadManagerEnvironment} from './workload-manager.ts';

/** What the control plane told when the workspace was enrolled; the IDs are UUIDs. */
export type Enrollment = {
	readonly organizationId: string;
	readonly organizationName: string;
	readonly workspaceId: string;
	readonly workspaceName: string;
	readonly enrollmentKey: string;
};

export type WorkspaceSecrets = {
	readonly databasePassword: string;
	/** The same password in a Secret; used instead where the chart takes a reference. */
	readonly databaseSecret?: SecretKey;
	/** The enrolment's key in a Secret; used instead of the text where the chart takes a reference. */
	readonly enrollmentSecret?: SecretKey;
	/** CA of the database server. */
	readonly databaseCa?: SecretKey;
	/** Certificate and key that the server shows to its database server, where the answers give them. */
	readonly databaseClient?: {readonly certificate: SecretKey; readonly key: SecretKey};
	/** The internal CA. */
	readonly ca?: SecretKey;
	/** Encrypts the secrets in the database, 64 hex digits; never changes. */
	readonly encryptionKey: string;
	/** Signs login tokens; pinned, because the chart otherwise makes a new one for each rendering. */
	readonly jwtSecretKey: string;
};

/**
 * Threads and connections of one server pod, as the vendor's own generator of workspace values sets them.
 * `maxOverflow` -1 lifts the upper bound, so that threads never wait for a connection.
 */
export const serverPool = {threadPoolSize: 20, poolSize: '10', maxOverflow: '-1'} as const;

/** Main section of a workspace chart: `server` since 0.94.2, before `zenml`. */
export const workspaceRoot = (chart: ChartContents): 'server' | 'zenml' =>
	has(chart, features.serverSection, 'server') ? 'server' : 'zenml';

/** What the values of one workspace server are made from. */
export type WorkspaceInput = {
	readonly answers: Answers;
	readonly workspace: WorkspaceAnswers;
	readonly chart: ChartContents;
	readonly images: ImagePlaces;
	readonly enrollment: Enrollment;
	readonly secrets: WorkspaceSecrets;
};

const serverOf = ({answers, workspace}: WorkspaceInput): DatabaseServer =>
	databaseServerOf(answers, `workspaces.${answers.workspaces.indexOf(workspace)}`);

/** CA, client certificate and its key, by reference to the Secret that holds them. */
const databaseCertificates = (input: WorkspaceInput, root: string): Readonly<Record<string, unknown>> => {
	const {chart, secrets} = input;
	const {tls, clientCertificate} = serverOf(input);
	const {databaseCa: ca, databaseClient: client} = secrets;
	const showsItself = client && tls !== 'disable' && clientCertificate !== undefined;
	return {
		...(ca && tls === 'verify-full' && has(chart, features.databaseCaSecret, root)
			? {sslCa: {secretRef: {...ca}}}
			: {}),
		...(showsItself && has(chart, features.databaseClientSecret, root)
			? {sslCert: {secretRef: {...client.certificate}}, sslKey: {secretRef: {...client.key}}}
			: {}),
	};
};

const databaseWarnings = (input: WorkspaceInput, root: string): readonly string[] => {
	const {chart} = input;
	const {tls, clientCertificate, from} = serverOf(input);
	if (tls === 'disable') return [];
	const name = `${chart.metadata.name} ${chart.metadata.version}`;
	const noCa = `The chart ${name} takes no CA of the database from a Secret: its database connections may not be encrypted or checked.`;
	const noClient = `The chart ${name} takes no client certificate of the database from a Secret: ${from}.clientCertificate does not reach the workspace.`;
	return [
		...(has(chart, features.databaseCaSecret, root) ? [] : [noCa]),
		...(clientCertificate === undefined || has(chart, features.databaseClientSecret, root) ? [] : [noClient]),
	];
};

const databaseValues = (input: WorkspaceInput, root: string): ChartValues => {
	const {workspace, chart, secrets} = input;
	const {engine, host, port, tls} = serverOf(input);
	const {name, username} = workspace.database;
	const byReference = secrets.databaseSecret !== undefined && has(chart, features.passwordSecretRef, root);
	const password = byReference ? '' : `:${encodeURIComponent(secrets.databasePassword)}`;
	const at = (key: string): string => `${root}.database.${key}`;
	return {
		values: {
			url: `${engine}://${encodeURIComponent(username)}${password}@${urlHost(host)}:${port}/${name}`,
			...(byReference ? {passwordSecretRef: {...secrets.databaseSecret}} : {}),
			...ifKnown(chart, at('ssl'), tls !== 'disable'),
			...ifKnown(chart, at('sslVerifyServerCert'), tls === 'verify-full'),
			...databaseCertificates(input, root),
			...ifKnown(chart, at('poolSize'), serverPool.poolSize),
			...ifKnown(chart, at('maxOverflow'), serverPool.maxOverflow),
		},
		warnings: databaseWarnings(input, root),
	};
};

/** The key by reference where the chart takes one, and never both. */
const enrollmentKey = ({chart, enrollment, secrets}: WorkspaceInput, root: string) =>
	secrets.enrollmentSecret !== undefined && knows(chart.known, `${root}.pro.enrollmentKeySecretRef`)
		? {enrollmentKeySecretRef: {...secrets.enrollmentSecret}}
		: {enrollmentKey: enrollment.enrollmentKey};

const proValues = (input: WorkspaceInput, root: string): unknown => {
	const {answers, chart, enrollment} = input;
	const {workspaceId, workspaceName} = enrollment;
	return {
		enabled: true,
		apiURL: apiUrl(answers),
		dashboardURL: urlOf(answers, answers.controlPlane.host),
		organizationID: enrollment.organizationId,
		organizationName: enrollment.organizationName,
		...(has(chart, features.workspaceIdentity, root)
			? {workspaceID: workspaceId, workspaceName}
			: {tenantID: workspaceId, tenantName: workspaceName}),
		...enrollmentKey(input, root),
	};
};

/** Whom the server believes when it is told the address of a client. */
const proxyValues = ({answers, chart}: WorkspaceInput, root: string): ChartValues => {
	const {proxyAddresses} = answers.ingress;
	if (proxyAddresses === undefined) return {values: {}, warnings: []};
	const {name, version} = chart.metadata;
	if (!has(chart, features.proxyHeaders, root))
		return {
			values: {},
			warnings: [`The chart ${name} ${version} has no ${root}.proxyHeaders: ingress.proxyAddresses is left out.`],
		};
	const forwardedAllowIPs = proxyAddresses.replaceAll(/\s/gu, '');
	return {values: {proxyHeaders: {enabled: true, forwardedAllowIPs}}, warnings: []};
};

/** Variables that switch off what needs the internet, then those of the snapshots. */
const ownVariables = ({chart}: WorkspaceInput, root: string, snapshots: Environment): Environment => ({
	...(knows(chart.known, `${root}.analyticsOptIn`) ? {} : {ZENML_ANALYTICS_OPT_IN: 'False'}),
	ZENML_SERVER_DISPLAY_ANNOUNCEMENTS: 'false',
	ZENML_SERVER_DISPLAY_UPDATES: 'false',
	...snapshots,
});

/** The operator's variables count more; those that change one of ours are told, by name alone. */
const environmentValues = (
	{workspace}: WorkspaceInput,
	own: Environment,
): {readonly environment: Environment; readonly warnings: readonly string[]} => {
	const changed = Object.entries(workspace.environment).filter(
		([name, value]) => own[name] !== undefined && own[name] !== value,
	);
	const names = changed.map(([name]) => name).join(', ');
	return {
		environment: {...own, ...workspace.environment},
		warnings:
			names === '' ? [] : [`The environment of workspace ${workspace.name} replaces what this tool sets: ${names}.`],
	};
};

/**
 * Values of the chart of one workspace server. Keys: the vendor's air-gap guide, step 8, corrected where the chart
 * differs: `database.url`, membership in the control plane, an encryption key, no telemetry, `resources` at the top.
 * @throws ProblemError `image-not-in-bundle`.
 */
export const workspaceValues = (input: WorkspaceInput): ChartValues => {
	const {answers, workspace, chart, images, secrets} = input;
	const root = workspaceRoot(chart);
	const at = (key: string): string => `${root}.${key}`;
	const database = databaseValues(input, root);
	const manager = workloadManagerEnvironment(answers, chart, images, root);
	const certificates = certificateValues(chart, root, secrets.ca);
	const proxy = proxyValues(input, root);
	const pods = podValues(chart, workspace, answers);
	const variables = environmentValues(input, ownVariables(input, root, manager.environment));
	return {
		values: {
			...pods.values,
			[root]: {
				replicaCount: workspace.replicas,
				...ifKnown(chart, at('threadPoolSize'), serverPool.threadPoolSize),
				image: {...imageOf(images, 'zenml-pro-server'), pullPolicy: 'IfNotPresent'},
				serverURL: urlOf(answers, workspace.host),
				...ifKnown(chart, at('debug'), false),
				...ifKnown(chart, at('analyticsOptIn'), false),
				pro: proValues(input, root),
				auth: {jwtSecretKey: secrets.jwtSecretKey},
				database: database.values,
				secretsStore: {type: 'sql', sql: {encryptionKey: secrets.encryptionKey}},
				...wayInValues(chart, {root, host: workspace.host}, answers),
				...proxy.values,
				...certificates.values,
				environment: variables.environment,
			},
		},
		warnings: [
			...database.warnings,
			...manager.warnings,
			...proxy.warnings,
			...certificates.warnings,
			...pods.warnings,
			...variables.warnings,
		],
	};
};
