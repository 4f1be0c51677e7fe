import {distance} from 'fastest-levenshtein';
import {appProblems} from '../base/problems.ts';
import type {AddCommand, Work} from './command.ts';

const nearest = (word: string, codes: readonly string[]): string =>
	codes.reduce((best, code) => (distance(word, code) < distance(word, best) ? code : best), codes[0] ?? '');

/** @throws ProblemError `explain-unknown-code` */
const work: Work<string | undefined> = async ({out}, code) => {
	const [{allProblems}, {explainLines, tellings}] = await Promise.all([
		import('../explain/problem-tables.ts'),
		import('../../report/explain.ts'),
	]);
	const problems = allProblems();
	if (code === undefined) {
		const width = Math.max(...[...problems.keys()].map((one) => one.length));
		for (const [one, declarations] of problems)
			out(`${one.padEnd(width)}  ${declarations.flatMap(tellings)[0]?.message ?? ''}\n`);
		return 0;
	}
	const declarations = problems.get(code);
	if (!declarations) {
		const near = nearest(code, [...problems.keys()]);
		throw appProblems.error('explain-unknown-code', {code: code.slice(0, 80), near});
	}
	out(`${explainLines(code, declarations).join('\n')}\n`);
	return 0;
};

/** `explain`: what a problem means, before or after it was met. */
export const explain: AddCommand = ({program}, ask) => {
	program
		.command('explain')
		.description('what a problem means and what to do: by its code, or all of them')
		.argument('[code]', 'the code at the end of a problem, such as registry-unauthorized')
		.action((code: string | undefined) => ask(work, code));
};
