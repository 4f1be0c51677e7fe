import path from 'node:path';
import type {AddCommand, Work} from '../command.ts';
import {progressLines} from '../progress.ts';
import {withExamples} from '../shared-options.ts';
import {stoppable} from '../stopped.ts';
import {withCharts} from './bundle-path.ts';

type Given = {readonly bundle: string; readonly out?: string};

const work: Work<Given> = async (context, given) => {
	const {readSheet, writeSheet} = await import('../../../bundle/sign/custody.ts');
	const {sheetText} = await import('../../../bundle/sign/custody-sheet.ts');
	const {workingDirectory, signal} = context;
	const out = given.out === undefined ? undefined : path.resolve(workingDirectory, given.out);
	const lines = progressLines(context);
	const sheet = await withCharts(context, (workDirectory) =>
		readSheet(path.resolve(workingDirectory, given.bundle), {
			workDirectory,
			out,
			signal,
			onProgress: ({file, done, total}) => lines.move(`read ${file}`, done, total),
		}),
	).finally(lines.end);
	if (out === undefined) {
		context.out(sheetText(sheet));
		return 0;
	}
	await writeSheet(out, sheetText(sheet));
	lines.say(`The sheet was written to ${out}; print it and sign it by hand.`);
	return 0;
};

/** `bundle custody`: a page that goes with the bundle from hand to hand. */
export const custody: AddCommand = ({bundle}, ask) => {
	const command = bundle
		.command('custody')
		.description('a page to print: what the bundle holds, its sums, its signer, lines for those who hand it over')
		.argument('<bundle>', 'folder, tar file, or the list of the parts of a bundle')
		.option('--out <file>', 'write it to that new file beside the bundle instead of to standard output');
	withExamples(command, ['zenml-airgap bundle custody ./zenml-air-gapped-bundle --out custody.txt']).action(
		(file: string, options: Omit<Given, 'bundle'>) =>
			ask(stoppable(work, 'No sheet was written.'), {...options, bundle: file}),
	);
};
