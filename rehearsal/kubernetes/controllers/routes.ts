import {createSecureContext} from 'node:tls';
import {setStatus} from '../objects/conditions.ts';
import type {Store} from '../objects/store.ts';
import type {KubeObject} from '../objects/types.ts';
import {dict, list, text, timestamp} from '../objects/values.ts';
import type {Reconcile} from './types.ts';

export const routeId = 'routes.route.openshift.io';

/** Do certificate and key make a pair? */
const isPair = (cert: string, key: string): boolean => {
	try {
		createSecureContext({cert, key});
		return true;
	} catch {
		return false;
	}
};

/** What records may lead to. */
export const routerName = 'router-default.apps.rehearsal.internal';

const hostOf = ({spec}: KubeObject): string => String(dict(spec).host ?? '');

const isOlder = (one: KubeObject, other: KubeObject): boolean =>
	one.metadata.creationTimestamp < other.metadata.creationTimestamp;

/** A host belongs to the namespace that had it first (OpenShift documentation, "Route admission"). */
const claimant = (store: Store, route: KubeObject): KubeObject | undefined =>
	store
		.list(routeId)
		.find(
			(other) =>
				hostOf(other) === hostOf(route) &&
				other.metadata.namespace !== route.metadata.namespace &&
				isOlder(other, route),
		);

const refusalOf = (
	store: Store,
	route: KubeObject,
): {readonly reason: string; readonly message: string} | undefined => {
	const other = claimant(store, route);
	if (other)
		return {
			reason: 'HostAlreadyClaimed',
			message: `route ${other.metadata.name} already exposes ${hostOf(route)} and is older`,
		};
	const {certificate, key} = dict(dict(route.spec).tls);
	if (text(certificate) === undefined || isPair(String(certificate), String(key ?? ''))) return undefined;
	return {
		reason: 'ExtendedValidationFailed',
		message: 'spec.tls.key: Invalid value: "redacted key data": tls: private key does not match public key',
	};
};

/** Lets the router of the rehearsal take a Route, or say why it does not. */
export const reconcileRoute: Reconcile = ({store, now}, namespace, name) => {
	const route = store.get(routeId, namespace, name);
	if (!route) return undefined;
	const refused = refusalOf(store, route);
	const before = dict(list(dict(dict(list(dict(route.status).ingress)[0])).conditions)[0]);
	const status = refused ? 'False' : 'True';
	const lastTransitionTime = before.status === status ? before.lastTransitionTime : timestamp(now());
	setStatus(store, routeId, route, {
		ingress: [
			{
				host: hostOf(route),
				routerName: 'default',
				routerCanonicalHostname: routerName,
				wildcardPolicy: 'None',
				conditions: [{type: 'Admitted', status, ...refused, lastTransitionTime}],
			},
		],
	});
	return undefined;
};
