import {KubeConfig, NetworkingV1Api} from '@kubernetes/client-node';

const exists = (error: unknown): void => {
	if ((error as {code?: number}).code !== 409) throw error;
};

/** What a cluster administrator would have put into the cluster: the ingress class. Repeatable. */
export const seedCluster = async (kubeconfig: string, className: string): Promise<void> => {
	const config = new KubeConfig();
	config.loadFromFile(kubeconfig);
	await config
		.makeApiClient(NetworkingV1Api)
		.createIngressClass({body: {metadata: {name: className}, spec: {controller: 'k8s.io/ingress-nginx'}}})
		.catch(exists);
};
