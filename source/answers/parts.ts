import {isIP} from 'node:net';
import * as z from 'zod';
import {quantityPattern} from '../base/quantity.ts';
import {tryReference} from '../oci/reference.ts';

/** What a text answer stands for, where that decides how it is asked for, resolved or protected. */
export type TextKind = 'secret' | 'path' | 'quantity';

/** Marks schemas with their kind; a mark survives `describe`, `meta` and wrapping in a default. */
export const textKinds = z.registry<{readonly kind: TextKind}>();

const secretPattern =
	/^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+|k8s:[a-z0-9.-]+\/[a-z0-9.-]+\/[A-Za-z0-9._-]+|generate|prompt)$/u;

/** A reference to a secret, never the secret: `env:NAME`, `file:PATH`, `k8s:namespace/name/key`, `generate` or `prompt`. */
export const secretRefSchema = z
	.string()
	.regex(
		secretPattern,
		'be a reference to a secret, not the secret itself: env:NAME, file:PATH, k8s:namespace/name/key, generate or prompt',
	)
	.register(textKinds, {kind: 'secret'});

/** True for a text that says where a secret is; false for anything else, such as the secret itself. */
export const isSecretReference = (text: string): boolean => secretRefSchema.safeParse(text).success;

/** A fully qualified DNS name with at least one dot, lower case (RFC 1123; the product refuses single-label hosts). */
export const fqdn = z
	.string()
	.regex(
		/^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/u,
		'be a fully qualified host name in lower case, such as zenml-pro.internal.mycompany.com',
	);

/** The longest name that DNS has, in its written form (RFC 1035, section 2.3.4). */
const longestHost = 253;
const hostTooLong = `have ${longestHost} characters at most`;

/** A host name or IP address, no port. */
export const host = z
	.string()
	.refine((value) => isIP(value) > 0 || /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/u.test(value), {
		message: 'be a host name in lower case or an IP address, without a port',
	})
	.max(longestHost, hostTooLong);

/** Whether the port at the end of `host:port` is one; an IPv6 address without brackets has none. */
const hasPort = (value: string): boolean => {
	const port = Number(isIP(value) > 0 ? 1 : (/:(\d+)$/u.exec(value)?.[1] ?? 1));
	return port >= 1 && port <= 65_535;
};

/** `host` or `host:port`; an IPv6 address goes in brackets (RFC 3986, section 3.2.2). */
export const hostPort = z
	.string()
	.regex(
		/^(\[[0-9a-f:]+\]|[a-z0-9]([a-z0-9.-]*[a-z0-9])?)(:\d{1,5})?$/u,
		'be host or host:port in lower case, without https://',
	)
	.refine(hasPort, 'have a port between 1 and 65535')
	.max(longestHost + 6, hostTooLong);

/** `address` or `address:port`, as a name server is given: a name would have to be looked up at a name server first. */
export const serverAddress = z
	.string()
	.refine(
		(value) => isIP(value.replace(/^\[(.*)\](:\d{1,5})?$|^([^:]*):\d{1,5}$/u, '$1$3')) > 0,
		'be an IP address, or address:port with an IPv6 address in brackets',
	)
	.refine(hasPort, 'have a port between 1 and 65535');

/** An IPv4 or IPv6 address. */
export const ipAddress = z.string().refine((value) => isIP(value) > 0, 'be an IP address');

const isNetwork = (text: string): boolean => {
	const [address = '', bits, ...more] = text.split('/');
	const most = isIP(address) === 6 ? 128 : 32;
	return (
		isIP(address) > 0 && more.length === 0 && (bits === undefined || (/^\d{1,3}$/u.test(bits) && Number(bits) <= most))
	);
};

/** Addresses and networks, separated by commas. Everybody (`*`) is none: then any client could write itself another address. */
export const proxyAddresses = z
	.string()
	.refine(
		(value) => value.split(',').every((one) => isNetwork(one.trim())),
		'be addresses or networks such as 10.244.0.0/16, with commas between them',
	);

/** A TCP port. */
export const port = z.int('be a port number').min(1, 'be between 1 and 65535').max(65535, 'be between 1 and 65535');

/** A Kubernetes object name (RFC 1123 label). */
export const label = z
	.string()
	.regex(
		/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/u,
		'be lower-case letters, digits and hyphens, 63 at most, with no hyphen at either end',
	);

/** A name of a database or role; the product refuses `-` and `.` in database names. */
export const sqlName = z
	.string()
	.regex(
		/^[a-z_][a-z0-9_]{0,62}$/u,
		'be lower-case letters, digits and underscores, starting with a letter, 63 at most',
	);

/** A Kubernetes quantity of CPU or memory, as text. */
export const quantity = z
	.string()
	.regex(quantityPattern, 'be a Kubernetes quantity such as 500m or 2Gi')
	.register(textKinds, {kind: 'quantity'});

/* Patterns of texts have no flag: editors that read the JSON schema give them one or none, and both must mean the same. */

/** A file or folder; `~` and relative paths are resolved by the loader. */
export const path = z
	.string()
	.min(1, 'be a path')
	.regex(/^[ -~\u00A0-\uFFFF]*$/, 'have no control characters')
	.register(textKinds, {kind: 'path'});

