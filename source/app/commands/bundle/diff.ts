import {stat} from 'node:fs/promises';
import path from 'node:path';
import {printable} from '../../../base/printable.ts';
import {ProblemError} from '../../../base/problem.ts';
import {formatBytes} from '../../../base/units.ts';
import type {Base} from '../../../bundle/diff/base.ts';
import type {Change, Difference} from '../../../bundle/diff/compare.ts';
import type {Context} from '../../context.ts';
import {memoFileOf} from '../../memo-file.ts';
import {progressLines} from '../progress.ts';
import {stoppable} from '../stopped.ts';
import type {Tool} from '../tool.ts';
import {withCharts} from './bundle-path.ts';
import {folderLock} from './folder-lock.ts';

type Options = {readonly base?: string; readonly out?: string; readonly json: boolean};

const change = ({name, before, now, same}: Change): string => {
	const [old, fresh] = [before.join(', '), now.join(', ')];
	if (same) return `${name} ${fresh}: the same`;
	if (now.length === 0) return `${name} ${old}: not in the new bundle`;
	if (before.length === 0) return `${name} ${fresh}: new`;
	return old === fresh ? `${name} ${fresh}: same version, other contents` : `${name} ${old} -> ${fresh}`;
};

const wholeText = ({bytes, carryBytes, programBytes}: Required<Difference>['whole']): string => {
	const programs = programBytes === 0 ? '' : ` programs (bin/, ${formatBytes(programBytes)}),`;
	return `in all:   ${formatBytes(carryBytes)} of ${formatBytes(bytes)}, as${programs} charts and lists come along always`;
};

const text = (base: Base, {images, charts, omitted, omittedBytes, blobs, blobBytes, whole}: Difference): string =>
	[
		`Against ${base.kind === 'bundle' ? 'the bundle' : 'the inventory of'} ${base.name}:`,
		'images',
		...images.map((one) => `  ${change(one)}`),
		...(charts ? ['charts', ...charts.map((one) => `  ${change(one)}`)] : []),
		`to carry: ${formatBytes(blobBytes - omittedBytes)} of ${formatBytes(blobBytes)} in blobs; the base has ${omitted.length} of ${blobs}, ${formatBytes(omittedBytes)}`,
		...(whole ? [wholeText(whole)] : []),
		'',
	]
		.map(printable)
		.join('\n');

const missingBase = (what: string): ProblemError =>
	new ProblemError({
		code: 'bundle-diff-base',
		area: 'usage',
		message: what,
		cause: 'A difference needs two sides.',
		fix: 'Give an older bundle, or the inventory of the target registry, as second argument or with --base.',
		nextSteps: ['zenml-airgap registry inventory --help'],
	});

/** The base is looked at first: it is a file of another name than the bundle that is asked about. */
const requireBase = async (file: string): Promise<void> => {
	await stat(file).catch((error: NodeJS.ErrnoException) => {
		throw new ProblemError(
			{
				code: 'bundle-diff-base-unreadable',
				area: 'usage',
				message: `The base ${file} cannot be read.`,
				cause: error.code === 'ENOENT' ? 'There is no such file or folder.' : error.message,
				fix: 'Name the older bundle, or the file that `zenml-airgap registry inventory` wrote.',
			},
			{cause: error},
		);
	});
};

const work = async (context: Context, fresh: string, old: string | undefined, options: Options): Promise<number> => {
	const given = old ?? options.base;
	if (given === undefined) throw missingBase('There is nothing to compare with.');
	if (old !== undefined && options.base !== undefined) throw missingBase('Two bases were given.');
	const [{openBundle}, {openLayout}, {baseOfBundle, baseOfInventory, isInventory}, {compareBundle}] = await Promise.all(
		[
			import('../../../bundle/open/bundle.ts'),
			import('../../../bundle/layout/layout.ts'),
			import('../../../bundle/diff/base.ts'),
			import('../../../bundle/diff/compare.ts'),
		],
	);
	const {signal, workingDirectory} = context;
	const lines = progressLines(context);
	return withCharts(context, async (workDirectory) => {
		const openAt = async (file: string) => {
			const layout = await openLayout(file, signal);
			const asked = {signature: {mode: 'off'}, platform: 'all'} as const;
			return {layout, bundle: await openBundle(layout, workDirectory, asked, signal)};
		};
		const file = path.resolve(workingDirectory, given);
		await requireBase(file);
		const base = (await isInventory(file))
			? baseOfInventory(await (await import('../../../bundle/layout/inventory-file.ts')).readInventory(file))
			: baseOfBundle((await openAt(file)).bundle);
		const {layout, bundle} = await openAt(path.resolve(workingDirectory, fresh));
		const difference = compareBundle(bundle, base);
		const out = options.out === undefined ? undefined : path.resolve(workingDirectory, options.out);
		let made: {readonly files: number; readonly bytes: number; readonly linked: number} | undefined;
		if (out !== undefined) {
			const [{makeDifferential}, {openMemo}] = await Promise.all([
				import('../../../bundle/diff/make.ts'),
				import('../../../bundle/verify/memo.ts'),
			]);
			const {files, bytes, linked} = await makeDifferential(layout, bundle, {
				base,
				difference,
				out,
				lock: folderLock(context, 'bundle-diff'),
				memo: await openMemo(memoFileOf(context)),
				signal,
				onCheck: ({file: name, done, total}) => lines.move(name === '' ? 'check' : `check ${name}`, done, total),
				onProgress: ({file: name, done, total}) => lines.move(`write ${name}`, done, total),
			});
			made = {files: files.length, bytes, linked};
			lines.end();
			// What cannot be opened here cannot be opened there.
			await openAt(out);
		}
		if (options.json) {
			const {kind, name} = base;
			context.out(
				`${JSON.stringify({base: {kind, name}, ...difference, ...(made ? {made: {path: out, ...made}} : {})})}\n`,
			);
			return 0;
		}
		context.out(text(base, difference));
		if (made) {
			const links = made.linked === 0 ? '' : `, ${made.linked} of them hard links to ${layout.path}`;
			context.out(`${out}: ${made.files} files, ${formatBytes(made.bytes)}${links}.\n`);
			if (layout.files.has('SHA256SUMS.minisig')) {
				context.out(
					'The signature of the whole bundle does not hold for it: sign it with `zenml-airgap bundle sign`.\n',
				);
			}
		}
		return 0;
	}).finally(lines.end);
};

/** `bundle diff`: what a bundle has that the target lacks, and a bundle of that alone. */
export const diff: Tool = ({bundle}, ask) => {
	bundle
		.command('diff')
		.description('what differs from an older bundle or a registry, and with --out a bundle of only what that lacks')
		.argument('<new>', 'the new bundle: folder, tar file, or list of parts')
		.argument('[old]', 'an older bundle, or the inventory of a registry')
		.option('--base <path>', 'the same as [old]')
		.option('--out <folder>', 'write a differential bundle there')
		.option('--json', 'the result as one line of JSON on standard output', false)
		.action((fresh: string, old: string | undefined, options: Options) =>
			ask((context) =>
				stoppable(context, 'Give the same command again; it begins anew.', () => work(context, fresh, old, options)),
			),
		);
};
