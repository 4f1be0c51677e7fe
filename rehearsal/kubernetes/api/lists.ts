import {badRequest} from '../objects/errors.ts';
import type {KindInfo} from '../objects/kinds.ts';
import {fieldPredicate, labelPredicate, type Predicate} from '../objects/selectors.ts';
import type {KubeObject} from '../objects/types.ts';
import {type Dict, isDict} from '../objects/values.ts';

/** The selector parameters of a request as one predicate; throws a 400 for one that does not parse. */
export const predicateOf = (query: URLSearchParams, info: KindInfo, name: string): Predicate => {
	const labels = labelPredicate(query.get('labelSelector') ?? '');
	const fields = fieldPredicate(info, query.get('fieldSelector') ?? '');
	return (object) => (!name || object.metadata.name === name) && labels(object) && fields(object);
};

/** Refuse (400) a version to list from that is no number. */
export const refuseBadVersion = (version: string): void => {
	if (/^\d*$/u.test(version)) return;
	throw badRequest(
		`invalid resource version: resourceVersion: Invalid value: "${version}": strconv.ParseUint: parsing "${version}": invalid syntax`,
	);
};

export type Page = {
	readonly items: readonly KubeObject[];
	readonly metadata: Dict;
};

/** Where a page ended: the version of the list and the last object. Clients hand it back as it is. */
type Place = {readonly rv: string; readonly after: string};

const keyOf = ({metadata}: KubeObject): string => `${metadata.namespace ?? ''}/${metadata.name}`;

const tokenOf = (place: Place): string => Buffer.from(JSON.stringify(place)).toString('base64url');

const placeIn = (token: string): Place => {
	let place: unknown;
	try {
		place = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
	} catch {
		throw badRequest('invalid continue token: continue key is not valid');
	}
	if (!isDict(place) || typeof place.after !== 'string') throw badRequest('continue key is not valid');
	return {rv: String(place.rv), after: place.after};
};

/**
 * One page of a list: `limit` and `continue` as the client sent them; objects must come sorted by namespace and name.
 */
export const pageOf = (objects: readonly KubeObject[], query: URLSearchParams, version: number): Page => {
	const limit = Number(query.get('limit') ?? 0);
	const token = query.get('continue');
	const {rv, after} = token ? placeIn(token) : {rv: String(version), after: ''};
	const rest = objects.filter((object) => keyOf(object) > after);
	if (!limit || rest.length <= limit) return {items: rest, metadata: {resourceVersion: rv}};
	const items = rest.slice(0, limit);
	const last = items.at(-1);
	const next = tokenOf({rv, after: last ? keyOf(last) : ''});
	return {items, metadata: {resourceVersion: rv, continue: next, remainingItemCount: rest.length - limit}};
};
