import type {ProblemTable} from '../../base/problem-table.ts';

const gatewayLook = 'kubectl -n {gatewayNamespace} get gateway {name} -o yaml';

/** The way from the network to the servers, other than by an Ingress: Gateway API and OpenShift Routes. */
export const wayInTable = {
	'gateway-api-missing': {
		area: 'prerequisites',
		who: 'cluster admin',
		message: 'The cluster knows no Gateway: it does not serve gateway.networking.k8s.io/v1.',
		cause: 'The definitions of the Gateway API are not installed, or are older than its release 1.0.',
		fix: 'Have the Gateway API and a controller for it installed, or choose another way with ingress.kind.',
		nextSteps: ['kubectl api-resources --api-group=gateway.networking.k8s.io'],
		answers: ['ingress.kind'],
	},
	'gateway-missing': {
		area: 'prerequisites',
		who: 'cluster admin',
		message: 'The cluster has no Gateway {gateway}.',
		answers: ['ingress.gateway'],
		nextSteps: ['kubectl get gateway --all-namespaces'],
		cases: {
			'other gateways': {cause: 'That namespace has: {others}.', fix: 'Name one of these in ingress.gateway.'},
			'no gateway': {
				cause: 'That namespace has none at all.',
				fix: 'Have the Gateway made, or correct its namespace and name.',
			},
		},
	},
	'gateway-not-ready': {
		area: 'prerequisites',
		who: 'cluster admin',
		message: 'The Gateway {gateway} serves nothing.',
		answers: ['ingress.gateway'],
		nextSteps: [gatewayLook],
		cases: {
			unseen: {
				cause:
					'No controller has written the condition {condition} for its present form: none is responsible for its class, or it is not up.',
				fix: 'Have the controller of its GatewayClass looked at.',
			},
			refused: {
				cause: 'Its controller says {condition} {status}: {words}',
				fix: 'Have what its controller complains of mended.',
			},
		},
	},
	'gateway-unfit': {
		area: 'prerequisites',
		who: 'cluster admin',
		message: 'The Gateway {gateway} has no listener that would serve {host}.',
		answers: ['ingress.gateway', 'ingress.listener'],
		nextSteps: [gatewayLook],
		cases: {
			'no such listener': {
				cause: 'It has no listener called {listener}; it has: {listeners}.',
				fix: 'Name one of these in ingress.listener, or leave it out.',
			},
			'no HTTPS': {
				cause: 'No listener ends TLS with protocol HTTPS; it has: {listeners}.',
				fix: 'Have an HTTPS listener added that shows a certificate for {host}.',
			},
			host: {
				cause: 'The HTTPS listeners take other host names: {listeners}.',
				fix: 'Have the host name added to a listener, as {host} or by a wildcard.',
			},
			namespaces: {
				cause:
					'The listener {listener} takes no routes from namespace {namespace}: allowedRoutes.namespaces is {from}.',
				fix: 'Have allowedRoutes of that listener take the namespace: from All, or a selector that its labels match. A ReferenceGrant does not help: it is for Secrets and Services of other namespaces.',
			},
			kinds: {
				cause: 'The listener {listener} takes no HTTPRoutes: allowedRoutes.kinds is {kinds}.',
				fix: 'Have HTTPRoute added to allowedRoutes.kinds of that listener.',
			},
			'listener refused': {
				cause: 'The controller does not serve the listener {listener}: {words}',
				fix: 'Have what it complains of mended.',
			},
			certificate: {
				cause: 'The listener {listener} cannot use its certificate: {words}',
				fix: 'Have the Secret named there put right; where it is in another namespace than the Gateway, a ReferenceGrant in that namespace must allow it.',
			},
		},
	},
	'gateway-certificate': {
		area: 'prerequisites',
		who: 'cluster admin',
		message: 'The Gateway {gateway} shows a certificate for {host} that clients will refuse.',
		cause: 'At {address}, port {port}: {words}',
		fix: 'Have the certificate of the listener replaced by one for this name, signed by the CA in tls.ca: a Gateway shows its own, not that of tls.certificate.',
		nextSteps: [gatewayLook],
		answers: ['ingress.gateway', 'tls.ca'],
	},
	'route-api-missing': {
		area: 'prerequisites',
		who: 'cluster admin',
		message: 'The cluster knows no Routes: it does not serve route.openshift.io/v1.',
		cause: 'Only OpenShift and OKD have them.',
		fix: 'Choose another way with ingress.kind: ingress, or gateway where the cluster has the Gateway API.',
		answers: ['ingress.kind'],
	},
	'chart-without-ingress': {
		area: 'prerequisites',
		who: 'vendor',
		message: 'The chart {chart} {version} tells no paths from which a {kind} could be made.',
		cause: 'With its Ingress switched on it renders none, or one for Services that it does not render.',
		fix: 'Take a bundle with a chart that makes an Ingress, or use ingress.kind ingress.',
		answers: ['ingress.kind', 'bundle.path'],
	},
	'way-in-unseen': {
		area: 'cluster',
		who: 'cluster admin',
		message: 'Nobody serves {host} yet.',
		nextSteps: ['kubectl -n {namespace} get events'],
		cases: {
			gateway: {
				cause: 'The controller of the Gateway {gateway} has not said whether it takes {object}.',
				fix: 'Try again in a minute. If it stays so, have the controller looked at.',
			},
			route: {
				cause: 'No router has said whether it takes {object}.',
				fix: 'Try again in a minute. If it stays so, have the router looked at: it may only take Routes with labels of its own (route sharding).',
			},
			none: {
				cause: 'Namespace {namespace} has no {object} for this host.',
				fix: 'Run the install again: it makes what is missing. If it stays so, somebody takes it away.',
			},
		},
	},
	'httproute-refused': {
		area: 'cluster',
		who: 'cluster admin',
		message: 'The Gateway {gateway} does not take {object}: {host} is not served.',
		answers: ['ingress.gateway', 'ingress.listener'],
		nextSteps: ['kubectl -n {namespace} get httproute -o yaml'],
		cases: {
			namespace: {
				cause: 'No listener takes routes from namespace {namespace}. Its controller says: {words}',
				fix: 'Have allowedRoutes of the listener take that namespace.',
			},
			host: {
				cause: 'No listener takes that host name. Its controller says: {words}',
				fix: 'Have the host name added to a listener, or name another Gateway.',
			},
			listener: {
				cause: 'The Gateway has no such listener or port. Its controller says: {words}',
				fix: 'Correct ingress.listener, or leave it out.',
			},
			other: {cause: 'Its controller says: {words}', fix: 'Have what the controller complains of mended.'},
		},
	},
	'httproute-unresolved': {
		area: 'cluster',
		who: 'cluster admin',
		message: 'The Gateway {gateway} takes {object}, but cannot send requests for {host} on.',
		cause: 'Its controller says of what it names: {words}',
		fix: 'Try again in a minute. If it stays so, have the Service looked at that it names, and the controller.',
		nextSteps: ['kubectl -n {namespace} get httproute,service -o yaml'],
	},
	'route-refused': {
		area: 'cluster',
		who: 'cluster admin',
		message: 'No router takes {object}: {host} is not served.',
		nextSteps: ['kubectl get route --all-namespaces'],
		cases: {
			claimed: {
				cause: 'A Route of another namespace has the host already. The router says: {words}',
				fix: 'Have that Route removed, or use another host name.',
			},
			other: {cause: 'The router says: {words}', fix: 'Have what the router complains of mended.'},
		},
	},
} as const satisfies ProblemTable;
