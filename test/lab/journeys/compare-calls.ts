import {type Difference, differences} from '../compare.ts';
import {type Call, isDict} from './call.ts';

/** A difference and the request that it is about. */
export type Found = Difference & {readonly call: string};

export type Pair = readonly [lab: readonly Call[], rehearsal: readonly Call[]];
type Compare = (lab: readonly Call[], rehearsal: readonly Call[], isAtRest: boolean) => readonly Difference[];
type Dict = Readonly<Record<string, unknown>>;

/** What a member of a list is called; events go by what they say, since their names are made up. */
const nameOf = (object: unknown): string => {
	if (!isDict(object)) return '';
	const {metadata, involvedObject, reason, message} = object;
	if (isDict(involvedObject))
		return `${involvedObject.kind} ${involvedObject.name} ${involvedObject.fieldPath ?? ''} ${reason}: ${message}`;
	return isDict(metadata) ? `${metadata.name}` : '';
};

// Lists whose order means nothing, and what tells their members apart.
const identities: Readonly<Record<string, (one: Dict) => unknown>> = {
	conditions: ({type}) => type,
	managedFields: ({manager, operation, subresource}) => `${manager} ${operation} ${subresource ?? ''}`.trim(),
	items: nameOf,
	ownerReferences: ({kind, name}) => `${kind} ${name}`,
	groups: ({name}) => name,
	versions: ({version}) => version,
	resources: ({resource, name}) => resource ?? name,
	subresources: ({subresource}) => subresource,
};

/** The same value with lists that have no order as what they hold by name, and without what every run makes anew. */
const settled = (value: unknown, key = ''): unknown => {
	// How long ago something was made, in a table.
	if (key === 'cells' && Array.isArray(value))
		return value.map((cell) => (typeof cell === 'string' ? cell.replace(/^(\d+[smhd])+$/u, 'AGE') : cell));
	if (Array.isArray(value)) {
		const identity = identities[key];
		const members = value.map((one) => settled(one));
		if (!identity || !members.every(isDict)) return members;
		return Object.fromEntries(value.map((one, index) => [`(${identity(one)})`, members[index]]));
	}
	// A release, gzipped; when it was changed, in seconds; versions of the secrets that a pod was started with.
	if (key === 'release' || key === 'modifiedAt' || key === 'createdAt' || key === 'zenml-airgap.io/secrets')
		return typeof value;
	if (!isDict(value)) return value;
	// Secrets are generated, so each world has its own; that it has the same keys is what counts.
	const isSecret = value.kind === 'Secret' || (typeof value.type === 'string' && isDict(value.data));
	return Object.fromEntries(
		Object.entries(value).map(([name, one]) => [
			name,
			isSecret && name === 'data' && isDict(one)
				? Object.fromEntries(Object.keys(one).map((inner) => [inner, typeof one[inner]]))
				: settled(one, name),
		]),
	);
};

const compare = (lab: unknown, rehearsal: unknown, path: string): readonly Difference[] =>
	differences(settled(lab), settled(rehearsal), path);

const byKey = (calls: readonly Call[], keyOf: (call: Call) => string): ReadonlyMap<string, readonly Call[]> =>
	Map.groupBy(calls, keyOf);

/** What controllers say of an object is on its way while it is read, so it counts only where the world is at rest. */
const withoutStatus = (object: unknown, isAtRest: boolean): unknown => {
	if (isAtRest || !isDict(object) || !isDict(object.metadata) || object.kind === 'Status') return object;
	// Members of a list do not say their kind; events of a watch do.
	const {status: _, kind: __, apiVersion: ___, ...rest} = object;
	const managers = (object.metadata.managedFields ?? []) as readonly Dict[];
	return managers.length === 0
		? rest
		: {
				...rest,
				metadata: {...object.metadata, managedFields: managers.filter(({subresource}) => subresource !== 'status')},
			};
};

const isRead = ({method}: Call): boolean => method === 'GET';
// What an API server can do is a document, whatever form it has.
const isList = (answer: unknown): answer is Dict & {readonly items: readonly unknown[]} =>
	isDict(answer) &&
	Array.isArray(answer.items) &&
	typeof answer.kind === 'string' &&
	answer.kind.endsWith('List') &&
	!answer.kind.startsWith('API');

/** The path and what is selected; a list and the watch that follows it are one look at the same objects. */
const readKey = (call: Call): string => {
	const [path = '', query = ''] = call.url.split('?');
	if (!call.isWatch && !isList(call.answer)) return call.url;
	const selectors = query.split('&').filter((pair) => /Selector=/u.test(pair));
	return [path, ...(selectors.length > 0 ? [`?${selectors.join('&')}`] : []), ' (list and watch)'].join('');
};

