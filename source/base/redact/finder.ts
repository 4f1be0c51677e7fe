import {besideSecrets} from './beside.ts';
import {createDecoder, type Decoded} from './decode.ts';
import {edgeAfter, edgeBefore} from './edges.ts';
import {encodedForms, partsOf, plainForms} from './forms.ts';
import {inputValues} from './inputs.ts';
import {createMarks} from './marks.ts';
import {publicPartsOf} from './public-parts.ts';
import {passwordsInUrls, type Range} from './url-logins.ts';
import {createViews, type View} from './views.ts';
import {createWindows, type Fragment, windowSize} from './windows.ts';

/** Shorter values are not secrets that can be told from ordinary text; they are masked only where they stand alone. */
const shortest = 4;
/** A secret of this length is known where it is broken over lines, too. */
const foldable = 16;

/** One or two words, which many texts hold that have nothing to do with the secret: `password`, `zenml-pro`. */
export const isOrdinary = (text: string): boolean => {
	const words = text.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');
	return words.length <= 2 && words.every((word) => /^(?:\p{Lu}?\p{Ll}{1,12}|\p{Lu}{1,12})$/u.test(word));
};

/** Is this part of a secret to be hidden: all of it, half of it, or what stands where a text was cut? */
const isTelling = (decoded: Decoded, view: View, {from, to, whole}: Fragment, text: () => string): boolean => {
	if (to - from >= whole) return true;
	const edges = [edgeBefore(decoded, view.from[from] ?? 0), edgeAfter(decoded, (view.from[to - 1] ?? 0) + 1)];
	if (edges.includes('cut')) return true;
	return ((to - from) * 2 >= whole || edges.includes('line')) && !isOrdinary(text());
};

const isWordUnit = (character: string | undefined): boolean => character !== undefined && /\w/u.test(character);

const standingAlone = (text: string, secret: string): readonly Range[] => {
	const found: Range[] = [];
	for (let at = text.indexOf(secret); at >= 0; at = text.indexOf(secret, at + 1)) {
		const end = at + secret.length;
		if (!isWordUnit(text[at - 1]) && !isWordUnit(text[end])) found.push([at, end]);
	}
	return found;
};

/** The ways to look at a text, each with what is known of secrets in it. */
const createKinds = () => {
	const views = createViews();
	return {
		plain: {view: views.plain, windows: createWindows(), marks: createMarks()},
		written: {view: views.written, windows: createWindows(), marks: createMarks()},
		unfolded: {view: views.unfolded, windows: createWindows(), marks: createMarks()},
	};
};

type Kinds = ReturnType<typeof createKinds>;
type Kind = keyof Kinds;

/** @param short takes what is only a secret where it stands alone */
const createAdder = (kinds: Kinds, short: Set<string>) => {
	const decode = createDecoder();
	const formOf = (text: string, kind: Kind): Uint16Array => {
		const {units, length} = kinds[kind].view(decode(text));
		return units.slice(0, length);
	};
	const addForm = (form: Uint16Array, kind: Kind): void => {
		kinds[kind].windows.add(form);
		if (form.length >= windowSize) kinds[kind].marks.add(form);
	};
	/** Values of less than a window are often words: they count as they are written, and in the other case when no word is. */
	const addShort = (part: string): void => {
		const isWord = /^\p{L}*$/u.test(part);
		for (const text of new Set(isWord ? [part] : [part, part.toUpperCase(), part.toLowerCase()]))
			addForm(formOf(text, 'written'), 'written');
	};
	const addPlain = (part: string): void => {
		for (const text of new Set(plainForms(part))) {
			const form = formOf(text, 'plain');
			if (form.length >= windowSize) addForm(form, 'plain');
			else if (form.length >= shortest) addShort(text);
			else short.add(text);
		}
	};
	const addUnfolded = (part: string): void => {
		const asItIs = part.length >= foldable && !/\s/u.test(part) ? [part] : [];
		for (const text of new Set([...encodedForms(part), ...asItIs])) {
			const form = formOf(text, 'unfolded');
			if (form.length >= shortest) addForm(form, 'unfolded');
		}
	};
	/** As base64 it stands in PEM; PEM in base64 is what a Secret or a kubeconfig holds. */
	const show = (part: string): void => {
		for (const text of [part, ...encodedForms(part)])
			for (const kind of ['plain', 'unfolded'] as const) kinds[kind].windows.show(formOf(text, kind));
	};
	return (secret: string): void => {
		for (const part of publicPartsOf(secret)) show(part);
		for (const part of partsOf(secret)) {
			if (part.length < shortest) short.add(part);
			else {
				addPlain(part);
				addUnfolded(part);
			}
		}
	};
};

/** Without the spaces around it, which tell nothing and may stand for the line break before a line of a secret. */
const trimmed = (text: string, [from, to]: Range): Range => {
	const part = text.slice(from, to);
	const start = from + part.length - part.replace(/^ +/u, '').length;
	return [start, Math.max(start, from + part.trimEnd().length)];
};

/** What of secrets stands in a text: telling parts, and what others may see where it stands alone. */
type Found = {readonly secrets: readonly Range[]; readonly publics: readonly Range[]};

/** Where one kind of forms stands in a text. */
const findIn = (text: string, decoded: Decoded, {view: look, windows, marks}: Kinds[Kind]): Found => {
	if (windows.isEmpty()) return {secrets: [], publics: []};
	const secrets: Range[] = [];
	const publics: Range[] = [];
	const view = look(decoded);
	const rangeOf = (from: number, to: number): Range => [
		decoded.starts[view.from[from] ?? 0] ?? 0,
		decoded.ends[view.from[to - 1] ?? 0] ?? text.length,
	];
	windows.scan(view, (fragment) => {
		const range = trimmed(text, rangeOf(fragment.from, fragment.to));
		if (!isTelling(decoded, view, fragment, () => text.slice(...range))) return;
		(fragment.public ? publics : secrets).push(range);
	});
	marks.scan(view, (from, to) => {
		secrets.push(rangeOf(from, to));
	});
	return {secrets, publics};
};

/** Knows secrets, and finds them and telling parts of them in a text, in a time that grows with the length of the text only. */
export const createFinder = () => {
	const kinds = createKinds();
	const short = new Set<string>();
	const add = createAdder(kinds, short);
	const decode = createDecoder();
	let isEmpty = true;
	return {
		add: (secret: string): void => {
			isEmpty = false;
			add(secret);
		},
		find: (text: string): readonly Range[] => {
			const known = [
				passwordsInUrls(text),
				inputValues(text),
				...[...short].map((secret) => standingAlone(text, secret)),
			];
			if (isEmpty) return known.flat();
			const decoded = decode(text);
			const found = Object.values(kinds).map((kind) => findIn(text, decoded, kind));
			// What stands before or after a secret may look like the other half of an escape.
			const raw = decoded.escaped ? decode(text, true) : undefined;
			const again = raw === undefined ? [] : [findIn(text, raw, kinds.plain), findIn(text, raw, kinds.written)];
			const all = [...found, ...again];
			const secrets = all.flatMap((one) => one.secrets);
			const publics = all.flatMap((one) => one.publics);
			return [...known.flat(), ...secrets, ...besideSecrets(secrets, publics)];
		},
	};
};
