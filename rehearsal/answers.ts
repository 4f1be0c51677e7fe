import {join} from 'node:path';
import type {AnswersInput} from '../source/answers/schema.ts';
import {siteGateway} from './gateway/index.ts';
import type {WayIn} from './types.ts';

/** Host names of a rehearsal; its own name server is the only one that knows them. */
export const rehearsalHosts = {
	controlPlane: 'zenml-pro.rehearsal.internal',
	workspace: 'zenml-workspace.rehearsal.internal',
} as const;

export const registryUsername = 'installer';

const waysIn = {
	ingress: {},
	gateway: {kind: 'gateway', gateway: `${siteGateway.namespace}/${siteGateway.name}`},
	route: {kind: 'route'},
} as const satisfies Readonly<Record<WayIn, AnswersInput['ingress']>>;

/** Files that a rehearsal hands to the installer, all below its folder. */
export const filesIn = (directory: string) =>
	({
		kubeconfig: join(directory, 'kubeconfig'),
		registryPassword: join(directory, 'secrets', 'registry-password'),
		mysqlPassword: join(directory, 'secrets', 'mysql-admin-password'),
		rightMysqlPassword: join(directory, 'secrets', 'mysql-admin-password.right'),
		databasePassword: join(directory, 'secrets', 'database-admin-password'),
		rightDatabasePassword: join(directory, 'secrets', 'database-admin-password.right'),
		s3AccessKey: join(directory, 'secrets', 's3-access-key'),
		s3SecretKey: join(directory, 'secrets', 's3-secret-key'),
		certificate: join(directory, 'tls', 'tls.crt'),
		key: join(directory, 'tls', 'tls.key'),
		ca: join(directory, 'tls', 'ca.crt'),
		rightCertificate: join(directory, 'tls', 'right', 'tls.crt'),
		rightKey: join(directory, 'tls', 'right', 'tls.key'),
		backupPassphrase: join(directory, 'secrets', 'backup-passphrase'),
		rightBackupPassphrase: join(directory, 'secrets', 'backup-passphrase.right'),
		backups: join(directory, 'backups'),
		trustStore: join(directory, 'trust', 'ca-certificates.crt'),
	}) as const;

/** The answers that fit a rehearsal, as an operator would write them; `helm.binary` is left to the caller. */
export const rehearsalAnswers = (options: {
	readonly directory: string;
	readonly bundle: string;
	/** The bundle was made here, so that nobody asks who signed it. */
	readonly sample: boolean;
	readonly registryHost: string;
	readonly postgresPort: number;
	readonly mysqlPort: number;
	/** The answers take MySQL for PostgreSQL. */
	readonly calledPostgresql: boolean;
	readonly httpsPort: number;
	readonly nameServer: string;
	readonly wayIn: WayIn;
	/** The bucket for artifacts, where there is one. */
	readonly storage?: {readonly endpoint: string; readonly bucket: string} | undefined;
	/** Control plane first, then the workspaces. */
	readonly hosts: readonly string[];
}): AnswersInput => {
	const {directory, bundle, sample, registryHost, postgresPort, mysqlPort, httpsPort, nameServer, hosts} = options;
	const [controlPlane = rehearsalHosts.controlPlane, workspace = rehearsalHosts.workspace] = hosts;
	const files = filesIn(directory);
	return {
		version: 1,
		bundle: {path: bundle, ...(sample ? {signature: {mode: 'off' as const}} : {})},
		kubernetes: {kubeconfig: files.kubeconfig},
		registry: {
			host: registryHost,
			username: registryUsername,
			password: `file:${files.registryPassword}`,
			plainHttp: true,
		},
		tls: {certificate: files.certificate, key: files.key, ca: files.ca},
		ingress: {httpsPort, ...waysIn[options.wayIn]},
		database: {
			engine: options.calledPostgresql ? 'postgresql' : 'mysql',
			host: '127.0.0.1',
			port: mysqlPort,
			admin: {username: 'root', password: `file:${files.mysqlPassword}`},
		},
		controlPlane: {
			host: controlPlane,
			database: {
				server: {
					engine: 'postgresql',
					host: '127.0.0.1',
					port: postgresPort,
					admin: {username: 'postgres', password: `file:${files.databasePassword}`},
				},
			},
		},
		workspaces: [{name: 'default', host: workspace}],
		network: {nameServer, trustStore: files.trustStore},
		backup: {folder: files.backups, passphrase: `file:${files.backupPassphrase}`},
		...(options.storage && {
			artifacts: {
				kind: 's3' as const,
				s3: {
					...options.storage,
					prefix: 'artifacts',
					accessKey: `file:${files.s3AccessKey}`,
					secretKey: `file:${files.s3SecretKey}`,
				},
			},
		}),
	};
};
