import type {Authority} from '../authority/index.ts';
import {siteGateway} from '../gateway/index.ts';
import {type KubernetesServer, kindById} from '../kubernetes/index.ts';

const certificateDays = 825;
const manager = 'platform-team';

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');

/**
 * What the platform team of a site keeps: a Gateway with an HTTPS listener for every namespace, and its own certificate for the hosts. What
 * is there already stays.
 */
export const keepGateway = async (
	{authority, hosts}: {readonly authority: Authority; readonly hosts: readonly string[]},
	{operations}: KubernetesServer,
): Promise<void> => {
	const {namespace, name, secret, className} = siteGateway;
	const {cert, key} = await authority.issue({hosts, days: certificateDays});
	const make = (id: string, its: string, rest: object, at: string = namespace): void => {
		const info = kindById(id);
		if (operations.store.get(id, at, its)) return;
		const apiVersion = info.group ? `${info.group}/${info.version}` : info.version;
		operations.create(info, at, {apiVersion, kind: info.kind, metadata: {name: its}, ...rest}, {manager});
	};
	make('namespaces', namespace, {}, '');
	make('secrets', secret, {type: 'kubernetes.io/tls', data: {'tls.crt': base64(cert), 'tls.key': base64(key)}});
	make(
		'gatewayclasses.gateway.networking.k8s.io',
		className,
		{spec: {controllerName: 'rehearsal.local/gateway-controller'}},
		'',
	);
	const tls = {mode: 'Terminate', certificateRefs: [{name: secret}]};
	const listener = {name: 'https', port: 443, protocol: 'HTTPS', tls, allowedRoutes: {namespaces: {from: 'All'}}};
	make('gateways.gateway.networking.k8s.io', name, {spec: {gatewayClassName: className, listeners: [listener]}});
};
