import {ApiError} from '../objects/errors.ts';
import type {Store} from '../objects/store.ts';
import {type Dict, dict, isDict, list} from '../objects/values.ts';
import type {ResourceRequest} from './requests.ts';

/** A verb on a resource that is taken away from the kubeconfig's user; `*` and a missing member stand for all. */
export type Denial = {
	readonly verb: string;
	/** Plural with an optional subresource: `secrets`, `deployments/scale`. */
	readonly resource: string;
	readonly group?: string;
	readonly namespace?: string;
};

export type User = {readonly username: string; readonly groups: readonly string[]};

export type Attributes = {
	readonly verb: string;
	readonly group: string;
	/** Plural, with the subresource behind a slash. */
	readonly resource: string;
	readonly namespace: string;
	readonly name: string;
};

export const attributesOf = (request: ResourceRequest): Attributes => ({
	verb: request.verb,
	group: request.group,
	resource: request.subresource ? `${request.plural}/${request.subresource}` : request.plural,
	namespace: request.plural === 'namespaces' ? request.name : request.namespace,
	name: request.name,
});

const matches = (pattern: unknown, value: string): boolean =>
	list(pattern).some((item) => item === '*' || item === value);

const ruleAllows = (rule: Dict, wish: Attributes): boolean => {
	const subresource = wish.resource.split('/')[1];
	const names = list(rule.resourceNames);
	return (
		matches(rule.verbs, wish.verb) &&
		matches(rule.apiGroups, wish.group) &&
		(matches(rule.resources, wish.resource) ||
			(subresource !== undefined && list(rule.resources).includes(`*/${subresource}`))) &&
		(names.length === 0 || names.includes(wish.name))
	);
};

const concerns = (binding: Dict, user: User): boolean =>
	list(binding.subjects).some((subject) => {
		const {kind, name, namespace} = dict(subject);
		if (kind === 'User') return name === user.username;
		if (kind === 'Group') return user.groups.includes(String(name));
		return user.username === `system:serviceaccount:${namespace}:${name}`;
	});

/** The rules that bindings in the cluster give to a user, cluster-wide or in one namespace (RBAC authorizer). */
const rulesFor = (store: Store, user: User, namespace: string): Dict[] => {
	const rules = (kind: unknown, name: unknown, inside: string): Dict[] => {
		const role =
			kind === 'ClusterRole'
				? store.get('clusterroles.rbac.authorization.k8s.io', '', String(name))
				: store.get('roles.rbac.authorization.k8s.io', inside, String(name));
		return list(role?.rules).filter(isDict);
	};
	const bindings = [
		...store.list('clusterrolebindings.rbac.authorization.k8s.io'),
		...(namespace ? store.list('rolebindings.rbac.authorization.k8s.io', namespace) : []),
	];
	return bindings
		.filter((binding) => concerns(binding, user))
		.flatMap((binding) => {
			const role = dict(binding.roleRef);
			return rules(role.kind, role.name, namespace);
		});
};

/** May this user do this? Members of `system:masters` may do all that `deny` does not take away; others go by RBAC. */
export const isAllowed = (store: Store, deny: readonly Denial[], user: User, wish: Attributes): boolean => {
	if (!user.groups.includes('system:masters'))
		return rulesFor(store, user, wish.namespace).some((rule) => ruleAllows(rule, wish));
	return !deny.some(
		({verb, resource, group, namespace}) =>
			(verb === '*' || verb === wish.verb) &&
			(resource === '*' || resource === wish.resource) &&
			(group === undefined || group === wish.group) &&
			(namespace === undefined || namespace === wish.namespace),
	);
};

/** The 403 of the RBAC authorizer: who may not do what, where. */
export const denied = (user: User, wish: Attributes): ApiError => {
	const plural = wish.resource.split('/')[0] ?? '';
	const isInside = wish.namespace && plural !== 'namespaces';
	const scope = isInside ? `in the namespace "${wish.namespace}"` : 'at the cluster scope';
	const resource = wish.group ? `${plural}.${wish.group}` : plural;
	const subject = wish.name ? `${resource} "${wish.name}"` : resource;
	const message = `${subject} is forbidden: User "${user.username}" cannot ${wish.verb} resource "${wish.resource}" in API group "${wish.group}" ${scope}`;
	return new ApiError(403, 'Forbidden', message, {
		...(wish.name ? {name: wish.name} : {}),
		...(wish.group ? {group: wish.group} : {}),
		kind: plural,
	});
};

/** Answer one of the review kinds: the object comes back with its status filled in. */
export const review = (store: Store, deny: readonly Denial[], user: User, kind: string, body: Dict): Dict => {
	const spec = dict(body.spec);
	if (kind === 'SelfSubjectReview') return {...body, kind, status: {userInfo: {...user, groups: [...user.groups]}}};
	const wish = dict(spec.resourceAttributes);
	if (!isDict(spec.resourceAttributes))
		return {...body, kind, status: {allowed: user.groups.includes('system:masters')}};
	const resource = String(wish.resource ?? '');
	const allowed = isAllowed(store, deny, user, {
		verb: String(wish.verb ?? ''),
		group: String(wish.group ?? ''),
		resource: wish.subresource ? `${resource}/${wish.subresource}` : resource,
		namespace: String(wish.namespace ?? ''),
		name: String(wish.name ?? ''),
	});
	// Empty members are left out of answers (`omitempty`).
	const resourceAttributes = Object.fromEntries(Object.entries(wish).filter(([, value]) => value !== ''));
	return {...body, kind, spec: {...spec, resourceAttributes}, status: {allowed}};
};
