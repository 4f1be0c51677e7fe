import {nearest} from '../../base/text.ts';
import {appProblems} from '../base/problems.ts';
import type {AddCommand, Work} from './command.ts';

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
		const shown = code.slice(0, 80);
		const near = nearest(shown, [...problems.keys()]);
		const given = near === undefined ? ({case: 'none near'} as const) : ({case: 'a near one', near} as const);
		throw appProblems.error('explain-unknown-code', {...given, code: shown});
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
