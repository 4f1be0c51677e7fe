import type {ProblemTable} from '../../base/problem-table.ts';

const throughTheFirewall =
	'Let the pods of this cluster through: network policies, firewall between the nodes and the server, name resolution in the cluster.';
const fromPod = {
	who: 'network team',
	message: 'A pod cannot reach {what}, though this host can.',
	cause: 'The pod itself says: {words}',
	fix: throughTheFirewall,
	nextSteps: ['kubectl -n {namespace} get networkpolicy'],
} as const;

/** Something else answers the pods: this host was told another thing under the same name. */
const elsewhere =
	'Have the way from the nodes to {server} looked at: a load balancer, a proxy or another DNS answers the pods in its place.';

/** What this host reaches and a pod does not. */
export const fromPodTable = {
	'unreachable-from-pod-https': {area: 'cluster', ...fromPod},
	'unreachable-from-pod-dns': {area: 'cluster', ...fromPod},
	'unreachable-from-pod-database': {
		area: 'database',
		message: 'A pod in namespace {namespace} cannot log in to the database server {server}, though this host can.',
		cases: {
			network: {
				who: 'network team',
				cause: 'The pod does not get through. It says: {words}',
				fix: throughTheFirewall,
				nextSteps: ['kubectl -n {namespace} get networkpolicy'],
			},
			name: {
				who: 'cluster admin',
				cause: 'The DNS of the cluster does not know {host}. The pod says: {words}',
				fix: 'Have the name added to the DNS that pods ask, or give the address of the server in {at}.host.',
				nextSteps: ['kubectl -n kube-system get configmap coredns -o yaml'],
			},
			'untrusted certificate': {
				who: 'network team',
				cause: 'The pod is shown a certificate that the CA in the Secret {secret} did not sign. The pod says: {words}',
				fix: elsewhere,
			},
			'certificate of another host': {
				who: 'network team',
				cause: 'The pod is shown a certificate that is not for {host}. The pod says: {words}',
				fix: elsewhere,
			},
			'no TLS': {
				who: 'network team',
				cause: 'The pod is offered no TLS, which {at}.tls asks for.',
				fix: elsewhere,
			},
			'login to MySQL': {
				who: 'database admin',
				cause:
					"The server refuses the pod with {code}: {words} The same login works from this host: the host part of the account '{username}'@… may not admit the network of the pods.",
				fix: "Have the account made for the network of the pods, or for every host: '{username}'@'%'.",
			},
			'login to PostgreSQL': {
				who: 'database admin',
				cause:
					'The server refuses the pod with {code}: {words} The same login works from this host: pg_hba.conf may not admit the network of the pods.',
				fix: 'Have a line added to pg_hba.conf that admits role {username} from the network of the pods.',
			},
			refused: {
				who: 'database admin',
				cause: 'The server refuses the pod with {code}: {words}',
				fix: 'Have what the server says mended, then start the same command again.',
			},
			other: {
				who: 'network team',
				cause: 'The pod itself says: {words}',
				fix: elsewhere,
			},
		},
	},
} as const satisfies ProblemTable;
