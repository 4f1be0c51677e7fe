import * as z from 'zod';
import {freeText, ipAddress, label, port, proxyAddresses} from '../parts.ts';

/** Namespace and name of a Gateway, as `kubectl get gateway --all-namespaces` shows them in two columns. */
const gatewayName = z
	.string()
	.regex(
		/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\/[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/u,
		'be the namespace and the name of a Gateway, as namespace/name',
	);

/** The way from the network to the servers. */
export const ingress = z
	.strictObject({
		kind: z
			.enum(['ingress', 'gateway', 'route'])
			.default('ingress')
			.describe(
				'ingress: an Ingress of a class; gateway: an HTTPRoute at a Gateway (Gateway API); route: an OpenShift Route',
			),
		className: label.default('nginx').describe('Ingress class of the cluster, for kind ingress'),
		gateway: gatewayName
			.optional()
			.describe('Gateway that the HTTPRoutes attach to, as namespace/name, for kind gateway')
			.meta({examples: ['gateways/shared']}),
		listener: label
			.optional()
			.describe('Listener of that Gateway, by its name; by default every listener that takes the host names')
			.meta({examples: ['https']}),
		address: ipAddress
			.optional()
			.describe('Address of the ingress controller, Gateway or router; by default read from the cluster')
			.meta({examples: ['10.20.30.40']}),
		httpsPort: port.default(443).describe('Port on which the ingress controller answers HTTPS'),
		proxyAddresses: proxyAddresses
			.optional()
			.describe(
				'Addresses or networks, with commas between them, from which the workspace servers take X-Forwarded-For; by default as their chart has it',
			)
			.meta({examples: ['10.244.0.0/16']}),
		annotations: z
			.record(z.string(), freeText)
			.default({'nginx.ingress.kubernetes.io/proxy-body-size': '256m'})
			.describe('Annotations of each Ingress, and of each Route but for those of ingress-nginx'),
	})
	.prefault({})
	.describe('The way from the network into the cluster');
