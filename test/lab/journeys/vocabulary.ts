import {type Call, isDict} from './call.ts';
import type {Found} from './compare-calls.ts';

// Words by which clients decide, and that people look up.
const words = new Set(['reason', 'phase', 'type']);
// Objects whose keys are anybody's.
const open = /(^|\.)(data|stringData|labels|annotations|matchLabels|nodeSelector|fieldsV1|requests|limits|f:\S+)$/u;
const discriminator = (value: unknown): string =>
	isDict(value) && typeof value.type === 'string' ? `[${value.type}]` : '[]';

const collect = (value: unknown, path: string, into: Set<string>): void => {
	if (Array.isArray(value)) {
		for (const one of value) collect(one, `${path}${path.endsWith('conditions') ? discriminator(one) : '[]'}`, into);
		return;
	}
	if (!isDict(value)) {
		const key = path.slice(path.lastIndexOf('.') + 1);
		into.add(`${path}: ${words.has(key) && typeof value === 'string' ? JSON.stringify(value) : typeof value}`);
		return;
	}
	if (open.test(path)) return;
	// Members of a list do not say their kind again.
	for (const [key, one] of Object.entries(value))
		if (path.includes('.') || (key !== 'kind' && key !== 'apiVersion')) collect(one, `${path}.${key}`, into);
};

/** Every field that a kind of object was ever seen with, and every word that was ever in it, by kind. */
export const vocabularyOf = (calls: readonly Call[]): ReadonlyMap<string, ReadonlySet<string>> => {
	const kinds = new Map<string, Set<string>>();
	const note = (kind: unknown, object: unknown): void => {
		if (typeof kind !== 'string' || !isDict(object)) return;
		const known = kinds.get(kind) ?? new Set();
		kinds.set(kind, known);
		collect(object, kind, known);
	};
	for (const {answer} of calls) {
		if (Array.isArray(answer)) {
			for (const event of answer)
				if (isDict(event) && isDict(event.object) && event.type !== 'BOOKMARK') note(event.object.kind, event.object);
		} else if (isDict(answer) && typeof answer.kind === 'string' && Array.isArray(answer.items))
			for (const object of answer.items) note(answer.kind.replace(/List$/u, ''), object);
		else if (isDict(answer) && isDict(answer.metadata)) note(answer.kind, answer);
	}
	return kinds;
};

/**
 * What objects of a kind ever said in one world and never in the other, over a whole journey. States in between go by at the
 * pace of each world, so single looks at them cannot be compared; that they were passed through can.
 */
export const compareVocabulary = (lab: readonly Call[], rehearsal: readonly Call[]): readonly Found[] => {
	const [left, right] = [vocabularyOf(lab), vocabularyOf(rehearsal)];
	return [...new Set([...left.keys(), ...right.keys()])].sort().flatMap((kind) => {
		const [one = new Set<string>(), other = new Set<string>()] = [left.get(kind), right.get(kind)];
		return [...new Set([...one, ...other])]
			.filter((path) => one.has(path) !== other.has(path))
			.sort()
			.map((path) => ({
				call: `objects of kind ${kind}`,
				path,
				lab: one.has(path) ? 'seen' : 'never seen',
				rehearsal: other.has(path) ? 'seen' : 'never seen',
			}));
	});
};
