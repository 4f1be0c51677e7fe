import path from 'node:path';
import {formatBytes} from '../../../base/units.ts';
import type {Context} from '../../context.ts';
import {progressLines} from '../progress.ts';
import {stoppable} from '../stopped.ts';
import type {Tool} from '../tool.ts';
import {withCharts} from './bundle-path.ts';
import {folderLock} from './folder-lock.ts';

type Options = {readonly size: string; readonly out?: string; readonly json: boolean};

const work = async (context: Context, bundlePath: string, options: Options): Promise<number> => {
	const [{openBundle}, {bundleFiles}, {openLayout}, {parsePartSize}, {splitBundle}, {partsFileSuffix}] =
		await Promise.all([
			import('../../../bundle/open/bundle.ts'),
			import('../../../bundle/layout/index-file.ts'),
			import('../../../bundle/layout/layout.ts'),
			import('../../../bundle/split/part-size.ts'),
			import('../../../bundle/split/split.ts'),
			import('../../../bundle/layout/parts-file.ts'),
		]);
	const {signal, workingDirectory} = context;
	const partSize = parsePartSize(options.size);
	const lines = progressLines(context);
	const {list, kept, out, signed} = await withCharts(context, async (workDirectory) => {
		const layout = await openLayout(path.resolve(workingDirectory, bundlePath), signal);
		const bundle = await openBundle(layout, workDirectory, {signature: {mode: 'off'}, platform: undefined}, signal);
		const folder = options.out === undefined ? path.dirname(layout.path) : path.resolve(workingDirectory, options.out);
		const onProgress = ({file, done, total}: {file: string; done: number; total: number}): void =>
			lines.move(`write ${file}`, done, total);
		const lock = folderLock(context, 'bundle-split');
		return {
			...(await splitBundle(layout, bundle, {out: folder, partSize, lock, signal, onProgress})),
			out: folder,
			signed: layout.files.has(bundleFiles.signature),
		};
	}).finally(lines.end);
	if (options.json) {
		context.out(`${JSON.stringify({...list, folder: out, kept})}\n`);
		return 0;
	}
	const keptText =
		kept === 0
			? ''
			: kept === list.parts.length
				? ', which were there already'
				: `, ${kept} of them from an earlier run`;
	context.out(
		[
			`${list.parts.length} parts of ${list.name} (${formatBytes(list.size)}) in ${out}${keptText}:`,
			...list.parts.map(({file, size}) => `  ${file}  ${formatBytes(size)}`),
			`  ${list.name}${partsFileSuffix}`,
			`  ${list.name}.sha256`,
			'Carry all of these files. On the other side:',
			`  zenml-airgap bundle verify ${list.name}${partsFileSuffix}${signed ? ' --public-key PUBLIC-KEY-OF-THE-SIGNER' : ''}`,
			'',
		].join('\n'),
	);
	return 0;
};

/** `bundle split`: a bundle as files that fit on what carries them. */
export const split: Tool = ({bundle}, ask) => {
	bundle
		.command('split')
		.description('write a bundle as parts that fit on what carries them, with a checksum for each')
		.argument('<bundle>', 'folder or tar file')
		.requiredOption('--size <size>', 'the most that a part may have: 700M, 4G, 25GiB')
		.option('--out <folder>', 'where the parts go; by default beside the bundle')
		.option('--json', 'the list of parts as one line of JSON on standard output', false)
		.action((bundlePath: string, options: Options) =>
			ask((context) =>
				stoppable(context, 'Give the same command again: parts that are finished are kept.', () =>
					work(context, bundlePath, options),
				),
			),
		);
};
