import {describe} from 'vitest';
import {event, image, picture, pull, waiting} from './fixtures.ts';
import {type Row, testEach} from './told.ts';

const unauthorized: Omit<Row, 'about' | 'found'> = {
	code: 'image-unauthorized',
	stuck: true,
	short: 'the registry refuses the login',
	cause: `The registry does not let the node pull the image "${image}" with the pull secret of the namespace.`,
	fix: 'Check user name and password of the registry, and that the user may read this repository.',
	answers: ['registry.username', 'registry.password'],
};
const notFound: Omit<Row, 'about' | 'found'> = {
	code: 'image-not-found',
	stuck: true,
	short: 'the image is not in the registry',
	cause: `The registry has no image "${image}".`,
	fix: 'Start the run again with --from images; if it says that all is there, check registry host and prefix.',
	answers: ['registry.host', 'registry.prefix'],
};
const untrusted: Omit<Row, 'about' | 'found'> = {
	code: 'image-registry-untrusted',
	who: 'cluster admin',
	stuck: true,
	short: 'the node does not trust the registry',
	cause: `The container runtime of the node does not know the CA of the registry, so it cannot pull the image "${image}".`,
	fix: 'Put the CA of the registry into the trust of the container runtime on every node (containerd: certs.d/HOST/hosts.toml).',
};

/** A pull that was made while the node could not read the pull secret yet. */
const early = (count: number): Row => ({
	...unauthorized,
	about: `pull number ${count} after the node could not read the pull secret at first`,
	found: picture({
		pods: [waiting('ErrImagePull', 'unexpected status: 401 Unauthorized')],
		events: [
			event('FailedToRetrieveImagePullSecret', 'Unable to retrieve some image pull secrets (s)'),
			{...event('Failed', `Failed to pull image "${image}": 401 Unauthorized`), count},
		],
	}),
	stuck: count > 1,
});

// Messages in the words of containerd 1.7 and 2, CRI-O and the kubelet.
const rows: readonly Row[] = [
	{
		...untrusted,
		about: 'a registry CA that the node does not know',
		found: pull(
			'failed to do request: Head "https://registry.lab/v2/": tls: failed to verify certificate: x509: certificate signed by unknown authority',
		),
	},
	{
		...untrusted,
		about: 'a back-off whose cause is only in an event',
		found: picture({
			pods: [waiting('ImagePullBackOff', `Back-off pulling image "${image}"`)],
			events: [event('Failed', `Failed to pull image "${image}": x509: certificate signed by unknown authority`)],
		}),
	},
	{
		about: 'a registry certificate for other names',
		found: pull('tls: failed to verify certificate: x509: certificate is valid for a.lab, not registry.lab'),
		code: 'image-registry-certificate',
		who: 'cluster admin',
		stuck: true,
		short: 'the certificate of the registry is not valid for the node',
		cause: 'The certificate of the registry has expired, or is for other names than the one in the image reference.',
		fix: 'Have the certificate of the registry renewed for the name that is used.',
		answers: ['registry.host'],
	},
	{
		about: 'a registry without TLS',
		found: pull('http: server gave HTTP response to HTTPS client'),
		code: 'image-registry-plain-http',
		who: 'cluster admin',
		stuck: true,
		short: 'the registry speaks plain HTTP',
		cause: 'The node asks the registry over HTTPS, and it answers without TLS.',
		fix: 'Give the registry a TLS certificate, or allow plain HTTP for it in the container runtime of every node.',
	},
	{
		...unauthorized,
		about: 'a wrong registry password',
		found: pull('failed to authorize: failed to fetch anonymous token: unexpected status: 401 Unauthorized'),
	},
	early(1),
	early(2),
	{
		...unauthorized,
		about: 'a repository that may not be read',
		found: pull('pull access denied, repository does not exist or may require authorization'),
	},
	{
		...notFound,
		about: 'an image that is not there',
		found: pull(`failed to resolve reference "${image}": ${image}: not found`),
	},
	{
		...notFound,
		about: 'a manifest that CRI-O misses',
		found: pull('reading manifest 0.13.0 in registry.lab/zenml: manifest unknown'),
	},
	{
		about: 'a registry name that the node cannot resolve',
		found: pull('dial tcp: lookup registry.lab on 10.0.0.2:53: no such host'),
		code: 'image-registry-unreachable',
		who: 'network team',
		stuck: true,
		short: 'the node cannot find the registry',
		cause: 'The name server of the node does not know the host name of the registry.',
		fix: 'Have the DNS of the nodes answer for the registry, or use a name that they know.',
		answers: ['registry.host'],
	},
	{
		about: 'a registry behind a firewall',
		found: pull('dial tcp 10.0.0.9:443: i/o timeout'),
		code: 'image-registry-unreachable',
		who: 'network team',
		stuck: false,
		short: 'the node cannot reach the registry',
		cause: 'There is no way from the node to the registry, or nothing listens there.',
		fix: 'Have the way from the nodes to the registry opened.',
		answers: ['registry.host'],
	},
	{
		about: 'an image for another processor',
		found: pull('no match for platform in manifest: not found'),
		code: 'image-wrong-platform',
		who: 'cluster admin',
		stuck: true,
		short: 'the image is for another processor',
		cause: `The image "${image}" has no variant for the processor architecture of the node.`,
		fix: 'Use nodes of the architecture of the bundle, or get a bundle for this one.',
	},
	{
		about: 'a full node disk',
		found: pull('write /var/lib: no space left on device'),
		code: 'node-disk-full',
		who: 'cluster admin',
		stuck: false,
		short: 'the disk of the node is full',
		cause: 'The node has no room to unpack the image.',
		fix: 'Have room made on the disk of the node.',
	},
	{
		about: 'any other failed pull',
		found: pull('something new'),
		code: 'image-pull-failed',
		stuck: true,
		short: 'the image cannot be pulled',
		cause: `The node cannot pull the image "${image}"; its own words are below.`,
		fix: 'Check the registry from a node of the cluster.',
		answers: ['registry.host', 'registry.prefix'],
	},
	{
		about: 'an image that must not be pulled and is not there',
		found: picture({pods: [waiting('ErrImageNeverPull', 'Container image is not present with pull policy of Never')]}),
		code: 'image-pull-failed',
		stuck: true,
		short: 'the image is not on the node and must not be pulled',
		cause: `The pod forbids pulling (imagePullPolicy Never), and the node does not have the image "${image}".`,
		fix: 'Let the pull policy be IfNotPresent.',
	},
	{
		about: 'an image reference that is none',
		found: picture({pods: [waiting('InvalidImageName')]}),
		code: 'image-name-invalid',
		stuck: true,
		short: 'the image reference is not valid',
		cause: `"${image}" is not a valid image reference.`,
		fix: 'Check registry host and prefix: lower case, no https://, no trailing slash.',
		answers: ['registry.host', 'registry.prefix'],
	},
	{
		about: 'an image that the node does not name',
		found: picture({pods: [waiting('InvalidImageName', '', {image: ''})]}),
		code: 'image-name-invalid',
		stuck: true,
		short: 'the image reference is not valid',
		cause: '"(unknown)" is not a valid image reference.',
		fix: 'Check registry host and prefix: lower case, no https://, no trailing slash.',
		answers: ['registry.host', 'registry.prefix'],
	},
];

describe('what Kubernetes says of images', () => testEach(rows));
