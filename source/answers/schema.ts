import * as z from 'zod';
import {
	environment,
	fqdn,
	helmValues,
	imageReference,
	label,
	nameItself,
	nodeSelector,
	path,
	podCount,
	podDisruptionBudget,
	podSecurityContext,
	quantity,
	resources,
	scheduling,
	secretRefSchema,
	serverAddress,
	text,
	tolerations,
	within,
} from './parts.ts';
import {crossFieldIssues} from './rules/rules.ts';
import {artifacts} from './schema/artifacts.ts';
import {backup} from './schema/backup.ts';
import {componentDatabase, sharedDatabaseServer} from './schema/database.ts';
import {hooks} from './schema/hooks.ts';
import {ingress} from './schema/ingress.ts';
import {registry} from './schema/registry.ts';
import {upgrade} from './schema/upgrade.ts';

/**
 * Every answer of the operator, as one value. Form screens, the answer file, `--set`, the JSON schema and the review
 * page are views of this schema. Defaults are those of the vendor's air-gap guide where it gives one.
 */

export {crossFieldIssues} from './rules/rules.ts';

const workspace = z.strictObject({
	name: z
		.string()
		.regex(
			/^[a-z0-9]([a-z0-9-]{0,48}[a-z0-9])?$/u,
			'be lower-case letters, digits and hyphens, 50 at most, with no hyphen at either end',
		)
		.describe('Name of the workspace in the control plane')
		.meta({examples: ['default']}),
	namespace: label.default('zenml-workspace').describe('Kubernetes namespace; one for each workspace'),
	release: label.default('zenml').describe('Helm release'),
	host: fqdn.describe('Host name of the workspace server').meta({examples: ['zenml-workspace.internal.mycompany.com']}),
	replicas: podCount.default(1).describe('Number of server pods'),
	database: componentDatabase('zenml_workspace', 'zenml_workspace_user', 'mysql-2.internal.mycompany.com'),
	resources: resources('250m', '512Mi', '1000m', '2Gi'),
	podSecurityContext,
	podDisruptionBudget,
	...scheduling,
	environment,
	helmValues,
});

/** Whoever logs in to the control plane types it. */
const loginName = z
	.string()
	.max(64, 'be 64 characters at most')
	.regex(/^(?!.*\s)[ -~\u00A0-\uFFFF]+$/, 'not be empty nor have spaces or control characters')
	.regex(nameItself.pattern, nameItself.message);

const user = z.strictObject({
	username: loginName.describe('Login name').meta({examples: ['ada']}),
	password: secretRefSchema.default('generate').describe('First password; the user changes it at the first login'),
	superuser: z.boolean().default(false).describe('May administer the whole control plane'),
	role: z.enum(['admin', 'member', 'viewer']).default('member').describe('Role in the organization'),
	teams: text
		.max(500, 'be 500 characters at most')
		.regex(/^[^,\s][^,]{0,49}(?:,[^,]{1,50})*$/u, 'be names of 50 characters at most, separated by commas')
		.optional()
		.describe('Teams of the user, separated by commas, and no others; by default its teams are left as they are')
		.meta({examples: ['data-science, platform']}),
});

