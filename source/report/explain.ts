import {type Actor, toldActor} from '../base/people/actor.ts';
import {exitCodes} from '../base/problem.ts';
import {type Declaration, wordsOf} from '../base/problem-table.ts';

/** Words with their facts as people read them in advance: `<file> cannot be read.` */
export const withPlaceholders = (text: string): string => text.replaceAll(/\{\$?(\w+)\}/gu, '<$1>');

/** One way in which a problem can come about; `name` is undefined where there is only one. */
export type Telling = {
	readonly name: string | undefined;
	readonly message: string;
	readonly cause: string;
	readonly fix: string;
	readonly nextSteps: readonly string[];
	readonly who: Actor;
};

/** Every way in which a declared problem is told, its facts as placeholders. */
export const tellings = (declaration: Declaration): readonly Telling[] => {
	const names = declaration.cases ? Object.keys(declaration.cases) : [undefined];
	return names.map((name) => {
		const {message = '', cause = '', fix = '', nextSteps = [], who = 'operator'} = wordsOf(declaration, name);
		const [shownMessage = '', shownCause = '', shownFix = ''] = [message, cause, fix].map(withPlaceholders);
		return {
			name,
			message: shownMessage,
			cause: shownCause,
			fix: shownFix,
			nextSteps: nextSteps.map(withPlaceholders),
			who,
		};
	});
};

const distinct = (texts: readonly string[]): readonly string[] => [...new Set(texts)];

/** A label with its texts: the first beside it, the others below. */
export const labelled = (label: string, texts: readonly string[]): readonly string[] =>
	texts.map((text, index) => `  ${(index === 0 ? label : '').padEnd(8)} ${text}`);

/** The answers that may mend a problem, in any of its cases. */
export const answersOf = (declaration: Declaration): readonly string[] =>
	distinct([
		...(declaration.answers ?? []),
		...Object.values(declaration.cases ?? {}).flatMap(({answers = []}) => answers),
	]);

/** Each cause with what to do then; several cases may have the same. */
const waysOf = (all: readonly Telling[]): readonly (readonly string[])[] => {
	const ways = all.map(({cause, fix, nextSteps}) => [
		...labelled('why', [cause]),
		...labelled('do', [fix, ...nextSteps]),
	]);
	return [...new Map(ways.map((way) => [way.join('\n'), way])).values()];
};

/**
 * A problem explained before it happens: what it says, every cause and what to do then, who acts, which answers may mend it.
 * @param declarations of the rooms that tell of it, mostly one
 */
export const explainLines = (code: string, declarations: readonly Declaration[]): readonly string[] => {
	const all = declarations.flatMap(tellings);
	const answers = distinct(declarations.flatMap(answersOf));
	const exits = declarations.map(({area, areaElse}) =>
		areaElse === undefined ? `${exitCodes[area]} (${area})` : `${exitCodes[area]} (${area}), or that of ${areaElse}`,
	);
	return [
		code,
		...labelled('says', distinct(all.map(({message}) => message))),
		...waysOf(all).flatMap((way) => ['', ...way]),
		'',
		...labelled('who', distinct(all.map(({who}) => toldActor(who)))),
		...labelled('answers', answers.length > 0 ? [answers.join(', ')] : []),
		...labelled('exit', distinct(exits)),
	];
};
