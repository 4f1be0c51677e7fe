import {isIP} from 'node:net';
import {z} from 'zod';

/**
 * Every answer of the operator, as one value. Form screens, the answer file, `--set`, the JSON schema and the review
 * page are views of this schema. Defaults are those of the vendor's air-gap guide where it gives one.
 */

const secretPattern =
	/^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+|k8s:[a-z0-9.-]+\/[a-z0-9.-]+\/[A-Za-z0-9._-]+|generate|prompt)$/u;

/** A reference to a secret, never the secret: `env:NAME`, `file:PATH`, `k8s:namespace/name/key`, `generate` or `prompt`. */
export const secretRefSchema = z
	.string()
	.regex(
		secretPattern,
		'is a reference to a secret, not the secret itself: env:NAME, file:PATH, k8s:namespace/name/key, generate or prompt',
	);

/** A fully qualified DNS name with at least one dot, lower case (RFC 1123; the product refuses single-label hosts). */
const fqdn = z
	.string()
	.regex(
		/^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/u,
		'is not a fully qualified host name such as zenml-pro.internal.mycompany.com',
	);

const host = z.string().refine((value) => isIP(value) > 0 || /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/u.test(value), {
	message: 'is not a host name or IP address',
});

const hostPort = z
	.string()
	.regex(/^(\[[0-9a-f:]+\]|[a-z0-9]([a-z0-9.-]*[a-z0-9])?)(:\d{1,5})?$/u, 'is not host or host:port, without https://');

const port = z.int('is a port number').min(1, 'is 1 to 65535').max(65535, 'is 1 to 65535');

/** A Kubernetes object name (RFC 1123 label). */
const label = z
	.string()
	.regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/u, 'is lower-case letters, digits and hyphens, 63 at most');

/** A name of a database or role; the product refuses `-` and `.` in database names. */
const sqlName = z
	.string()
	.regex(
		/^[a-z_][a-z0-9_]{0,62}$/u,
		'is lower-case letters, digits and underscores, starting with a letter, 63 at most',
	);

const quantity = z
	.string()
	.regex(/^\d+(\.\d+)?(m|k|Ki|M|Mi|G|Gi|T|Ti)?$/u, 'is a Kubernetes quantity such as 500m or 2Gi');

const path = z.string().min(1, 'is a path');

const resources = (cpu: string, memory: string, cpuLimit: string, memoryLimit: string) =>
	z
		.strictObject({
			requests: z.strictObject({cpu: quantity.default(cpu), memory: quantity.default(memory)}).prefault({}),
			limits: z.strictObject({cpu: quantity.default(cpuLimit), memory: quantity.default(memoryLimit)}).prefault({}),
		})
		.prefault({})
		.describe('CPU and memory of each pod');

const podSecurityContext = z
	.strictObject({
		fsGroup: z.int().min(0).default(1000),
		runAsNonRoot: z.boolean().default(true),
		runAsUser: z.int().min(0).default(1000),
	})
	.prefault({})
	.describe('User and group that the pods run as');

const podDisruptionBudget = z
	.strictObject({enabled: z.boolean().default(false), minAvailable: z.int().min(1).default(1)})
	.prefault({})
	.describe('Keeps this many pods up while nodes are drained');

const environment = z
	.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/u, 'is a variable name'), z.string())
	.default({})
	.describe('Further environment variables of the server; all values are text');

const componentDatabase = (name: string, username: string) =>
	z
		.strictObject({
			name: sqlName.default(name).describe('Name of the database'),
			username: sqlName.default(username).describe('Role that owns the database'),
			password: secretRefSchema.default('generate').describe('Password of that role'),
		})
		.prefault({});

const workspace = z.strictObject({
	name: z
		.string()
		.regex(/^[a-z0-9]([a-z0-9-]{0,48}[a-z0-9])?$/u, 'is lower-case letters, digits and hyphens, 50 at most')
		.describe('Name of the workspace in the control plane')
		.meta({examples: ['default']}),
	namespace: label.default('zenml-workspace').describe('Kubernetes namespace; one for each workspace'),
	release: label.default('zenml').describe('Helm release'),
	host: fqdn.describe('Host name of the workspace server').meta({examples: ['zenml-workspace.internal.mycompany.com']}),
	replicas: z.int().min(1).default(1).describe('Number of server pods'),
	database: componentDatabase('zenml_workspace', 'zenml_workspace_user'),
	resources: resources('250m', '512Mi', '1000m', '2Gi'),
	podSecurityContext,
	podDisruptionBudget,
	environment,
});

const user = z.strictObject({
	username: z
		.string()
		.min(1)
		.max(64)
		.regex(/^[^\s]+$/u, 'has no spaces')
		.describe('Login name'),
	password: secretRefSchema.default('generate').describe('First password; the user changes it at the first login'),
	superuser: z.boolean().default(false).describe('May administer the whole control plane'),
	role: z.enum(['admin', 'member', 'viewer']).default('member').describe('Role in the organization'),
});

