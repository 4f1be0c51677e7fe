import type {ClusterEntry} from '../kubeconfig/entries.ts';
import type {LoadedKubeconfig} from '../kubeconfig/load.ts';
import {readNamedFile} from '../kubeconfig/read-file.ts';

/** Name of the extension of a cluster that is meant for its plug-in (client-go `ConfigToExecCluster`). */
const extensionName = 'client.authentication.k8s.io/exec';

const authorityOf = (cluster: ClusterEntry): string | undefined => {
	const file = cluster['certificate-authority'];
	return file ? readNamedFile(file).toString('base64') : cluster['certificate-authority-data'];
};

/** What is undefined does not travel. */
const clusterInfo = (cluster: ClusterEntry) => ({
	server: cluster.server,
	'tls-server-name': cluster['tls-server-name'],
	'insecure-skip-tls-verify': cluster['insecure-skip-tls-verify'] || undefined,
	'certificate-authority-data': authorityOf(cluster),
	'proxy-url': cluster['proxy-url'],
	config: cluster.extensions?.find(({name}) => name === extensionName)?.extension,
});

/** What a plug-in is told in KUBERNETES_EXEC_INFO: that nobody types, and the cluster where its kubeconfig provides it. */
export const execInfoOf = ({exec, cluster}: Pick<LoadedKubeconfig, 'exec' | 'cluster'>): string =>
	JSON.stringify({
		apiVersion: exec?.apiVersion,
		kind: 'ExecCredential',
		spec: {interactive: false, ...(exec?.provideClusterInfo ? {cluster: clusterInfo(cluster)} : {})},
	});

/** The environment of a plug-in: the given one, what the kubeconfig adds, and the information. */
export const environmentOf = (
	loaded: Pick<LoadedKubeconfig, 'exec' | 'cluster'>,
	environment: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> => {
	const added = (loaded.exec?.env ?? []).map(({name, value}) => [name, value] as const);
	const given = Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined);
	return {...Object.fromEntries([...given, ...added]), KUBERNETES_EXEC_INFO: execInfoOf(loaded)};
};

/** Equal for two kubeconfigs whose plug-in is asked the same. */
export const execKey = ({exec, cluster}: Pick<LoadedKubeconfig, 'exec' | 'cluster'>): string =>
	JSON.stringify([exec, cluster]);
