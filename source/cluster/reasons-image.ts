import type {Reason} from './reasons.ts';

const pulls = ['ErrImagePull', 'ImagePullBackOff', 'RegistryUnavailable'];
const imageOf = (image: string | undefined): string => (image ? `"${image}"` : 'of the container');

/** Pulls that fail. Messages as containerd, CRI-O and the registry words they pass on write them. */
export const imageReasons: readonly Reason[] = [
	{
		reasons: pulls,
		message:
			/x509: certificate signed by unknown authority|tls: failed to verify certificate: x509: .*unknown authority/u,
		code: 'image-registry-untrusted',
		plain: 'the node does not trust the registry',
		cause: ({image}) =>
			`The container runtime of the node does not know the CA of the registry, so it cannot pull the image ${imageOf(image)}.`,
		fix: 'Put the CA of the registry into the trust of the container runtime on every node (containerd: certs.d/HOST/hosts.toml).',
		who: 'cluster admin',
		stuck: true,
	},
	{
		reasons: pulls,
		message: /x509: (certificate (has expired|is valid for|is not valid)|cannot validate certificate)/u,
		code: 'image-registry-certificate',
		plain: 'the certificate of the registry is not valid for the node',
		cause: () =>
			'The certificate of the registry has expired, or is for other names than the one in the image reference.',
		fix: 'Have the certificate of the registry renewed for the name that is used.',
		who: 'cluster admin',
		answers: ['registry.host'],
		stuck: true,
	},
	{
		reasons: pulls,
		message: /server gave HTTP response to HTTPS client/u,
		code: 'image-registry-plain-http',
		plain: 'the registry speaks plain HTTP',
		cause: () => 'The node asks the registry over HTTPS, and it answers without TLS.',
		fix: 'Give the registry a TLS certificate, or allow plain HTTP for it in the container runtime of every node.',
		who: 'cluster admin',
		stuck: true,
	},
	{
		reasons: pulls,
		message: /no match for platform|does not match the specified platform/u,
		code: 'image-wrong-platform',
		plain: 'the image is for another processor',
		cause: ({image}) => `The image ${imageOf(image)} has no variant for the processor architecture of the node.`,
		fix: 'Use nodes of the architecture of the bundle, or get a bundle for this one.',
		who: 'cluster admin',
		stuck: true,
	},
	{
		reasons: pulls,
		message:
			/unauthorized|authentication required|no basic auth credentials|pull access denied|requested access to the resource is denied|403 Forbidden|401 Unauthorized|insufficient_scope/iu,
		code: 'image-unauthorized',
		plain: 'the registry refuses the login',
		cause: ({image}) =>
			`The registry does not let the node pull the image ${imageOf(image)} with the pull secret of the namespace.`,
		fix: 'Check user name and password of the registry, and that the user may read this repository.',
		answers: ['registry.username', 'registry.password'],
		stuck: ({pulledTooSoon}) => !pulledTooSoon,
	},
	{
		reasons: pulls,
		message: /not found|manifest unknown|name unknown|repository does not exist|404/iu,
		code: 'image-not-found',
		plain: 'the image is not in the registry',
		cause: ({image}) => `The registry has no image ${imageOf(image)}.`,
		fix: 'Run the images step again; if it says that all is there, check registry host and prefix.',
		answers: ['registry.host', 'registry.prefix'],
		stuck: true,
	},
	{
		reasons: pulls,
		message: /no such host|server misbehaving/u,
		code: 'image-registry-unreachable',
		plain: 'the node cannot find the registry',
		cause: () => 'The name server of the node does not know the host name of the registry.',
		fix: 'Have the DNS of the nodes answer for the registry, or use a name that they know.',
		who: 'network team',
		answers: ['registry.host'],
		stuck: true,
	},
	{
		reasons: pulls,
		message:
			/i\/o timeout|connection refused|connection reset|no route to host|network is unreachable|deadline exceeded|Client\.Timeout|dial tcp/u,
		code: 'image-registry-unreachable',
		plain: 'the node cannot reach the registry',
		cause: () => 'There is no way from the node to the registry, or nothing listens there.',
		fix: 'Have the way from the nodes to the registry opened.',
		who: 'network team',
		answers: ['registry.host'],
		stuck: true,
	},
	{
		reasons: pulls,
		message: /no space left on device/u,
		code: 'node-disk-full',
		plain: 'the disk of the node is full',
		cause: () => 'The node has no room to unpack the image.',
		fix: 'Have room made on the disk of the node.',
		who: 'cluster admin',
		stuck: true,
	},
	{
		reasons: pulls,
		code: 'image-pull-failed',
		plain: 'image cannot be pulled',
		cause: ({image}) => `The node cannot pull the image ${imageOf(image)}; its own words are below.`,
		fix: 'Check the registry from a node of the cluster.',
		answers: ['registry.host', 'registry.prefix'],
		stuck: true,
	},
	{
		reasons: ['ErrImageNeverPull'],
		code: 'image-pull-failed',
		plain: 'image is not on the node and must not be pulled',
		cause: ({image}) =>
			`The pod forbids pulling (imagePullPolicy Never), and the node does not have the image ${imageOf(image)}.`,
		fix: 'Let the pull policy be IfNotPresent.',
		stuck: true,
	},
	{
		reasons: ['InvalidImageName'],
		code: 'image-name-invalid',
		plain: 'the image reference is not valid',
		cause: ({image}) => `"${image ?? ''}" is not a valid image reference.`,
		fix: 'Check registry host and prefix: lower case, no https://, no trailing slash.',
		answers: ['registry.host', 'registry.prefix'],
		stuck: true,
	},
];
