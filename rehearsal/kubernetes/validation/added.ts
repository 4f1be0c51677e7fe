import {type Cause, invalidValue, required} from '../objects/errors.ts';
import type {KubeObject} from '../objects/types.ts';
import {dict, isDict, list, text} from '../objects/values.ts';

// The Gateway API as its CustomResourceDefinitions have it (gateway.networking.k8s.io/v1), and OpenShift's Route (route.openshift.io/v1).

const hostname = /^(\*\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/u;

const hostCauses = (value: unknown, field: string): Cause[] =>
	value === undefined || (typeof value === 'string' && value.length <= 253 && hostname.test(value))
		? []
		: [invalidValue(field, value, `${field} in body should match '${hostname.source}'`)];

const listenerCauses = (listener: unknown, index: number): Cause[] => {
	const {name, port, protocol, hostname: host, tls} = dict(listener);
	const at = `spec.listeners[${index}]`;
	return [
		...(text(name) ? [] : [required(`${at}.name`)]),
		...(typeof port === 'number' ? [] : [required(`${at}.port`)]),
		...(text(protocol) ? [] : [required(`${at}.protocol`)]),
		...hostCauses(host, `${at}.hostname`),
		...(isDict(tls) && ['HTTP', 'TCP', 'UDP'].includes(String(protocol))
			? [invalidValue('spec.listeners', listener, "tls must not be specified for protocols ['HTTP', 'TCP', 'UDP']")]
			: []),
		...(protocol === 'HTTPS' && dict(tls).mode === 'Passthrough'
			? [invalidValue('spec.listeners', listener, 'tls mode must be Terminate for protocol HTTPS')]
			: []),
	];
};

const gatewayCauses = ({spec}: KubeObject): Cause[] => {
	const {gatewayClassName, listeners} = dict(spec);
	return [
		...(text(gatewayClassName) ? [] : [required('spec.gatewayClassName')]),
		...(list(listeners).length > 0 ? list(listeners).flatMap(listenerCauses) : [required('spec.listeners')]),
	];
};

const backendCauses = (backend: unknown, at: string): Cause[] => {
	const {name, port, kind = 'Service', group = ''} = dict(backend);
	const needsPort = group === '' && kind === 'Service' && typeof port !== 'number';
	return [
		...(text(name) ? [] : [required(`${at}.name`)]),
		...(port !== undefined && typeof port !== 'number'
			? [invalidValue(`${at}.port`, port, `${at}.port in body must be of type integer: "${typeof port}"`)]
			: []),
		...(needsPort && port === undefined ? [invalidValue(at, backend, 'Must have port for Service reference')] : []),
	];
};

const matchCauses = (match: unknown, at: string): Cause[] => {
	const {type = 'PathPrefix', value = '/'} = dict(dict(match).path);
	const known = ['Exact', 'PathPrefix', 'RegularExpression'].includes(String(type));
	return [
		...(known
			? []
			: [invalidValue(`${at}.path.type`, type, "supported values: 'Exact', 'PathPrefix', 'RegularExpression'")]),
		...(type !== 'RegularExpression' && !String(value).startsWith('/')
			? [
					invalidValue(
						`${at}.path`,
						value,
						"value must be an absolute path and start with '/' when type one of ['Exact', 'PathPrefix']",
					),
				]
			: []),
	];
};

const most = 16;

const httpRouteCauses = ({spec}: KubeObject): Cause[] => {
	const {hostnames, parentRefs, rules} = dict(spec);
	const over = Object.entries({hostnames, rules}).filter(([, value]) => list(value).length > most);
	return [
		...over.map(([name]) =>
			invalidValue(`spec.${name}`, most + 1, `spec.${name} in body should have at most ${most} items`),
		),
		...list(hostnames).flatMap((one, index) => hostCauses(one, `spec.hostnames[${index}]`)),
		...list(parentRefs).flatMap((one, index) =>
			text(dict(one).name) ? [] : [required(`spec.parentRefs[${index}].name`)],
		),
		...list(rules).flatMap((rule, index) => [
			...list(dict(rule).matches).flatMap((one, at) => matchCauses(one, `spec.rules[${index}].matches[${at}]`)),
			...list(dict(rule).backendRefs).flatMap((one, at) =>
				backendCauses(one, `spec.rules[${index}].backendRefs[${at}]`),
			),
		]),
	];
};

const terminations = ['edge', 'passthrough', 'reencrypt'];

/** Certificates that end nowhere, or for nobody (openshift/library-go, route validation). */
const tlsCauses = (tls: unknown): Cause[] => {
	if (!isDict(tls)) return [];
	const {termination, certificate, key, destinationCACertificate} = tls;
	if (!terminations.includes(String(termination)))
		return [invalidValue('spec.tls.termination', termination ?? '', `supported values: ${terminations.join(', ')}`)];
	return [
		...(termination === 'edge' && destinationCACertificate
			? [
					invalidValue(
						'spec.tls.destinationCACertificate',
						'redacted',
						'edge termination does not support destination certificates',
					),
				]
			: []),
		...(termination === 'passthrough' && (certificate || key)
			? [invalidValue('spec.tls.certificate', 'redacted', 'passthrough termination does not support certificates')]
			: []),
	];
};

const routeCauses = ({spec}: KubeObject): Cause[] => {
	const {host, path, to, tls} = dict(spec);
	return [
		...hostCauses(host, 'spec.host'),
		...(path === undefined || String(path).startsWith('/')
			? []
			: [invalidValue('spec.path', path, 'path must begin with /')]),
		...(path !== undefined && dict(tls).termination === 'passthrough'
			? [invalidValue('spec.path', path, 'passthrough termination does not support paths')]
			: []),
		...(text(dict(to).name) ? [] : [required('spec.to.name')]),
		...tlsCauses(tls),
	];
};

/** What is wrong with an object of an added kind; by the id of the kind. */
export const addedRules: Readonly<Record<string, (object: KubeObject) => Cause[]>> = {
	'gateways.gateway.networking.k8s.io': gatewayCauses,
	'httproutes.gateway.networking.k8s.io': httpRouteCauses,
	'routes.route.openshift.io': routeCauses,
};
