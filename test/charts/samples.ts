import {fileURLToPath} from 'node:url';
import {type Answers, type AnswersInput, answersSchema} from '../../source/answers/schema.ts';
import {
	auditValues,
	type ControlPlaneSecrets,
	controlPlaneValues,
	type Enrollment,
	type ImagePlaces,
	readChart,
	type WorkspaceSecrets,
	workspaceValues,
} from '../../source/charts/index.ts';

export const chartFolder = (name: string): string =>
	fileURLToPath(new URL(`../../rehearsal/charts/${name}`, import.meta.url));

export const oldChart = (name: string): string => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));

const basic: AnswersInput = {
	registry: {host: 'registry.example.internal:5000', username: 'pusher', password: 'env:REGISTRY_PASSWORD'},
	tls: {certificate: '/pki/tls.crt', key: '/pki/tls.key', ca: '/pki/ca.crt'},
	database: {engine: 'mysql', host: 'db.example.internal'},
	controlPlane: {
		host: 'zenml-pro.example.internal',
		database: {server: {engine: 'postgresql', host: 'db.example.internal'}},
	},
	workspaces: [{name: 'default', host: 'zenml-workspace.example.internal'}],
};

export const answers = (change: Partial<AnswersInput> = {}): Answers => answersSchema.parse({...basic, ...change});

export const images: ImagePlaces = {
	prefix: 'registry.example.internal:5000/zenml',
	tags: {'zenml-pro-api': '0.13.18', 'zenml-pro-dashboard': '0.13.18', 'zenml-pro-server': '0.95.1', zenml: '0.95.1'},
};

export const controlPlaneSecrets: ControlPlaneSecrets = {
	adminPassword: 'admin-pass',
	databasePassword: 'p@ss/word',
	databaseSecret: {name: 'zenml-database', key: 'password'},
	ca: {name: 'zenml-ca', key: 'ca.crt'},
};

export const workspaceSecrets: WorkspaceSecrets = {
	databasePassword: 'p@ss/word',
	databaseSecret: {name: 'zenml-database', key: 'password'},
	databaseCa: {name: 'zenml-database', key: 'ca.crt'},
	databaseClient: {
		certificate: {name: 'zenml-database', key: 'client-cert.pem'},
		key: {name: 'zenml-database', key: 'client-key.pem'},
	},
	ca: {name: 'zenml-ca', key: 'ca.crt'},
	encryptionKey: 'e'.repeat(64),
	jwtSecretKey: 'j'.repeat(64),
};

export const enrollment: Enrollment = {
	organizationId: '11111111-1111-4111-8111-111111111111',
	organizationName: 'default',
	workspaceId: '22222222-2222-4222-8222-222222222222',
	workspaceName: 'default',
	enrollmentKey: 'enrollment-key',
};

/** Values of the workspace of these answers for a chart, and what the chart does not know of them. */
export const workspaceOf = async (chart: string, change: Parameters<typeof answers>[0] = {}) => {
	const given = answers(change);
	const contents = await readChart(chart);
	const workspace = given.workspaces[0];
	if (!workspace) throw new Error('the sample has no workspace');
	const made = workspaceValues({
		answers: given,
		workspace,
		chart: contents,
		images,
		enrollment,
		secrets: workspaceSecrets,
	});
	return {...made, unknown: auditValues(made.values, contents), contents};
};

/** The same of the control plane. */
export const controlPlaneOf = async (chart: string, change: Parameters<typeof answers>[0] = {}) => {
	const contents = await readChart(chart);
	const made = controlPlaneValues({answers: answers(change), chart: contents, images, secrets: controlPlaneSecrets});
	return {...made, unknown: auditValues(made.values, contents), contents};
};
