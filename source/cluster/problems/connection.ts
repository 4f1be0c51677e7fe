import type {ProblemTable} from '../../base/problem-table.ts';

const kubeconfig = ['kubernetes.kubeconfig', 'kubernetes.context'] as const;

/** No way to the API server, or none that can be trusted, or nobody there who knows this user. */
export const connectionTable = {
	'kubernetes-unreachable': {
		area: 'cluster',
		answers: kubeconfig,
		cases: {
			refused: {
				who: 'network team',
				message: 'The cluster at {server} refuses the connection (asked to {deed}).',
				cause: 'Nothing listens at that address and port, or a firewall rejects it.',
				fix: 'Check the server address in the kubeconfig, and that this host may reach it.',
			},
			'unknown name': {
				who: 'network team',
				message: 'The cluster at {server} cannot be found (asked to {deed}).',
				cause: 'The name server of this host does not know the host name.',
				fix: 'Check the server address in the kubeconfig, and the DNS of this host.',
			},
			'no answer': {
				who: 'network team',
				message: 'The cluster at {server} does not answer (asked to {deed}).',
				cause: 'There is no way to that address, or a firewall drops the packets.',
				fix: 'Check route, VPN and firewall between this host and the cluster.',
			},
			'broken off': {
				who: 'network team',
				message: 'The cluster at {server} broke the connection off (asked to {deed}).',
				cause: 'The server, or a load balancer or firewall in between, closed the connection.',
				fix: 'Try again; if it stays, look at the load balancer of the API server.',
			},
			'not https': {
				message: 'The cluster at {server} does not speak HTTPS as expected (asked to {deed}).',
				cause: 'The port belongs to another service, or the server wants no TLS or another version of it.',
				fix: 'Check the server address in the kubeconfig.',
			},
			'not http': {
				message: 'The cluster at {server} does not speak HTTP (asked to {deed}).',
				cause: 'The kubeconfig says http://, but that port speaks TLS, or belongs to another service.',
				fix: 'Write https:// and the CA of the cluster into the kubeconfig, or check the address in it.',
			},
			proxy: {
				who: 'network team',
				message: 'The cluster at {server} cannot be reached through the proxy {proxy} (asked to {deed}).',
				cause:
					'The variable {variable} names that proxy and NO_PROXY does not except the server; helm and kubectl go the same way.',
				fix: 'Add the host or network of the API server to NO_PROXY, or have the proxy let these connections through.',
			},
			'own proxy': {
				who: 'network team',
				message: 'The cluster at {server} cannot be reached through the proxy {proxy} (asked to {deed}).',
				cause: 'The {variable} of its cluster in the kubeconfig names that proxy; helm and kubectl go the same way.',
				fix: 'Have the proxy let these connections through, or take proxy-url out of the kubeconfig.',
			},
			other: {
				message: 'The cluster at {server} cannot be reached (asked to {deed}).',
				cause: 'The connection failed for the reason below.',
				fix: 'Check the server address in the kubeconfig, and the network of this host.',
			},
		},
	},
	'kubernetes-untrusted': {
		area: 'cluster',
		who: 'cluster admin',
		answers: kubeconfig,
		cases: {
			'unknown ca': {
				message: 'The cluster at {server} shows a certificate of an unknown CA (asked to {deed}).',
				cause: 'The certificate-authority of the kubeconfig is not the one that signed the server certificate.',
				fix: 'Get a kubeconfig with the right certificate-authority-data; a proxy that opens TLS also has this effect.',
			},
			'other names': {
				message: 'The cluster at {server} shows a certificate for other names (asked to {deed}).',
				cause: 'The address in the kubeconfig is not among the names of the server certificate.',
				fix: 'Use one of the names in the certificate as server, or set tls-server-name in the kubeconfig.',
			},
			'not valid now': {
				message: 'The cluster at {server} shows a certificate that is not valid now (asked to {deed}).',
				cause: 'The server certificate has expired or begins later, or the clock of this host is wrong.',
				fix: 'Check the date of this host; then have the server certificate renewed.',
			},
		},
	},
	'kubernetes-unauthorized': {
		area: 'cluster',
		who: 'cluster admin',
		answers: kubeconfig,
		cases: {
			login: {
				message: 'The cluster at {server} refused to {deed} ({answer}).',
				cause:
					'The cluster does not accept the token or certificate of this kubeconfig; it has expired or belongs elsewhere.',
				fix: 'Log in to the cluster again, or get a new kubeconfig.',
			},
			certificate: {
				message: 'The cluster at {server} does not accept the client certificate.',
				cause: 'The server ended the TLS handshake because of the certificate of this kubeconfig.',
				fix: 'Get a new kubeconfig from the cluster admin.',
			},
		},
	},
	'kubernetes-answer-too-long': {
		area: 'cluster',
		message: 'The cluster at {server} answers without end (asked to {deed}).',
		cause: 'Nothing that this program asks for is that long; something else than the API server may answer there.',
		fix: 'Check the server address in the kubeconfig, and what stands between this host and the cluster.',
		answers: kubeconfig,
	},
	'kubernetes-unreadable': {
		area: 'cluster',
		message: 'The cluster at {server} gave an answer that is not one of Kubernetes (asked to {deed}).',
		cause:
			'It is cut off, or a proxy or login page between this host and the cluster gave it; where it differs is below.',
		fix: 'Try again; if it stays, check the server address in the kubeconfig, and what stands between this host and the cluster.',
		answers: kubeconfig,
	},
	'kubernetes-no-api-server': {
		area: 'cluster',
		message: 'What answers at {server} is not a Kubernetes API server.',
		cause: 'Asked for its version, it gave none; a login page or a proxy may stand in between.',
		fix: 'Check the server address in the kubeconfig.',
		answers: kubeconfig,
	},
} as const satisfies ProblemTable;
