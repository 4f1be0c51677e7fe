import {formatBytes} from '../../../base/units.ts';
import type {Paper} from '../../../bundle/types.ts';
import type {PlanPage} from '../../../engine/plan.ts';
import type {World} from '../../world.ts';

const pageOf = ({file, lines, size, cut}: Paper, directory: string): PlanPage => ({
	title: file,
	lines: [
		`${file} in ${directory}, the vendor's words:`,
		'',
		...lines,
		...(cut ? ['', `The text is longer (${formatBytes(size)}); read the rest in the bundle.`] : []),
	],
});

/** Release notes and migration guides of the bundle, a page each; a page that says so where it has none. @throws ProblemError area `bundle` */
export const paperPages = async ({bundle, signal}: World): Promise<readonly PlanPage[]> => {
	const {directory} = await bundle.open(signal);
	const papers = await bundle.papers(signal);
	if (papers.length > 0) return papers.map((paper) => pageOf(paper, directory));
	return [
		{
			title: 'Release notes',
			lines: [
				`The bundle ${directory} has no release notes and no migration guide.`,
				'Ask the vendor for them before you go on: breaking changes and migrations stand there.',
			],
		},
	];
};
