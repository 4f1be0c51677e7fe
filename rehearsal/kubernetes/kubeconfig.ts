import {stringify} from 'yaml';

/** The text of a kubeconfig file with one context, for a bearer token. */
export const writeKubeconfig = (name: string, url: string, caPem: string, user: string, token: string): string =>
	stringify({
		apiVersion: 'v1',
		kind: 'Config',
		'current-context': name,
		clusters: [{name, cluster: {server: url, 'certificate-authority-data': Buffer.from(caPem).toString('base64')}}],
		users: [{name: user, user: {token}}],
		contexts: [{name, context: {cluster: name, user, namespace: 'default'}}],
	});