/** A text of at least one character, on one line. */
export const text = z
	.string()
	.min(1, 'not be empty')
	.regex(/^[ -~\u00A0-\uFFFF]*$/, 'have no control characters');

/** What begins like a reference to a secret is no name of an account. */
export const nameItself = {
	pattern: /^(?!(?:env|file|k8s):)/u,
	message: 'be the name itself: references such as file:PATH are for passwords and keys',
} as const;

/** The name of an account, as its server knows it. */
export const accountName = text.regex(nameItself.pattern, nameItself.message);

/** The reference of an image that nodes pull, as the container runtime reads it. */
export const imageReference = text.refine(
	(value) => tryReference(value) !== undefined,
	'be the reference of an image: HOST[:PORT]/PATH[:TAG][@sha256:DIGEST], the path in lower case',
);

/** A text that may be empty and have several lines, such as an annotation. */
export const freeText = z
	.string()
	.regex(/^[\t\n -~\u00A0-\uFFFF]*$/, 'have no control characters but tabs and line breaks');

/** CPU and memory of a pod, with the defaults of the vendor's guide. */
export const resources = (cpu: string, memory: string, cpuLimit: string, memoryLimit: string) =>
	z
		.strictObject({
			requests: z
				.strictObject({
					cpu: quantity.default(cpu).describe('CPU that the scheduler sets aside for each pod'),
					memory: quantity.default(memory).describe('Memory that the scheduler sets aside for each pod'),
				})
				.prefault({})
				.describe('What each pod is guaranteed'),
			limits: z
				.strictObject({
					cpu: quantity.default(cpuLimit).describe('CPU that each pod may use at most'),
					memory: quantity.default(memoryLimit).describe('Memory that each pod may use at most'),
				})
				.prefault({})
				.describe('What each pod may use at most'),
		})
		.prefault({})
		.describe('CPU and memory of each pod');

/** A whole number within bounds. @param why what makes more of it a slip, said to whoever gives more */
export const within = (least: number, most: number, why: string) =>
	z.int().min(least).max(most, `be ${most} or less: ${why}`);

/** How many pods of one server there may be. */
export const podCount = within(1, 100, 'every pod holds connections to the database of its own');

/** IDs as Kubernetes takes them (`runAsUser`, `fsGroup`: validation.IsValidUserID), at most 2^31 - 1. */
const groupOrUser = within(0, 2_147_483_647, 'Kubernetes takes no higher ID');

const byCluster = 'null leaves it to the cluster, which OpenShift needs';

/** The user and group of the pods. A cluster that hands out IDs of its own (OpenShift, restricted-v2) refuses pods that name one. */
export const podSecurityContext = z
	.strictObject({
		fsGroup: groupOrUser.nullable().default(1000).describe(`Group ID that owns mounted volumes; ${byCluster}`),
		runAsNonRoot: z.boolean().default(true).describe('Refuse to start as root'),
		runAsUser: groupOrUser.nullable().default(1000).describe(`User ID of the processes; ${byCluster}`),
	})
	.prefault({})
	.describe('User and group that the pods run as');

/** The disruption budget of the pods. */
export const podDisruptionBudget = z
	.strictObject({
		enabled: z.boolean().default(false).describe('Create a PodDisruptionBudget'),
		minAvailable: podCount.default(1).describe('Pods that stay up'),
	})
	.prefault({})
	.describe('Keeps this many pods up while nodes are drained');

/** Labels that a node must have for some pods. */
export const nodeSelector = (what: string) =>
	z
		.record(z.string(), freeText)
		.default({})
		.describe(what)
		.meta({examples: [{'kubernetes.io/os': 'linux'}]});

/** Taints that some pods bear, as kubectl taint has them. */
export const tolerations = (what: string) =>
	z
		.record(
			z.string(),
			z
				.string()
				.regex(
					/^([\w.-]{1,63})?:(NoSchedule|PreferNoSchedule|NoExecute)$/u,
					'be VALUE:EFFECT as kubectl taint has it, such as ml:NoSchedule; without a value it stands for any',
				),
		)
		.default({})
		.describe(what)
		.meta({examples: [{dedicated: 'ml:NoSchedule'}]});

/** On which nodes the pods of a component may run. */
export const scheduling = {
	nodeSelector: nodeSelector('Node labels for the pods; by default any node will do'),
	tolerations: tolerations('Taints of nodes that the pods bear: key of the taint, and its value and effect'),
	spread: z
		.enum(['none', 'hosts', 'zones'])
		.default('none')
		.describe(
			'Keeps the server pods apart where there is room: hosts: on different nodes; zones: in different zones, and on different nodes',
		),
};

/** Environment variables of a server. */
export const environment = z
	.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/u, 'be a variable name'), freeText)
	.default({})
	.describe('Further environment variables of the server; all values are text')
	.meta({examples: [{ZENML_LOGGING_VERBOSITY: 'DEBUG'}]});

/** The operator's own values for a chart. */
export const helmValues = path
	.optional()
	.describe('YAML file with further values for the chart, laid over those of the answers; secrets by reference only')
	.meta({examples: ['./helm-values.yaml']});
