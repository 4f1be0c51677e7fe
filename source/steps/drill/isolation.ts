import type {KubeObject} from '../../cluster/types.ts';
import {serverGroups} from '../shared/database-servers.ts';
import type {World} from '../world.ts';
import {drillLabels, drillNamespace} from './names.ts';

const namePort = 53;

/**
 * What pods of the drill may reach: each other, name servers, and the ports of the databases. By port and not by address: of a Service
 * the address is exchanged before a policy is asked (Kubernetes documentation, "Network Policies").
 */
export const networkPolicy = (world: World): KubeObject => {
	const ports = [...new Set(serverGroups(world).map(({server}) => server.port))];
	return {
		apiVersion: 'networking.k8s.io/v1',
		kind: 'NetworkPolicy',
		metadata: {name: 'zenml-airgap-drill', namespace: drillNamespace, labels: drillLabels},
		spec: {
			podSelector: {},
			policyTypes: ['Ingress', 'Egress'],
			ingress: [{from: [{podSelector: {}}]}],
			egress: [
				{to: [{podSelector: {}}]},
				{
					ports: [
						{protocol: 'UDP', port: namePort},
						{protocol: 'TCP', port: namePort},
						...ports.map((port) => ({protocol: 'TCP', port})),
					],
				},
			],
		},
	};
};
