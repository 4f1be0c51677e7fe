import path from 'node:path';
import type {Context} from '../../context.ts';
import {progressLines} from '../progress.ts';
import {stoppable} from '../stopped.ts';
import type {Tool} from '../tool.ts';
import {withCharts} from './bundle-path.ts';

type Options = {readonly out?: string};

const work = async (context: Context, bundle: string, {out}: Options): Promise<number> => {
	const {readSheet, writeSheet} = await import('../../../bundle/sign/custody.ts');
	const {sheetText} = await import('../../../bundle/sign/custody-sheet.ts');
	const file = out === undefined ? undefined : path.resolve(context.workingDirectory, out);
	const lines = progressLines(context);
	try {
		const sheet = await withCharts(context, (workDirectory) =>
			readSheet(path.resolve(context.workingDirectory, bundle), {
				workDirectory,
				out: file,
				signal: context.signal,
				onProgress: ({file, done, total}) => lines.move(`read ${file}`, done, total),
			}),
		);
		lines.end();
		const text = sheetText(sheet);
		if (file === undefined) context.out(text);
		else {
			await writeSheet(file, text);
			lines.say(`The sheet was written to ${file}; print it and sign it by hand.`);
		}
		return 0;
	} finally {
		lines.end();
	}
};

/** `bundle custody`: a page that goes with the bundle from hand to hand. */
export const custody: Tool = ({bundle}, ask) => {
	bundle
		.command('custody')
		.description('a page to print: what the bundle holds, its sums, its signer, lines for those who hand it over')
		.argument('<bundle>', 'folder, tar file, or the list of the parts of a bundle')
		.option('--out <file>', 'write it to that new file beside the bundle instead of to standard output')
		.action((bundlePath: string, options: Options) =>
			ask((context) => stoppable(context, 'Start it again.', () => work(context, bundlePath, options))),
		);
};
