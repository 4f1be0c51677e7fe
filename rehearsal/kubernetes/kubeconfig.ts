import {stringify} from 'yaml';

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