const shape = z.strictObject({
	version: z.literal(1, 'is 1: the only version of the answer file this tool knows').default(1),
	bundle: z
		.strictObject({path: path.default('./zenml-air-gapped-bundle').describe('Folder or tar file of the bundle')})
		.prefault({}),
	kubernetes: z
		.strictObject({
			kubeconfig: path.optional().describe('kubeconfig file; by default $KUBECONFIG or ~/.kube/config'),
			context: z.string().min(1).optional().describe('Context in the kubeconfig; by default its current one'),
		})
		.prefault({}),
	registry: z.strictObject({
		host: hostPort
			.describe('Internal registry, host or host:port')
			.meta({examples: ['internal-registry.mycompany.com']}),
		prefix: z
			.string()
			.regex(/^([a-z0-9]+([._-][a-z0-9]+)*(\/[a-z0-9]+([._-][a-z0-9]+)*)*)?$/u, 'is a repository path such as zenml')
			.default('zenml')
			.describe('Path below the host under which the images go; may be empty'),
		username: z.string().min(1).optional().describe('Login; absent for a registry without login'),
		password: secretRefSchema.optional().describe('Password or token of that login'),
		ca: path.optional().describe("CA certificate of the registry (PEM), when it is not in this host's trust store"),
		plainHttp: z.boolean().default(false).describe('Speak HTTP without TLS; for a registry on this host only'),
		pullSecretName: label.default('internal-registry-secret').describe('Name of the pull secret in each namespace'),
	}),
	tls: z.strictObject({
		certificate: path
			.describe('Certificate for all host names, followed by its intermediates (PEM)')
			.meta({examples: ['/etc/pki/zenml/tls.crt']}),
		key: path.describe('Private key of that certificate (PEM)').meta({examples: ['/etc/pki/zenml/tls.key']}),
		ca: path.describe('Certificate of the internal CA (PEM)').meta({examples: ['/etc/pki/zenml/ca.crt']}),
		secretName: label.default('zenml-tls').describe('Name of the TLS secret in each namespace'),
	}),
	ingress: z
		.strictObject({
			className: label.default('nginx').describe('Ingress class of the cluster'),
			address: z
				.string()
				.refine((value) => isIP(value) > 0, 'is an IP address')
				.optional()
				.describe('Address of the ingress controller; by default read from the cluster'),
			httpsPort: port.default(443).describe('Port on which the ingress controller answers HTTPS'),
			annotations: z
				.record(z.string(), z.string())
				.default({'nginx.ingress.kubernetes.io/proxy-body-size': '256m'})
				.describe('Annotations of each Ingress'),
		})
		.prefault({}),
	database: z.strictObject({
		engine: z
			.literal('postgresql', 'is postgresql; MySQL is not built yet')
			.default('postgresql')
			.describe('Database engine'),
		host: host.describe('Database server').meta({examples: ['postgres.internal.mycompany.com']}),
		port: port.default(5432).describe('Port of the database server'),
		tls: z
			.enum(['verify-full', 'require', 'disable'])
			.default('verify-full')
			.describe('Encryption of database connections: checked against the CA, unchecked, or none'),
		ca: path.optional().describe('CA certificate of the database server (PEM); by default tls.ca'),
		admin: z
			.strictObject({
				username: z.string().min(1).default('postgres').describe('Role that may create roles and databases'),
				password: secretRefSchema.describe('Password of that role'),
				database: z.string().min(1).default('postgres').describe('Database to log in to'),
			})
			.optional()
			.describe('Without it the tool shows the SQL for the database admin and waits'),
	}),
	controlPlane: z.strictObject({
		namespace: label.default('zenml-pro').describe('Kubernetes namespace'),
		release: label.default('zenml-pro').describe('Helm release'),
		host: fqdn.describe('Host name of dashboard and API').meta({examples: ['zenml-pro.internal.mycompany.com']}),
		replicas: z.int().min(1).default(1).describe('Number of server pods'),
		admin: z
			.strictObject({
				username: z.string().min(1).default('admin').describe('Administrator'),
				password: secretRefSchema.default('generate').describe('Password of the administrator'),
			})
			.prefault({}),
		database: componentDatabase('zenml_pro', 'zenml_pro_user'),
		resources: resources('500m', '1Gi', '2000m', '4Gi'),
		podSecurityContext,
		podDisruptionBudget,
	}),
	organization: z
		.strictObject({
			name: z.string().min(1).max(50).default('default').describe('Organization in the control plane'),
			users: z.array(user).default([]).describe('Users to create'),
		})
		.prefault({}),
	workspaces: z.array(workspace).min(1, 'has at least one workspace').describe('Workspace servers, one or more'),
	workloadManager: z
		.strictObject({
			enabled: z.boolean().default(false).describe('Run pipeline snapshots from the dashboard'),
			implementation: z.enum(['kubernetes', 'gcp']).default('kubernetes').describe('Plugin that runs them'),
			namespace: label.default('zenml-workload-manager').describe('Namespace of the runner jobs'),
			serviceAccount: label.default('zenml-runner').describe('Service account of the runner jobs'),
			buildRunnerImage: z
				.boolean()
				.default(false)
				.describe('Let ZenML build runner images; by default a prebuilt one is used'),
			runnerImage: z.string().optional().describe('Prebuilt runner image; by default the client image of the bundle'),
			podResources: z
				.record(z.string(), z.record(z.string(), quantity))
				.default({requests: {cpu: '100m', memory: '400Mi'}, limits: {memory: '700Mi'}})
				.describe('CPU and memory of runner pods'),
			ttlSecondsAfterFinished: z.int().min(0).default(86400).describe('Seconds after which finished jobs are removed'),
			nodeSelector: z.record(z.string(), z.string()).default({}).describe('Node labels for runner pods'),
			maxConcurrentRuns: z.int().min(1).default(2).describe('Snapshot runs at the same time'),
		})
		.prefault({}),
	network: z
		.strictObject({
			nameServer: hostPort.optional().describe("Name server to ask, address or address:port; by default this host's"),
			trustStore: path
				.optional()
				.describe('File with the CA certificates this host trusts; by default the usual places'),
			dnsHandover: z
				.enum(['wait', 'confirm'])
				.default('wait')
				.describe('wait: go on when every name resolves; confirm: the operator may also say that it is done elsewhere'),
			caHandover: z
				.enum(['wait', 'confirm'])
				.default('confirm')
				.describe('wait: go on when this host trusts the CA; confirm: the operator may also say that it was handed on'),
			waitMinutes: z.int().min(0).default(60).describe('How long a run without a screen waits for other people'),
			podChecks: z.boolean().default(true).describe('Check names, database and trust from a pod in the cluster too'),
		})
		.prefault({}),
	helm: z
		.strictObject({
			binary: path.default('helm').describe('helm program, 3.8 or newer'),
			timeoutMinutes: z.int().min(1).default(15).describe('How long one Helm release may take'),
		})
		.prefault({}),
});

