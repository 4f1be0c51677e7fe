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

/** Who may do what: the objects of RBAC, and what is taken away from the administrator. */
export type Rights = {readonly store: Store; readonly deny: () => readonly Denial[]};

/** What somebody wants to do, as access control sees it (apiserver, authorizer.Attributes). */
export type Attributes = {
	readonly verb: string;
	readonly group: string;
	/** Plural, with the subresource behind a slash. */
	readonly resource: string;
	readonly namespace: string;
	readonly name: string;
};

export const attributesOf = ({verb, group, plural, subresource, namespace, name}: ResourceRequest): Attributes => ({
	verb,
	group,
	resource: subresource ? `${plural}/${subresource}` : plural,
	namespace: plural === 'namespaces' ? name : namespace,
	name,
});

const matches = (pattern: unknown, value: string): boolean =>
	list(pattern).some((item) => item === '*' || item === value);

const namesResource = (rule: Dict, resource: string): boolean => {
	const [, subresource] = resource.split('/');
	return (
		matches(rule.resources, resource) ||
		(subresource !== undefined && list(rule.resources).includes(`*/${subresource}`))
	);
};

const ruleAllows = (rule: Dict, {verb, group, resource, name}: Attributes): boolean => {
	const names = list(rule.resourceNames);
	return (
		matches(rule.verbs, verb) &&
		matches(rule.apiGroups, group) &&
		namesResource(rule, resource) &&
		(names.length === 0 || names.includes(name))
	);
};

const isSubject = (subject: unknown, user: User): boolean => {
	const {kind, name, namespace} = dict(subject);
	if (kind === 'User') return name === user.username;
	if (kind === 'Group') return user.groups.includes(String(name));
	return user.username === `system:serviceaccount:${namespace}:${name}`;
};

/** The rules that bindings in the cluster give to a user, cluster-wide or in one namespace (RBAC authorizer). */
const rulesFor = (store: Store, user: User, namespace: string): Dict[] => {
	const bindings = [
		...store.list('clusterrolebindings.rbac.authorization.k8s.io'),
		...(namespace ? store.list('rolebindings.rbac.authorization.k8s.io', namespace) : []),
	];
	return bindings
		.filter(({subjects}) => list(subjects).some((subject) => isSubject(subject, user)))
		.map(({roleRef}) => dict(roleRef))
		.map(({kind, name}) =>
			kind === 'ClusterRole'
				? store.get('clusterroles.rbac.authorization.k8s.io', '', String(name))
				: store.get('roles.rbac.authorization.k8s.io', namespace, String(name)),
		)
		.flatMap((role) => list(role?.rules).filter(isDict));
};

const everything: readonly Dict[] = [
	{verbs: ['*'], apiGroups: ['*'], resources: ['*']},
	{verbs: ['*'], nonResourceURLs: ['*']},
];

/** What a user may do in a namespace, as rules; undefined where something is taken away, which no rule can say. */
export const rulesOf = ({store, deny}: Rights, user: User, namespace: string): readonly Dict[] | undefined => {
	if (deny().length > 0) return undefined;
	return user.groups.includes('system:masters') ? everything : rulesFor(store, user, namespace);
};

const denies = ({verb, resource, group, namespace}: Denial, attributes: Attributes): boolean =>
	['*', attributes.verb].includes(verb) &&
	['*', attributes.resource].includes(resource) &&
	[undefined, attributes.group].includes(group) &&
	[undefined, attributes.namespace].includes(namespace);

/** May this user do this? Members of `system:masters` may do all that is not taken away; others go by RBAC. */
export const isAllowed = ({store, deny}: Rights, user: User, attributes: Attributes): boolean =>
	user.groups.includes('system:masters')
		? !deny().some((denial) => denies(denial, attributes))
		: rulesFor(store, user, attributes.namespace).some((rule) => ruleAllows(rule, attributes));

/** Refuse (403) in the words of the RBAC authorizer: who may not do what, where. */
export const authorize = (rights: Rights, user: User, attributes: Attributes): void => {
	if (isAllowed(rights, user, attributes)) return;
	const {verb, group, resource, namespace, name} = attributes;
	const [plural = ''] = resource.split('/');
	const scope = namespace && plural !== 'namespaces' ? `in the namespace "${namespace}"` : 'at the cluster scope';
	const subject = `${group ? `${plural}.${group}` : plural}${name ? ` "${name}"` : ''}`;
	const message = `${subject} is forbidden: User "${user.username}" cannot ${verb} resource "${resource}" in API group "${group}" ${scope}`;
	throw new ApiError(403, 'Forbidden', message, {...(name ? {name} : {}), ...(group ? {group} : {}), kind: plural});
};
