import type {Answers} from '../answers/schema.ts';
import type {ChartContents} from './contents.ts';
import {controlPlaneFeatures, has} from './features.ts';
import {knows} from './keys.ts';
import {
	type ChartValues,
	certificateValues,
	httpsUrl,
	type ImagePlaces,
	ifKnown,
	imageOf,
	ingressValues,
	podValues,
	type SecretKey,
} from './shared.ts';

export type ControlPlaneSecrets = {
	readonly adminPassword: string;
	readonly databasePassword: string;
	/** The same password in a Secret; used instead where the chart takes a reference. */
	readonly databaseSecret?: SecretKey;
	/** The internal CA. */
	readonly ca?: SecretKey;
};

/** The chart's names of database engines (vendor's Helm guide of the control plane, `database.external.type`). */
const engineNames: Readonly<Record<string, string>> = {postgresql: 'postgres', mysql: 'mysql'};

/** The chart stays with `zenml:` as its main section; only `zenml` was renamed to `server`. */
const root = 'zenml';

const passwordValues = (chart: ChartContents, username: string, password: string): unknown =>
	has(chart, controlPlaneFeatures.passwordSection, root)
		? {enabled: true, adminUsername: username, adminPassword: password}
		: password;

/**
 * Values of the control plane chart. Keys: the vendor's air-gap guide, step 6, corrected where the chart differs:
 * engine `postgres`, `resources` at the top level, `auth.password` as the chart has it.
 * @throws ProblemError `image-not-in-bundle`.
 */
export const controlPlaneValues = ({
	answers,
	chart,
	images,
	secrets,
}: {
	readonly answers: Answers;
	readonly chart: ChartContents;
	readonly images: ImagePlaces;
	readonly secrets: ControlPlaneSecrets;
}): ChartValues => {
	const {controlPlane, database} = answers;
	const at = (key: string): string => `${root}.${key}`;
	const takesReference =
		secrets.databaseSecret !== undefined && knows(chart.known, at('database.external.passwordSecretRef'));
	const image = (name: string) => ({...imageOf(images, name), pullPolicy: 'IfNotPresent'});
	const certificates = certificateValues(chart, root, secrets.ca);
	const pods = podValues(chart, controlPlane, answers);
	const namesAdmin = has(chart, controlPlaneFeatures.passwordSection, root);
	return {
		values: {
			...pods.values,
			[root]: {
				replicaCount: controlPlane.replicas,
				image: {api: image('zenml-pro-api'), dashboard: image('zenml-pro-dashboard')},
				serverURL: httpsUrl(controlPlane.host, answers),
				...ifKnown(chart, at('debug'), false),
				...ifKnown(chart, at('analyticsOptIn'), false),
				database: {
					external: {
						type: engineNames[database.engine] ?? database.engine,
						host: database.host,
						port: database.port,
						username: controlPlane.database.username,
						database: controlPlane.database.name,
						...(takesReference
							? {passwordSecretRef: {...secrets.databaseSecret}}
							: {password: secrets.databasePassword}),
					},
				},
				auth: {password: passwordValues(chart, controlPlane.admin.username, secrets.adminPassword)},
				ingress: ingressValues(controlPlane.host, answers),
				...certificates.values,
			},
		},
		warnings: [
			...pods.warnings,
			...certificates.warnings,
			...(namesAdmin
				? []
				: [
						`The chart ${chart.metadata.name} ${chart.metadata.version} fixes the name of the administrator; controlPlane.admin.username must be the name it uses.`,
					]),
			...(database.tls === 'verify-full'
				? [
						`The chart ${chart.metadata.name} ${chart.metadata.version} has no key for the TLS of its database connection: the server decides, and may not check the database's certificate.`,
					]
				: []),
		],
	};
};
