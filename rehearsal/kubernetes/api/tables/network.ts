import {conditionOf} from '../../objects/conditions.ts';
import type {Condition, KubeObject} from '../../objects/types.ts';
import {type Dict, dict, list, text, textAt} from '../../objects/values.ts';
import {at, type Column, labels, named, none, selector, since, wide, words} from './column.ts';

/** So many hosts and endpoints are named. */
const mostNamed = 3;

const firstOf = (all: readonly string[], more: (left: number) => string): string =>
	`${all.slice(0, mostNamed).join(',')}${all.length > mostNamed ? more(all.length - mostNamed) : ''}`;

const addresses = (status: unknown): string =>
	list(dict(dict(status).loadBalancer).ingress)
		.map((one) => textAt(one, 'ip') || textAt(one, 'hostname'))
		.join(',');

const externalIp = ({spec, status}: KubeObject): string => {
	const {type, externalIPs, externalName} = dict(spec);
	if (type === 'ExternalName') return String(externalName);
	const own = list(externalIPs).join(',');
	if (type !== 'LoadBalancer') return own || none;
	return [addresses(status), own].filter(Boolean).join(',') || '<pending>';
};

const portWords = (port: Dict): string =>
	`${String(port.port)}${port.nodePort ? `:${String(port.nodePort)}` : ''}/${text(port.protocol) ?? 'TCP'}`;

const hosts = ({spec}: KubeObject): string => {
	const all = list(dict(spec).rules).flatMap((rule) => text(dict(rule).host) ?? []);
	return firstOf([...new Set(all)], (left) => ` + ${left} more...`) || '*';
};

const endpoints = ({subsets}: KubeObject): string => {
	const all = list(subsets)
		.map(dict)
		.flatMap(({addresses: ready, ports}) =>
			list(ports).flatMap((port) => list(ready).map((one) => `${textAt(one, 'ip')}:${textAt(port, 'port')}`)),
		);
	return firstOf(all, (left) => ` + ${left} more...`) || none;
};

/** Where the path leads to nothing, a cell of an added kind holds null. */
const orNull =
	(path: string): Column['cell'] =>
	(object) =>
		textAt(object, path) || null;

const isTrue =
	(type: string): Column['cell'] =>
	({status}) =>
		conditionOf(dict(status).conditions as Condition[] | undefined, type)?.status ?? null;

/** Columns of what leads to pods. Those of the Gateway API are the `additionalPrinterColumns` of its definitions. */
export const networkColumns: Readonly<Record<string, readonly Column[]>> = {
	services: [
		named,
		words('Type', at('spec.type')),
		words('Cluster-IP', at('spec.clusterIP')),
		words('External-IP', externalIp),
		words('Port(s)', ({spec}) => list(dict(spec).ports).map(dict).map(portWords).join(',') || none),
		since,
		wide(words('Selector', ({spec}) => labels(dict(spec).selector))),
	],
	endpoints: [named, words('Endpoints', endpoints), since],
	'ingresses.networking.k8s.io': [
		named,
		words(
			'Class',
			({spec, metadata}) =>
				text(dict(spec).ingressClassName) ?? metadata.annotations?.['kubernetes.io/ingress.class'] ?? none,
		),
		words('Hosts', hosts),
		words('Address', ({status}) => addresses(status)),
		words('Ports', ({spec}) => (list(dict(spec).tls).length > 0 ? '80, 443' : '80')),
		since,
	],
	'ingressclasses.networking.k8s.io': [
		named,
		words('Controller', at('spec.controller')),
		words('Parameters', at('spec.parameters.name')),
		since,
	],
	'networkpolicies.networking.k8s.io': [
		named,
		words('Pod-Selector', ({spec}) => selector(dict(spec).podSelector)),
		since,
	],
	'gatewayclasses.gateway.networking.k8s.io': [
		named,
		words('Controller', orNull('spec.controllerName')),
		words('Accepted', isTrue('Accepted')),
		since,
		wide(words('Description', orNull('spec.description'))),
	],
	'gateways.gateway.networking.k8s.io': [
		named,
		words('Class', orNull('spec.gatewayClassName')),
		words('Address', ({status}) => list(dict(status).addresses).map((one) => textAt(one, 'value'))[0] ?? null),
		words('Programmed', isTrue('Programmed')),
		since,
	],
	'httproutes.gateway.networking.k8s.io': [
		named,
		words('Hostnames', ({spec}) => JSON.stringify(dict(spec).hostnames) ?? null),
		since,
	],
};
