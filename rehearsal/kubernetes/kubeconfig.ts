import {parseDocument, stringify} from 'yaml';

/** A way into a cluster. */
export type Access = {
	/** Of the cluster and of the context. */
	readonly name: string;
	readonly url: string;
	readonly caPem: string;
	readonly user: string;
	/** A bearer token. */
	readonly token: string;
};

/** The text of a kubeconfig file with one context. */
export const writeKubeconfig = ({name, url, caPem, user, token}: Access): string =>
	stringify({
		apiVersion: 'v1',
		kind: 'Config',
		'current-context': name,
		clusters: [{name, cluster: {server: url, 'certificate-authority-data': Buffer.from(caPem).toString('base64')}}],
		users: [{name: user, user: {token}}],
		contexts: [{name, context: {cluster: name, user, namespace: 'default'}}],
	});

/** The extension of a cluster by which a kubeconfig is known for one of a played world, wherever it is copied to (source/app/base/played-world.ts). */
const mark = 'zenml-airgap.io/rehearsal';

/** The same kubeconfig with the folder of the world that its clusters are played in. kubectl and Helm keep what they do not know. */
export const inWorld = (kubeconfig: string, world: string): string => {
	const document = parseDocument(kubeconfig);
	const clusters = document.toJS().clusters as readonly unknown[];
	for (const index of clusters.keys())
		document.setIn(
			['clusters', index, 'cluster', 'extensions'],
			document.createNode([{name: mark, extension: {world}}]),
		);
	return document.toString({lineWidth: 0});
};
