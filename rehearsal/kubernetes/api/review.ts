import {type Dict, dict, isDict} from '../objects/values.ts';
import {type Attributes, isAllowed, type Rights, rulesOf, type User} from './access.ts';

const attributesIn = (wanted: Dict): Attributes => {
	const text = (key: string): string => String(wanted[key] ?? '');
	return {
		verb: text('verb'),
		group: text('group'),
		resource: wanted.subresource ? `${text('resource')}/${wanted.subresource}` : text('resource'),
		namespace: text('namespace'),
		name: text('name'),
	};
};

/** `SelfSubjectAccessReview`: may I? */
const reviewAccess = (rights: Rights, user: User, body: Dict): Dict => {
	const spec = dict(body.spec);
	const wanted = spec.resourceAttributes;
	// Paths that are no resources are the administrators' alone.
	if (!isDict(wanted)) return {...body, status: {allowed: user.groups.includes('system:masters')}};
	// Empty members are left out of answers (`omitempty`).
	const resourceAttributes = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== ''));
	const allowed = isAllowed(rights, user, attributesIn(wanted));
	return {...body, spec: {...spec, resourceAttributes}, status: {allowed}};
};

/** `SelfSubjectRulesReview`: what may I? The spec does not come back (apiserver, registry/authorization/selfsubjectrulesreview). */
const reviewRules = (rights: Rights, user: User, body: Dict): Dict => {
	const rules = rulesOf(rights, user, String(dict(body.spec).namespace ?? ''));
	const resourceRules = rules?.filter(({resources}) => resources !== undefined) ?? [];
	const nonResourceRules = rules?.filter(({nonResourceURLs}) => nonResourceURLs !== undefined) ?? [];
	return {...body, spec: {}, status: {resourceRules, nonResourceRules, incomplete: rules === undefined}};
};

/** Answer one of the kinds that are asked and not kept: the object comes back with its status filled in. */
export const review = (rights: Rights, user: User, body: Dict): Dict => {
	if (body.kind === 'SelfSubjectReview') return {...body, status: {userInfo: {...user, groups: [...user.groups]}}};
	return body.kind === 'SelfSubjectRulesReview' ? reviewRules(rights, user, body) : reviewAccess(rights, user, body);
};
