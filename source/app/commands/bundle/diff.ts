import {stat} from 'node:fs/promises';
import path from 'node:path';
import {errnoWords} from '../../../base/errno.ts';
import type {Base} from '../../../bundle/diff/base.ts';
import type {Difference} from '../../../bundle/diff/compare.ts';
import {bundleCommandProblems} from '../../base/bundle-problems.ts';
import type {Context} from '../../base/context.ts';
import {memoFileOf} from '../../run/memo-file.ts';
import type {AddCommand, Work} from '../command.ts';
import {type ProgressLines, progressLines} from '../progress.ts';
import {withExamples} from '../shared-options.ts';
import {stoppable} from '../stopped.ts';
import {type Opened, openWhole, withCharts} from './bundle-path.ts';
import {differenceJson, differenceText, type Made, madeText} from './diff-report.ts';
import {folderLock} from './folder-lock.ts';

type Options = {readonly base?: string; readonly out?: string; readonly json: boolean};
type Given = Options & {readonly fresh: string; readonly old: string | undefined};

/** The path of the base, which may be given in two ways. @throws ProblemError `bundle-diff-base` */
const basePathOf = ({old, base}: Given): string => {
	if (old !== undefined && base !== undefined) throw bundleCommandProblems.error('bundle-diff-base', {case: 'two'});
	const given = old ?? base;
	if (given === undefined) throw bundleCommandProblems.error('bundle-diff-base', {case: 'none'});
	return given;
};

/** It is looked at first: it is a file of another name than the bundle that is asked about. */
const requireBase = async (file: string): Promise<void> => {
	await stat(file).catch((error: unknown) => {
		const facts = {file, reason: errnoWords(error, 'read')};
		throw bundleCommandProblems.error('bundle-diff-base-unreadable', facts, {error});
	});
};

/** Opens a bundle by its absolute path, with all its platforms. */
type Open = (file: string) => Promise<Opened>;

const readBase = async (file: string, open: Open): Promise<Base> => {
	const {baseOfBundle, baseOfInventory, isInventory} = await import('../../../bundle/diff/base.ts');
	await requireBase(file);
	if (!(await isInventory(file))) return baseOfBundle((await open(file)).bundle);
	const {readInventory} = await import('../../../bundle/layout/inventory-file.ts');
	return baseOfInventory(await readInventory(file));
};

/** What is compared: the bundle, the base, and what the one has that the other lacks. */
type Compared = Opened & {readonly base: Base; readonly difference: Difference};

const compare = async ({workingDirectory}: Context, given: Given, open: Open): Promise<Compared> => {
	const {compareBundle} = await import('../../../bundle/diff/compare.ts');
	const base = await readBase(path.resolve(workingDirectory, basePathOf(given)), open);
	const opened = await open(path.resolve(workingDirectory, given.fresh));
	return {...opened, base, difference: compareBundle(opened.bundle, base)};
};

/** Makes the differential bundle. @param out absolute */
const make = async (context: Context, compared: Compared, out: string, lines: ProgressLines): Promise<Made> => {
	const [{makeDifferential}, {openMemo}] = await Promise.all([
		import('../../../bundle/diff/make.ts'),
		import('../../../bundle/verify/memo.ts'),
	]);
	const {layout, bundle, base, difference} = compared;
	const {files, bytes, linked} = await makeDifferential(layout, bundle, {
		base,
		difference,
		out,
		lock: folderLock(context, 'bundle-diff'),
		memo: await openMemo(memoFileOf(context)),
		signal: context.signal,
		onCheck: ({file, done, total}) => lines.move(file === '' ? 'check' : `check ${file}`, done, total),
		onProgress: ({file, done, total}) => lines.move(`write ${file}`, done, total),
	});
	return {path: out, files: files.length, bytes, linked};
};

const work: Work<Given> = async (context, given) => {
	const lines = progressLines(context);
	return withCharts(context, async (workDirectory) => {
		const open: Open = (file) => openWhole(file, 'all', workDirectory, context.signal);
		const compared = await compare(context, given, open);
		const {base, difference, layout} = compared;
		const out = given.out === undefined ? undefined : path.resolve(context.workingDirectory, given.out);
		const made = out === undefined ? undefined : await make(context, compared, out, lines);
		lines.end();
		// What cannot be opened here cannot be opened there.
		if (made) await open(made.path);
		if (given.json) context.out(differenceJson(base, difference, made));
		else {
			const signed = layout.files.has('SHA256SUMS.minisig');
			context.out(differenceText(base, difference));
			if (made) context.out(madeText(made, {path: layout.path, signed}));
		}
		return 0;
	}).finally(lines.end);
};

/** `bundle diff`: what a bundle has that the target lacks, and a bundle of that alone. */
export const diff: AddCommand = ({bundle}, ask) => {
	const command = bundle
		.command('diff')
		.description('what differs from an older bundle or a registry, and with --out a bundle of only what that lacks')
		.argument('<new>', 'the new bundle: folder, tar file, or list of parts')
		.argument('[old]', 'an older bundle, or the inventory of a registry')
		.option('--base <path>', 'the same as [old]')
		.option('--out <folder>', 'write a differential bundle there')
		.option('--json', 'the result as one line of JSON on standard output', false);
	withExamples(command, [
		'zenml-airgap bundle diff ./new-bundle ./old-bundle',
		'zenml-airgap bundle diff ./new-bundle inventory.json --out ./difference',
	]).action((fresh: string, old: string | undefined, options: Options) =>
		ask(stoppable(work, 'It begins anew.'), {...options, fresh, old}),
	);
};
