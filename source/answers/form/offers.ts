import {firstOf} from '../../base/text.ts';

/** Where the answers come from that are offered at a question; undefined where nothing is. */
export type OfferKind = 'contexts' | 'ingress classes' | 'storage classes' | 'files';

/** What a reference to a secret in a file begins with. */
const fileScheme = 'file:';

/** The path in a text that may be a reference to a file. */
export const pathIn = (text: string): string => (text.startsWith(fileScheme) ? text.slice(fileScheme.length) : text);

/**
 * What is offered at a question for a text: names of the kubeconfig or the cluster, or what lies in a folder. At a secret that is the file of
 * a reference; of any other text there, which may be the secret, nothing is looked for.
 */
export const offerKindOf = (
	{path, kind}: {readonly path: string; readonly kind: string},
	text: string,
): OfferKind | undefined => {
	if (path === 'kubernetes.context') return 'contexts';
	if (path === 'ingress.className') return 'ingress classes';
	if (path.endsWith('.storageClass.name')) return 'storage classes';
	return kind === 'path' || (kind === 'secret' && text.startsWith(fileScheme)) ? 'files' : undefined;
};

/** The part of a text that what is offered begins with: the folder of a path, behind the scheme of a reference. */
export const offerBase = (kind: OfferKind, text: string): string => {
	if (kind !== 'files') return '';
	const scheme = text.slice(0, text.length - pathIn(text).length);
	return `${scheme}${pathIn(text).slice(0, pathIn(text).lastIndexOf('/') + 1)}`;
};

const shared = (one: string, other: string): string => {
	let end = 0;
	while (end < one.length && one[end] === other[end]) end += 1;
	return one.slice(0, end).replace(/[\uD800-\uDBFF]$/u, '');
};

/** What of all that is offered goes on from a text. Hidden files are offered to whoever typed their dot. */
export const offersFor = (offered: readonly string[], base: string, text: string): readonly string[] =>
	offered.filter((one) => one.startsWith(text) && (text !== base || one[base.length] !== '.'));

/** A text with all that those which go on from it have in common; the same text where that is nothing more. */
export const completed = (matches: readonly string[], text: string): string => {
	const [first, ...rest] = matches;
	return first === undefined ? text : rest.reduce(shared, first);
};

/** Most names in the words of an offer. */
const mostNamed = 12;

/** The names alone, in one line. */
export const offerWords = (matches: readonly string[], base: string): string =>
	firstOf(
		matches.map((one) => one.slice(base.length)),
		mostNamed,
		'  ',
	);
