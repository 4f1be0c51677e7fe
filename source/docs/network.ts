import type {Answers} from '../answers/schema.ts';
import {counted} from '../base/text.ts';
import {destinationText, directions, networkLines, portText, sourceText} from '../handover/network/lines.ts';

const cell = (text: string): string => text.replaceAll('|', String.raw`\|`);

/** The lines as a table in Markdown. */
export const networkTable = (answers: Answers): string =>
	[
		'| traffic | from | to | port | direction |',
		'|---|---|---|---|---|',
		...networkLines(answers).map(
			(line) =>
				`| ${[line.what, sourceText(line), destinationText(line), portText(line), directions[line.direction]].map(cell).join(' | ')} |`,
		),
	].join('\n');

const made = /(<!-- network: made by a script, do not edit -->)[\s\S]*?(<!-- network: end -->)/u;

const example = /<!-- example: left out[\s\S]*?<!-- example: end -->\s*/u;

/** The page about the network with the names of this site in its table. */
export const withSite = (page: string, answers: Answers, file: string): string => {
	const lead = `By the answers in ${file}: ${counted(answers.workspaces.length, 'workspace')}.`;
	return page
		.replace(example, '')
		.replace(made, (_, begin: string, end: string) => `${begin}\n\n${lead}\n\n${networkTable(answers)}\n\n${end}`);
};
