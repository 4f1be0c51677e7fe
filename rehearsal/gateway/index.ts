/** The Gateway of a site that has the Gateway API; its platform team keeps it in a namespace of its own. */
export const siteGateway = {
	namespace: 'gateways',
	name: 'shared',
	secret: 'shared-tls',
	className: 'rehearsal',
} as const;