const shape = z.strictObject({
	version: z
		.literal(1, 'be 1: the only version of the answer file this tool knows')
		.default(1)
		.describe('Version of the answer file'),
	bundle: z
		.strictObject({
			path: path
				.default('./zenml-air-gapped-bundle')
				.describe('Folder or tar file of the bundle, or the .parts.json of a split one'),
			platform: z
				.string()
				.regex(
					/^(all|[a-z0-9]+\/[a-z0-9_]+(\/[a-z0-9]+)?)$/u,
					'be a platform such as linux/amd64, or all for every platform that the images have',
				)
				.default('linux/amd64')
				.describe('Platform of the nodes, whose images are taken; all takes every platform in the bundle')
				.meta({examples: ['linux/arm64']}),
			compress: z
				.enum(['none', 'gzip', 'zstd'])
				.default('none')
				.describe(
					'Compresses raw layers on this host before they are pushed, for slow links; none is fastest on a fast one',
				),
			signature: z
				.strictObject({
					mode: z
						.enum(['require', 'warn', 'off'])
						.optional()
						.describe(
							'require: refuse an unsigned bundle; warn: say that it is not signed; off: say nothing; by default require where a key is given, else warn',
						)
						.meta({examples: ['require']}),
					publicKey: path
						.optional()
						.describe('Public key of the signer: its file, or the line in it that begins with RW')
						.meta({examples: ['/etc/pki/zenml/bundle.pub']}),
				})
				.prefault({})
				.describe('Signature of the bundle; one that is there must hold in every mode'),
		})
		.prefault({})
		.describe('The bundle that was carried over the gap'),
	kubernetes: z
		.strictObject({
			kubeconfig: path
				.optional()
				.describe('kubeconfig file; by default $KUBECONFIG or ~/.kube/config')
				.meta({examples: ['~/.kube/config']}),
			context: text
				.optional()
				.describe('Context in the kubeconfig; by default its current one')
				.meta({examples: ['zenml-cluster']}),
		})
		.prefault({})
		.describe('How to reach the cluster'),
	registry,
	tls: z
		.strictObject({
			certificate: path
				.describe('Certificate for all host names, followed by its intermediates (PEM)')
				.meta({examples: ['/etc/pki/zenml/tls.crt']}),
			key: path.describe('Private key of that certificate (PEM)').meta({examples: ['/etc/pki/zenml/tls.key']}),
			ca: path.describe('Certificate of the internal CA (PEM)').meta({examples: ['/etc/pki/zenml/ca.crt']}),
			secretName: label.default('zenml-tls').describe('Name of the TLS secret in each namespace'),
		})
		.describe('Certificate and key of all host names, and the CA that signed them'),
	ingress,
	database: sharedDatabaseServer('mysql.internal.mycompany.com').describe(
		'The database server of every component that names none of its own',
	),
	controlPlane: z
		.strictObject({
			namespace: label.default('zenml-pro').describe('Kubernetes namespace'),
			release: label.default('zenml-pro').describe('Helm release'),
			host: fqdn.describe('Host name of dashboard and API').meta({examples: ['zenml-pro.internal.mycompany.com']}),
			replicas: podCount.default(1).describe('Number of server pods'),
			admin: z
				.strictObject({
					username: loginName.default('admin').describe('Administrator'),
					password: secretRefSchema.default('generate').describe('Password of the administrator'),
				})
				.prefault({})
				.describe('The first administrator'),
			database: componentDatabase('zenml_pro', 'zenml_pro_user', 'postgres.internal.mycompany.com'),
			resources: resources('500m', '1Gi', '2000m', '4Gi'),
			podSecurityContext,
			podDisruptionBudget,
			...scheduling,
			helmValues,
		})
		.describe('The ZenML Pro control plane: dashboard and API'),
	organization: z
		.strictObject({
			name: text.max(50, 'be 50 characters at most').default('default').describe('Organization in the control plane'),
			users: z.array(user).default([]).describe('Users to create'),
		})
		.prefault({})
		.describe('The organization in the control plane and its users'),
	workspaces: z.array(workspace).min(1, 'have at least one entry').describe('Workspace servers, one or more'),
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
			runnerImage: imageReference
				.optional()
				.describe('Prebuilt runner image; by default the client image of the bundle')
				.meta({examples: ['internal-registry.mycompany.com/zenml/runner:1.0']}),
			podResources: z
				.record(z.string(), z.record(z.string(), quantity))
				.default({requests: {cpu: '100m', memory: '400Mi'}, limits: {memory: '700Mi'}})
				.describe('CPU and memory of runner pods'),
			ttlSecondsAfterFinished: within(0, 2_147_483_647, 'Kubernetes takes no more')
				.default(86400)
				.describe('Seconds after which finished jobs are removed'),
			nodeSelector: nodeSelector('Node labels for runner pods'),
			tolerations: tolerations('Taints of nodes that runner pods bear: key of the taint, and its value and effect'),
			jobBackoffLimit: within(0, 100, 'before each try the cluster waits longer, up to six minutes')
				.optional()
				.describe('How often a runner job that failed is tried again; by default as ZenML has it')
				.meta({examples: [0]}),
			maxConcurrentRuns: within(1, 1000, 'each run has a pod of its own')
				.default(2)
				.describe('Snapshot runs at the same time'),
		})
		.prefault({})
		.describe('Runs pipeline snapshots from the dashboard'),
	network: z
		.strictObject({
			nameServer: serverAddress
				.optional()
				.describe("Name server to ask, address or address:port; by default this host's")
				.meta({examples: ['10.20.30.53']}),
			trustStore: path
				.optional()
				.describe('File with the CA certificates this host trusts; by default the usual places')
				.meta({examples: ['/etc/ssl/certs/ca-certificates.crt']}),
			dnsHandover: z
				.enum(['wait', 'confirm'])
				.default('wait')
				.describe('wait: go on when every name resolves; confirm: the operator may also say that it is done elsewhere'),
			caHandover: z
				.enum(['wait', 'confirm'])
				.default('confirm')
				.describe('wait: go on when this host trusts the CA; confirm: the operator may also say that it was handed on'),
			waitMinutes: within(0, 10_080, 'that is a week; a run that is started again goes on waiting')
				.default(60)
				.describe('How long a run without a screen waits for other people'),
			podChecks: z.boolean().default(true).describe('Check names, database and trust from a pod in the cluster too'),
		})
		.prefault({})
		.describe('What other people do, names and trust, and how to check it'),
	helm: z
		.strictObject({
			binary: path
				.default('auto')
				.describe(
					'helm program, 3.8 or newer; auto: that of the bundle, else the own one of the installer, else that in PATH',
				),
			timeoutMinutes: within(1, 1440, 'that is a day; what is not ready by then needs somebody to look at it')
				.default(15)
				.describe('How long one Helm release may take'),
		})
		.prefault({})
		.describe('The helm program'),
	artifacts,
	backup,
	upgrade,
	hooks,
});

/** The schema of a complete, valid set of answers. A message says what a value must: `be a port number`; check.ts makes sentences of them. */
export const answersSchema = shape.superRefine((answers, context) => {
	for (const {path: at, kind} of crossFieldIssues(answers))
		context.addIssue({code: 'custom', path: [...at], message: kind});
});

/** Complete answers, defaults filled in. */
export type Answers = z.output<typeof answersSchema>;
/** Answers as written: everything that has a default may be left out. */
export type AnswersInput = z.input<typeof answersSchema>;
export type WorkspaceAnswers = Answers['workspaces'][number];
/** The parts that control plane and workspace have in common. */
export type ComponentAnswers = Answers['controlPlane'] | WorkspaceAnswers;
