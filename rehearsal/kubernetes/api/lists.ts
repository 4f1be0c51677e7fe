import {badRequest} from '../objects/errors.ts';
import {fieldPredicate, labelPredicate, type Predicate} from '../objects/selectors.ts';
import type {KubeObject} from '../objects/types.ts';
import {type Dict, isDict} from '../objects/values.ts';

/** The selector parameters of a request as one predicate; throws a 400 for one that does not parse. */
export const predicateOf = (query: URLSearchParams, shelf: string, kind: string, name: string): Predicate => {
	const labels = labelPredicate(query.get('labelSelector') ?? '');
	const fields = fieldPredicate(shelf, kind, query.get('fieldSelector') ?? '');
	return (object) => (!name || object.metadata.name === name) && labels(object) && fields(object);
};

export type Page = {
	readonly items: readonly KubeObject[];
	readonly metadata: Dict;
};

const keyOf = (object: KubeObject): string => `${object.metadata.namespace ?? ''}/${object.metadata.name}`;

/** One page of a list: `limit` and `continue` as the client sent them; objects must come sorted by namespace and name. */
export const pageOf = (objects: readonly KubeObject[], query: URLSearchParams, version: number): Page => {
	const limit = Number(query.get('limit') ?? 0);
	const token = query.get('continue');
	let rest = objects;
	let resourceVersion = String(version);
	if (token) {
		let start: unknown;
		try {
			start = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
		} catch {
			throw badRequest('invalid continue token: continue key is not valid');
		}
		if (!isDict(start) || typeof start.after !== 'string') throw badRequest('continue key is not valid');
		const after = start.after;
		resourceVersion = String(start.rv);
		rest = objects.filter((object) => keyOf(object) > after);
	}
	if (!limit || rest.length <= limit) return {items: rest, metadata: {resourceVersion}};
	const items = rest.slice(0, limit);
	const last = items.at(-1);
	const next = Buffer.from(JSON.stringify({rv: resourceVersion, after: last ? keyOf(last) : ''})).toString('base64url');
	return {items, metadata: {resourceVersion, continue: next, remainingItemCount: rest.length - limit}};
};
