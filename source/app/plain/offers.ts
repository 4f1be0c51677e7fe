import {setTimeout as sleep} from 'node:timers/promises';
import type {Draft} from '../../answers/draft.ts';
import {type OfferKind, offerKindOf} from '../../answers/form/offers.ts';
import type {Offered} from '../../ui/state/session.ts';
import type {QuestionEntry} from './entries.ts';
import type {PlainLines} from './lines.ts';

/** Looks for names that can be offered as an answer, given by its path; bounded in time. Never rejects. */
export type Offer = (draft: Draft, path: string) => Promise<Offered>;

/** How long a question waits for its names, ms: those of a file are there at once, a cluster may not answer at all. */
const waitMs = 1000;

/** Most names that are told. */
const mostTold = 20;

type Names = Exclude<OfferKind, 'files'>;

const whence: Readonly<Record<Names, string>> = {
	contexts: 'Contexts of the kubeconfig',
	'ingress classes': 'Ingress classes of the cluster',
	'storage classes': 'Storage classes of the cluster',
};

const linesOf = (kind: Names, {all, why}: Offered): readonly string[] => {
	if (why !== undefined) return [`  ${whence[kind]} are not known: ${why}`];
	if (all.length === 0) return [];
	const more = all.length - mostTold;
	return [
		`  ${whence[kind]}, by number or name:`,
		...all.slice(0, mostTold).map((name, index) => `  ${index + 1} ${name}`),
		...(more > 0 ? [`  and ${more} more`] : []),
	];
};

/** What is offered at one question. */
export type PlainOffers = {
	/** What was typed, or the name whose number it is; a name that is a number itself counts as a name. */
	readonly meant: (typed: string) => string;
	/** The question is answered: nothing more is told of it. */
	readonly close: () => void;
};

const meantBy = (names: readonly string[], typed: string): string => {
	const word = typed.trim();
	if (names.includes(word) || !/^\d{1,3}$/u.test(word)) return typed;
	return names.slice(0, mostTold)[Number(word) - 1] ?? typed;
};

/**
 * Tells the names that can be offered at a question, numbered: before its prompt where they come soon, else when they come. Free typing
 * stays possible. Files are not offered: a folder is too long to be read aloud.
 */
export const tellOffers = async (
	lines: Pick<PlainLines, 'say'>,
	draft: Draft,
	{question, path}: QuestionEntry,
	offer: Offer,
): Promise<PlainOffers> => {
	const kind = offerKindOf({path, kind: question.kind}, '');
	let names: readonly string[] = [];
	let isOpen = true;
	const told = (found: Offered): void => {
		if (!isOpen || kind === undefined || kind === 'files') return;
		names = found.all;
		lines.say(...linesOf(kind, found));
	};
	if (kind !== undefined && kind !== 'files') await Promise.race([offer(draft, path).then(told), sleep(waitMs)]);
	return {
		meant: (typed) => meantBy(names, typed),
		close: () => {
			isOpen = false;
		},
	};
};
