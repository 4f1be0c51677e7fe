import type {ProblemTable} from '../../base/problem-table.ts';
import {cannotStart} from './says.ts';

/** Images that a node cannot pull, or that are not for it. */
export const imageTable = {
	'image-registry-untrusted': {
		...cannotStart('the node does not trust the registry'),
		area: 'cluster',
		who: 'cluster admin',
		cause:
			'The container runtime of the node does not know the CA of the registry, so it cannot pull the image "{image}".',
		fix: 'Put the CA of the registry into the trust of the container runtime on every node (containerd: certs.d/HOST/hosts.toml).',
	},
	'image-registry-certificate': {
		...cannotStart('the certificate of the registry is not valid for the node'),
		area: 'cluster',
		who: 'cluster admin',
		cause: 'The certificate of the registry has expired, or is for other names than the one in the image reference.',
		fix: 'Have the certificate of the registry renewed for the name that is used.',
		answers: ['registry.host'],
	},
	'image-registry-plain-http': {
		...cannotStart('the registry speaks plain HTTP'),
		area: 'cluster',
		who: 'cluster admin',
		cause: 'The node asks the registry over HTTPS, and it answers without TLS.',
		fix: 'Give the registry a TLS certificate, or allow plain HTTP for it in the container runtime of every node.',
	},
	'image-wrong-platform': {
		...cannotStart('the image is for another processor'),
		area: 'cluster',
		who: 'cluster admin',
		fix: 'Use nodes of the architecture of the bundle, or get a bundle for this one.',
		cases: {
			'no variant': {cause: 'The image "{image}" has no variant for the processor architecture of the node.'},
			program: {cause: 'The program in the image is for another processor architecture than that of the node.'},
		},
	},
	'image-unauthorized': {
		...cannotStart('the registry refuses the login'),
		area: 'cluster',
		cause: 'The registry does not let the node pull the image "{image}" with the pull secret of the namespace.',
		fix: 'Check user name and password of the registry, and that the user may read this repository.',
		answers: ['registry.username', 'registry.password'],
	},
	'image-not-found': {
		...cannotStart('the image is not in the registry'),
		area: 'cluster',
		cause: 'The registry has no image "{image}".',
		fix: 'Start the run again with --from images; if it says that all is there, check registry host and prefix.',
		startFrom: 'images',
		answers: ['registry.host', 'registry.prefix'],
	},
	'image-registry-unreachable': {
		area: 'cluster',
		who: 'network team',
		answers: ['registry.host'],
		cases: {
			'unknown name': {
				...cannotStart('the node cannot find the registry'),
				cause: 'The name server of the node does not know the host name of the registry.',
				fix: 'Have the DNS of the nodes answer for the registry, or use a name that they know.',
			},
			'no name server': {
				...cannotStart('the name server of the node does not answer'),
				cause: 'The name server of the node gave no answer about the host name of the registry; that may pass.',
				fix: 'Wait; where it stays so, have the DNS of the nodes looked at.',
			},
			'no way': {
				...cannotStart('the node cannot reach the registry'),
				cause: 'There is no way from the node to the registry, or nothing listens there.',
				fix: 'Have the way from the nodes to the registry opened.',
			},
		},
	},
	'image-registry-busy': {
		area: 'cluster',
		who: 'cluster admin',
		cases: {
			'too many requests': {
				...cannotStart('the registry asks to come back later'),
				cause: 'The registry, or the kubelet itself, allows only so many pulls at a time (429).',
				fix: 'Wait: the node tries again. Where it stays so, have the limit of the registry raised.',
			},
			error: {
				...cannotStart('the registry has an error of its own'),
				cause: 'The registry answered the node with an error of its own (5xx); it may be restarting.',
				fix: 'Wait: the node tries again. Where it stays so, have the registry and what stands before it looked at.',
			},
		},
	},
	'image-signature-refused': {
		...cannotStart('a policy of the node refuses the image'),
		area: 'cluster',
		who: 'cluster admin',
		cause: 'The container runtime takes only signed images, and "{image}" has no signature that it knows.',
		fix: 'Have the internal registry added to the policy of the nodes (policy.json), or the images signed for it.',
	},
	'image-damaged': {
		...cannotStart('the image is damaged'),
		area: 'cluster',
		cause: 'What the registry, or a cache before it, gave out for "{image}" is not what its digest says.',
		fix: 'Start the run again with --from images; where it says that all is there, have the cache or the disk of the registry looked at.',
		startFrom: 'images',
	},
	'node-disk-full': {
		...cannotStart('the disk of the node is full'),
		area: 'cluster',
		who: 'cluster admin',
		cause: 'The node has no room to unpack the image.',
		fix: 'Have room made on the disk of the node.',
	},
	'image-pull-failed': {
		area: 'cluster',
		cases: {
			pulled: {
				...cannotStart('the image cannot be pulled'),
				cause: 'The node cannot pull the image "{image}"; its own words are below.',
				fix: 'Check the registry from a node of the cluster.',
				answers: ['registry.host', 'registry.prefix'],
			},
			never: {
				...cannotStart('the image is not on the node and must not be pulled'),
				cause: 'The pod forbids pulling (imagePullPolicy Never), and the node does not have the image "{image}".',
				fix: 'Let the pull policy be IfNotPresent.',
			},
		},
	},
	'image-name-invalid': {
		...cannotStart('the image reference is not valid'),
		area: 'cluster',
		cause: '"{image}" is not a valid image reference.',
		fix: 'Check registry host and prefix: lower case, no https://, no trailing slash.',
		answers: ['registry.host', 'registry.prefix'],
	},
} as const satisfies ProblemTable;