type Sight = {readonly last: unknown; readonly isGone: boolean};
/** The last state of every object that a list or a watch showed. */
const sightsOf = (calls: readonly Call[]): ReadonlyMap<string, Sight> => {
	const sights = new Map<string, Sight>();
	for (const {isWatch, answer} of calls) {
		if (isWatch && Array.isArray(answer))
			for (const event of answer) {
				if (!isDict(event) || event.type === 'BOOKMARK') continue;
				// What an ERROR says is no object with a name.
				const name = event.type === 'ERROR' ? 'ERROR' : nameOf(event.object);
				sights.set(name, {last: event.object, isGone: event.type === 'DELETED'});
			}
		else if (isList(answer)) {
			const names = new Set(answer.items.map(nameOf));
			for (const [name, {last}] of sights) if (!names.has(name)) sights.set(name, {last, isGone: true});
			for (const object of answer.items) sights.set(nameOf(object), {last: object, isGone: false});
		}
	}
	return sights;
};

const frameOf = (call: Call | undefined): unknown =>
	call && isList(call.answer)
		? {status: call.status, type: call.type, warning: call.warning, body: {...call.answer, items: []}}
		: undefined;

const compareSights: Compare = (lab, rehearsal, isAtRest) => {
	const [left, right] = [sightsOf(lab), sightsOf(rehearsal)];
	const names = [...new Set([...left.keys(), ...right.keys()])].sort();
	return [
		...compare(
			frameOf(lab.findLast((call) => !call.isWatch)),
			frameOf(rehearsal.findLast((call) => !call.isWatch)),
			'list',
		),
		...names.flatMap((name): readonly Difference[] => {
			const [one, other] = [left.get(name), right.get(name)];
			const path = `(${name})`;
			if (!one || !other) return [{path, lab: one ? 'seen' : 'never seen', rehearsal: other ? 'seen' : 'never seen'}];
			if (one.isGone !== other.isGone)
				return [{path, lab: one.isGone ? 'gone' : 'there', rehearsal: other.isGone ? 'gone' : 'there'}];
			// The last that was seen of something that is gone depends on when one looked.
			return one.isGone ? [] : compare(withoutStatus(one.last, isAtRest), withoutStatus(other.last, isAtRest), path);
		}),
	];
};

const reply = ({status, type, warning, answer}: Call, isAtRest = true): unknown => ({
	status,
	type,
	warning,
	body: withoutStatus(answer, isAtRest),
});

/** A thing that is asked for again and again: which kinds of answer there were, and the last of each kind. */
const compareReads: Compare = (lab, rehearsal, isAtRest) => {
	const [left, right] = [byKey(lab, ({status}) => `${status}`), byKey(rehearsal, ({status}) => `${status}`)];
	return [...new Set([...left.keys(), ...right.keys()])].sort().flatMap((status): readonly Difference[] => {
		const [one, other] = [left.get(status)?.at(-1), right.get(status)?.at(-1)];
		if (!one || !other)
			return [{path: `status ${status}`, lab: one ? 'seen' : 'never seen', rehearsal: other ? 'seen' : 'never seen'}];
		return compare(reply(one, isAtRest), reply(other, isAtRest), '');
	});
};

/** What a client changes, it changes in an order of its own: the first write with the first, and so on. */
const compareWrites: Compare = (lab, rehearsal) => [
	...(lab.length === rehearsal.length ? [] : [{path: 'count', lab: `${lab.length}`, rehearsal: `${rehearsal.length}`}]),
	...lab.flatMap((call, index) => {
		const other = rehearsal[index];
		return other
			? [...compare(call.request, other.request, 'request'), ...compare(reply(call, false), reply(other, false), '')]
			: [];
	}),
];

/**
 * Compares what one client did in one step in two worlds: writes one by one, reads by the last answer of each status, lists
 * and watches by the last state of each object. How often something was read is not compared, that it was is. The status of
 * what was read counts where the world was at rest.
 */
export const compareCalls = ([lab, rehearsal]: Pair, isAtRest = false): readonly Found[] => {
	const keyOf = (call: Call): string => {
		// Questions about access are asked at once: each is a key of its own.
		const asked = call.url.endsWith('reviews') ? ` ${JSON.stringify(call.request)}` : '';
		return `${call.method} ${isRead(call) ? readKey(call) : call.url}${asked}`;
	};
	const [left, right] = [byKey(lab, keyOf), byKey(rehearsal, keyOf)];
	return [...new Set([...left.keys(), ...right.keys()])].sort().flatMap((call): readonly Found[] => {
		const [ours, theirs] = [left.get(call), right.get(call)];
		if (!ours || !theirs)
			return [{call, path: 'request', lab: ours ? 'made' : 'never made', rehearsal: theirs ? 'made' : 'never made'}];
		// A lease is renewed for as long as the work takes: what counts is how it is left.
		const ends = (calls: readonly Call[]) =>
			call.startsWith('PUT /apis/coordination.k8s.io/') ? calls.slice(-1) : calls;
		const work = !call.startsWith('GET ')
			? compareWrites
			: call.endsWith('(list and watch)')
				? compareSights
				: compareReads;
		return work(ends(ours), ends(theirs), isAtRest).map((difference) => ({...difference, call}));
	});
};
