import type {DraftValue} from '../../answers/draft.ts';
import type {Form} from '../form.ts';
import type {UiState} from './types.ts';

/** Paths of all secrets in a part of a draft that are to be typed. `at` is where that part lies. */
const promptsIn = (value: DraftValue | undefined, at: string): readonly string[] => {
	if (value === 'prompt') return [at];
	if (value === null || typeof value !== 'object') return [];
	return Object.entries(value).flatMap(([key, inner]) => promptsIn(inner as DraftValue, `${at}.${key}`));
};

/** Secrets that the draft says were typed, but that nobody has: those of an earlier run were never written down. */
export const untypedIn = ({untyped, draft}: Pick<UiState, 'untyped' | 'draft'>, form: Form): readonly string[] =>
	untyped.filter((path) => form.getAt(draft, path) === 'prompt');

/** What is wrong with a secret that is still to be typed; the subject is the question's label or path. */
export const untypedMessage = 'is not kept between runs: type it again';

/** The draft as answers, once everything is valid and every secret that is to be typed has been typed. */
export const checkDraft = (
	state: Pick<UiState, 'untyped' | 'draft'>,
	form: Form,
): ReturnType<Form['validateDraft']> => {
	const checked = form.validateDraft(state.draft);
	const open = untypedIn(state, form).map((path) => ({
		path,
		message: untypedMessage,
		fix: 'Type it, or give a reference such as file:PATH.',
	}));
	if (open.length === 0) return checked;
	return {ok: false, issues: checked.ok ? open : [...checked.issues, ...open]};
};

/**
 * Secrets to be typed after member `removed` left the list: those behind it moved up, and what was typed for them is kept
 * under their old places, so that they are asked for again rather than mixed up.
 */
export const untypedAfterRemoval = (
	{untyped, draft}: Pick<UiState, 'untyped' | 'draft'>,
	form: Form,
	list: string,
	removed: number,
): readonly string[] => {
	const moved = Array.from({length: form.itemCount(draft, list)}, (_, index) => `${list}.${index}`).slice(removed);
	return [
		...untyped.filter((path) => !moved.some((member) => path.startsWith(`${member}.`))),
		...moved.flatMap((member) => promptsIn(form.getAt(draft, member), member)),
	];
};
