import {type Draft, getAt} from '../tree.ts';
import {advanced, question, type Topic} from './types.ts';

/** What leads to the servers, as the draft has it. */
const kindIn = (draft: Draft): unknown => getAt(draft, 'ingress.kind') ?? 'ingress';

/** What is there before ZenML: bundle, cluster, registry, certificates. */
export const siteTopics: readonly Topic[] = [
	{
		id: 'cluster',
		title: 'Bundle and cluster',
		intro: 'Where the bundle is that was carried over the gap, and how to reach the cluster.',
		questions: [
			question(
				'bundle.path',
				'Bundle',
				'Images and charts are taken from here: the folder, or the tar file as it came.',
			),
			advanced(
				'bundle.platform',
				'Platform of the nodes',
				'Images for this platform are taken, such as linux/arm64; all takes every platform that the bundle has.',
			),
			advanced(
				'bundle.compress',
				'Compress raw layers',
				'Layers of docker save are not compressed. Over a link below some 50 MB/s, zstd saves a third of the time.',
			),
			advanced(
				'bundle.signature.publicKey',
				'Public key of the signer',
				'With it, only a bundle that this key has signed is taken. A file, or its line that begins with RW.',
			),
			advanced(
				'bundle.signature.mode',
				'Bundles without signature',
				'require refuses them, warn tells of them, off says nothing. A signature that is there must always hold.',
			),
			question('kubernetes.kubeconfig', 'kubeconfig', 'The cluster and the login are read from this file.'),
			question('kubernetes.context', 'Context', 'One kubeconfig may know several clusters; this names the one to use.'),
			advanced(
				'helm.binary',
				'helm program',
				'Releases are made with this program, so that helm on its own knows them too.',
			),
			advanced(
				'helm.timeoutMinutes',
				'Minutes for one release',
				'A release that is not up by then is looked into and reported.',
			),
		],
	},
	{
		id: 'registry',
		title: 'Registry',
		intro: 'The images of the bundle are pushed to this registry, and the cluster pulls them from it.',
		questions: [
			question('registry.host', 'Registry host', 'Nodes and this host reach the registry under this name.'),
			question(
				'registry.prefix',
				'Path in the registry',
				'The images go below this path, for example a project in Harbor.',
			),
			question(
				'registry.username',
				'Login',
				'It may push from here and pull from the cluster. Empty for a registry without login.',
			),
			question(
				'registry.password',
				'Password or token',
				'Type it, or say where it is: it is kept out of files and logs.',
				{
					when: (draft) =>
						getAt(draft, 'registry.username') !== undefined || getAt(draft, 'registry.password') !== undefined,
				},
			),
			question(
				'registry.ca',
				'CA certificate',
				'Only needed when this host does not trust the certificate of the registry.',
			),
			advanced(
				'registry.pushHost',
				'Host to push to',
				'Only where images are pushed under another name or port than the nodes pull from. Login and CA are the same.',
			),
			advanced(
				'registry.clientCertificate',
				'Client certificate',
				'For a registry that asks who is calling before it speaks. It is not given to the nodes.',
			),
			advanced('registry.clientKey', 'Key of that certificate', 'It must have no passphrase.', {
				when: (draft) =>
					getAt(draft, 'registry.clientCertificate') !== undefined || getAt(draft, 'registry.clientKey') !== undefined,
			}),
			advanced(
				'registry.concurrency',
				'Layers at once',
				'More is faster to a far registry, fewer is kinder to a small one.',
			),
			advanced(
				'registry.bandwidth',
				'Most bytes a second',
				'Leaves room on a line that others use too. Left empty, there is no bound.',
			),
			advanced(
				'registry.plainHttp',
				'Speak HTTP without TLS',
				'For a trial with a registry on this host. Login and images are then readable on the way.',
			),
			advanced(
				'registry.pullSecretName',
				'Name of the pull secret',
				'Made in each namespace, so that the nodes can log in.',
			),
		],
	},
	{
		id: 'tls',
		title: 'Certificates and ingress',
		intro: 'One certificate covers every host name. Browsers and pipelines must trust the CA that signed it.',
		questions: [
			question('tls.certificate', 'Certificate', 'It must name the host of the control plane and of each workspace.'),
			question('tls.key', 'Private key', 'It must belong to the certificate and have no passphrase.'),
			question('tls.ca', 'CA certificate', 'Pods and this tool trust it; it is also handed to the users of ZenML.'),
			advanced('tls.secretName', 'Name of the TLS secret', 'Made in each namespace, for the ingress controller.'),
			advanced(
				'ingress.kind',
				'Way into the cluster',
				'ingress suits most clusters. gateway attaches to a Gateway that your platform team keeps; route is for OpenShift.',
			),
			question(
				'ingress.className',
				'Ingress class',
				'The ingress controller of this class answers for the host names.',
				{when: (draft) => kindIn(draft) === 'ingress'},
			),
			question(
				'ingress.gateway',
				'Gateway',
				'The Gateway whose HTTPS listener takes the host names: its namespace and name. It shows a certificate of its own.',
				{when: (draft) => kindIn(draft) === 'gateway'},
			),
			advanced(
				'ingress.listener',
				'Listener of the Gateway',
				'Name the HTTPS listener where the Gateway has one for clear text too.',
				{when: (draft) => kindIn(draft) === 'gateway'},
			),
			question(
				'ingress.address',
				'Ingress address',
				'The DNS records point here. Left empty, it is read from the cluster.',
			),
			advanced(
				'ingress.httpsPort',
				'HTTPS port',
				'Other than 443 where the ingress controller sits behind a node port.',
			),
			advanced(
				'ingress.proxyAddresses',
				'Addresses of the proxy',
				'Who the servers believe when it tells the address of a client: pods of the ingress controller. Left empty, as the chart has it.',
			),
			advanced(
				'ingress.annotations',
				'Ingress annotations',
				'Instructions to the ingress controller. Large uploads need a raised body size.',
				{when: (draft) => kindIn(draft) !== 'gateway'},
			),
		],
	},
];
