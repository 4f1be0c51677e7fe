import {journalSecretKey, journalSecretName} from '../../../cluster/journal-secret.ts';
import type {ClusterPort, KubeObject} from '../../../cluster/types.ts';
import {type Journal, parseJournal} from '../../../engine/journal.ts';

/** Longest wait for the journal's copy in the cluster, ms. */
export const clusterJournalMs = 5000;

/** The journal that another host left in the cluster; undefined when there is none. */
export const readClusterJournal = async (
	cluster: ClusterPort,
	namespace: string,
	signal: AbortSignal,
): Promise<Journal | undefined> => {
	const secret = await cluster.get({apiVersion: 'v1', kind: 'Secret', namespace, name: journalSecretName}, signal);
	const encoded = (secret?.data as Readonly<Record<string, string>> | undefined)?.[journalSecretKey];
	if (encoded === undefined) return undefined;
	const text = Buffer.from(encoded, 'base64').toString('utf8');
	return parseJournal(JSON.parse(text), `Secret ${namespace}/${journalSecretName}`);
};

/** Writes the journal's copy in the cluster; the namespace must exist. */
export const writeClusterJournal = async (
	cluster: ClusterPort,
	namespace: string,
	journal: Journal,
	signal: AbortSignal,
): Promise<void> => {
	const secret: KubeObject = {
		apiVersion: 'v1',
		kind: 'Secret',
		metadata: {name: journalSecretName, namespace, labels: {'app.kubernetes.io/managed-by': 'zenml-airgap'}},
		type: 'Opaque',
		data: {[journalSecretKey]: Buffer.from(JSON.stringify(journal), 'utf8').toString('base64')},
	};
	await cluster.apply(secret, {signal, force: true});
};
