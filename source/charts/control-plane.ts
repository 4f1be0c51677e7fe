import {urlOf} from '../answers/addresses.ts';
import {type DatabaseServer, databaseServerOf} from '../answers/database-server.ts';
import type {Answers} from '../answers/schema.ts';
import type {ChartContents} from './contents.ts';
import {controlPlaneFeatures, has} from './features.ts';
import {knows} from './keys.ts';
import {
	type ChartValues,
	certificateValues,
	type ImagePlaces,
	ifKnown,
	imageOf,
	podValues,
	type SecretKey,
} from './shared.ts';
import {wayInValues} from './way-in.ts';

export type ControlPlaneSecrets = {
	readonly adminPassword: string;
	readonly databasePassword: string;
	/** The same password in a Secret; used instead where the chart takes a reference. */
	readonly databaseSecret?: SecretKey;
	/** The internal CA. */
	readonly ca?: SecretKey;
};

/** The chart's names of database engines (vendor's Helm guide of the control plane, `database.external.type`). */
const engineNames: Readonly<Record<DatabaseServer['engine'], string>> = {postgresql: 'postgres', mysql: 'mysql'};

/** The chart stays with `zenml:` as its main section; only `zenml` was renamed to `server`. */
const root = 'zenml';

const passwordValues = (chart: ChartContents, username: string, password: string): unknown =>
	has(chart, controlPlaneFeatures.passwordSection, root)
		? {enabled: true, adminUsername: username, adminPassword: password}
		: password;

/** What the values of the control plane are made from. */
export type ControlPlaneInput = {
	readonly answers: Answers;
	readonly chart: ChartContents;
	readonly images: ImagePlaces;
	readonly secrets: ControlPlaneSecrets;
};

const at = (key: string): string => `${root}.${key}`;

const databaseValues = ({answers, chart, secrets}: ControlPlaneInput): unknown => {
	const {engine, host, port} = databaseServerOf(answers, 'controlPlane');
	const {name, username} = answers.controlPlane.database;
	const byReference =
		secrets.databaseSecret !== undefined && knows(chart.known, at('database.external.passwordSecretRef'));
	return {
		external: {
			type: engineNames[engine],
			host,
			port,
			username,
			database: name,
			...(byReference ? {passwordSecretRef: {...secrets.databaseSecret}} : {password: secrets.databasePassword}),
		},
	};
};

/** The answers ask for TLS, and the chart has no key for it. PostgreSQL's client takes TLS by itself where it is offered, MySQL's does not. */
const withoutTls = (
	{metadata: {name, version}}: ChartContents,
	engine: DatabaseServer['engine'],
	tls: DatabaseServer['tls'],
): readonly string[] => {
	const noKey = `The chart ${name} ${version} has no key for the TLS of its database connection:`;
	if (engine === 'mysql')
		return [
			`${noKey} its MySQL account is not made to ask for TLS, and what it sends may go in clear text. No answer changes that: keep the network between them to yourselves, or take PostgreSQL.`,
		];
	return tls === 'verify-full'
		? [
				`${noKey} it takes TLS where the database offers it, and nothing makes it check the certificate. Nothing needs to be done; to rule out clear text, have the DBA let its role in by hostssl alone (pg_hba.conf).`,
			]
		: [];
};

/** What the chart cannot do of what the answers ask for. */
const shortcomings = ({answers, chart}: ControlPlaneInput): readonly string[] => {
	const {engine, tls, clientCertificate, from} = databaseServerOf(answers, 'controlPlane');
	const {name, version} = chart.metadata;
	const fixesAdmin = !has(chart, controlPlaneFeatures.passwordSection, root);
	return [
		...(fixesAdmin
			? [
					`The chart ${name} ${version} fixes the name of the administrator; controlPlane.admin.username must be the name it uses.`,
				]
			: []),
		...(tls === 'disable' ? [] : withoutTls(chart, engine, tls)),
		...(clientCertificate === undefined
			? []
			: [
					`The chart ${name} ${version} has no key for a client certificate of its database connection: ${from}.clientCertificate does not reach the control plane.`,
				]),
	];
};

/**
 * Values of the control plane chart. Keys: the vendor's air-gap guide, step 6, corrected where the chart differs:
 * engine `postgres`, `resources` at the top level, `auth.password` as the chart has it.
 * @throws ProblemError `image-not-in-bundle`.
 */
export const controlPlaneValues = (input: ControlPlaneInput): ChartValues => {
	const {answers, chart, images, secrets} = input;
	const {controlPlane} = answers;
	const image = (name: string) => ({...imageOf(images, name), pullPolicy: 'IfNotPresent'});
	const certificates = certificateValues(chart, root, secrets.ca);
	const pods = podValues(chart, controlPlane, answers);
	return {
		values: {
			...pods.values,
			[root]: {
				replicaCount: controlPlane.replicas,
				image: {api: image('zenml-pro-api'), dashboard: image('zenml-pro-dashboard')},
				serverURL: urlOf(answers, controlPlane.host),
				...ifKnown(chart, at('debug'), false),
				...ifKnown(chart, at('analyticsOptIn'), false),
				database: databaseValues(input),
				auth: {password: passwordValues(chart, controlPlane.admin.username, secrets.adminPassword)},
				...wayInValues(chart, {root, host: controlPlane.host}, answers),
				...certificates.values,
			},
		},
		warnings: [...pods.warnings, ...certificates.warnings, ...shortcomings(input)],
	};
};
