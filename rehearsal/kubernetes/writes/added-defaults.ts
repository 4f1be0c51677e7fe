import type {KubeObject} from '../objects/types.ts';
import {dict, isDict, list, setDefault, setDefaults} from '../objects/values.ts';

const gatewayDefaults = ({spec}: KubeObject): void => {
	for (const listener of list(dict(spec).listeners).filter(isDict)) {
		setDefault(listener, 'allowedRoutes', {});
		const allowed = dict(listener.allowedRoutes);
		setDefault(allowed, 'namespaces', {});
		setDefault(dict(allowed.namespaces), 'from', 'Same');
		if (isDict(listener.tls)) setDefault(listener.tls, 'mode', 'Terminate');
		for (const one of list(dict(listener.tls).certificateRefs).filter(isDict))
			setDefaults(one, {group: '', kind: 'Secret'});
	}
};

const httpRouteDefaults = ({spec}: KubeObject): void => {
	if (!isDict(spec)) return;
	for (const one of list(spec.parentRefs).filter(isDict))
		setDefaults(one, {group: 'gateway.networking.k8s.io', kind: 'Gateway'});
	setDefault(spec, 'rules', [{}]);
	for (const rule of list(spec.rules).filter(isDict)) {
		setDefault(rule, 'matches', [{path: {}}]);
		for (const {path} of list(rule.matches).filter(isDict))
			if (isDict(path)) setDefaults(path, {type: 'PathPrefix', value: '/'});
		for (const one of list(rule.backendRefs).filter(isDict)) setDefaults(one, {group: '', kind: 'Service', weight: 1});
	}
};

const routeDefaults = ({spec}: KubeObject): void => {
	if (!isDict(spec)) return;
	setDefault(spec, 'wildcardPolicy', 'None');
	if (isDict(spec.to)) setDefaults(spec.to, {kind: 'Service', weight: 100});
};

/** Fills in what the server fills in, in place; by the id of the kind. */
export const addedDefaults: Readonly<Record<string, (object: KubeObject) => void>> = {
	'gateways.gateway.networking.k8s.io': gatewayDefaults,
	'httproutes.gateway.networking.k8s.io': httpRouteDefaults,
	'routes.route.openshift.io': routeDefaults,
};
