import {
	type Draft,
	type DraftValue,
	getAt,
	itemCount,
	type Judgement,
	removeItem,
	validateDraft,
	validateField,
} from '../draft.ts';
import {withTitles} from './label.ts';

/** A form that is being filled in, whoever asks its questions. Never holds a secret. */
export type Form = {
	readonly draft: Draft;
	/** Paths of secrets that are `prompt` in the draft, but were typed for an earlier run: nobody holds them any more. */
	readonly untyped: readonly string[];
};

/** A text that was typed as an answer and not entered; never one of a secret. */
export type HalfTyped = {readonly path: string; readonly text: string};

/** Paths of the secrets that are to be typed again. */
export const openSecrets = ({draft, untyped}: Form): readonly string[] =>
	untyped.filter((path) => getAt(draft, path) === 'prompt');

const typeAgain = 'is not kept between runs: type it again';

/** What is wrong with the answer at a path, as a half sentence; undefined where nothing is. */
export const complaintAt = (form: Form, path: string): string | undefined => {
	if (openSecrets(form).includes(path)) return typeAgain;
	const words = validateField(form.draft, path);
	return words === undefined ? undefined : withTitles(words);
};

/** The form as answers, once everything is valid and every secret that is to be typed was typed. */
export const judgeForm = (form: Form): Judgement => {
	const judged = validateDraft(form.draft);
	const open = openSecrets(form).map((path) => ({
		path,
		message: typeAgain,
		fix: 'Type it, or give a reference such as file:PATH.',
	}));
	if (open.length === 0) return judged;
	return {ok: false, issues: judged.ok ? open : [...judged.issues, ...open]};
};

/** Paths of all secrets in a part of a draft that are to be typed. `at` is where that part lies. */
const promptsIn = (value: DraftValue | undefined, at: string): readonly string[] => {
	if (value === 'prompt') return [at];
	if (value === null || typeof value !== 'object') return [];
	return Object.entries(value).flatMap(([key, inner]) => promptsIn(inner as DraftValue, `${at}.${key}`));
};

/**
 * The form without one member of a list. Those behind it move up, and what was typed for them is kept under their old places: so
 * their secrets are asked for again rather than mixed up.
 */
export const withoutMember = ({draft, untyped}: Form, list: string, index: number): Form => {
	const shorter = removeItem(draft, list, index);
	const members = Array.from({length: itemCount(shorter, list)}, (_, member) => `${list}.${member}`);
	const moved = members.slice(index);
	return {
		draft: shorter,
		untyped: [
			...untyped.filter((path) => !moved.some((member) => path.startsWith(`${member}.`))),
			...moved.flatMap((member) => promptsIn(getAt(shorter, member), member)),
		],
	};
};