type Issue = {readonly path: readonly (string | number)[]; readonly message: string};

const duplicates = (
	entries: readonly {readonly value: string; readonly path: readonly (string | number)[]}[],
	what: string,
): Issue[] =>
	entries.flatMap(({value, path: at}, index) => {
		const first = entries.findIndex((entry) => entry.value === value);
		return first < index
			? [{path: at, message: `is the same ${what} as ${entries[first]?.path.join('.')}: "${value}"; they must differ`}]
			: [];
	});

/** The rules that look at more than one answer. Returns one issue per broken rule. */
export const crossFieldIssues = (answers: z.output<typeof shape>): readonly Issue[] => {
	const {controlPlane, workspaces, registry, database, organization} = answers;
	const components = [
		{at: ['controlPlane'] as (string | number)[], value: controlPlane},
		...workspaces.map((value, index) => ({at: ['workspaces', index] as (string | number)[], value})),
	];
	const ungeneratable: readonly (readonly [string | undefined, readonly string[]])[] = [
		[registry.password, ['registry', 'password']],
		[database.admin?.password, ['database', 'admin', 'password']],
	];
	return [
		...duplicates(
			components.map(({at, value}) => ({value: value.host, path: [...at, 'host']})),
			'host name',
		),
		...duplicates(
			components.map(({at, value}) => ({value: value.database.name, path: [...at, 'database', 'name']})),
			'database',
		),
		...duplicates(
			components.map(({at, value}) => ({value: value.database.username, path: [...at, 'database', 'username']})),
			'database role',
		),
		...duplicates(
			components.map(({at, value}) => ({value: value.namespace, path: [...at, 'namespace']})),
			'namespace',
		),
		...duplicates(
			workspaces.map(({name}, index) => ({value: name, path: ['workspaces', index, 'name']})),
			'workspace name',
		),
		...duplicates(
			[
				{value: controlPlane.admin.username, path: ['controlPlane', 'admin', 'username']},
				...organization.users.map(({username}, index) => ({
					value: username,
					path: ['organization', 'users', index, 'username'],
				})),
			],
			'user name',
		),
		...(registry.username !== undefined && registry.password === undefined
			? [{path: ['registry', 'password'], message: 'is needed with registry.username'}]
			: []),
		...(registry.username === undefined && registry.password !== undefined
			? [{path: ['registry', 'username'], message: 'is needed with registry.password'}]
			: []),
		...ungeneratable.flatMap(([value, at]) =>
			value === 'generate' ? [{path: at, message: 'cannot be generated: this login exists already'}] : [],
		),
	];
};

/** The schema of a complete, valid set of answers. */
export const answersSchema = shape.superRefine((answers, context) => {
	for (const {path: at, message} of crossFieldIssues(answers))
		context.addIssue({code: 'custom', path: [...at], message});
});

/** Complete answers, defaults filled in. */
export type Answers = z.output<typeof answersSchema>;
/** Answers as written: everything that has a default may be left out. */
export type AnswersInput = z.input<typeof answersSchema>;
export type WorkspaceAnswers = Answers['workspaces'][number];
/** The parts that control plane and workspace have in common. */
export type ComponentAnswers = Answers['controlPlane'] | WorkspaceAnswers;
