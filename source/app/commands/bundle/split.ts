import path from 'node:path';
import {counted} from '../../../base/text.ts';
import {formatBytes} from '../../../base/units.ts';
import type {Split} from '../../../bundle/split/split.ts';
import type {Context} from '../../base/context.ts';
import type {AddCommand, Work} from '../command.ts';
import {progressLines} from '../progress.ts';
import {withExamples} from '../shared-options.ts';
import {stoppable} from '../stopped.ts';
import {openWhole, withCharts} from './bundle-path.ts';
import {folderLock} from './folder-lock.ts';

type Options = {readonly size: string; readonly out?: string; readonly json: boolean};
type Given = Options & {readonly bundle: string};

/** What was split where; `signed` tells to check the signature on the other side. */
type Done = Split & {readonly folder: string; readonly listFile: string; readonly signed: boolean};

const splitAt = async (context: Context, {bundle: given, size, out}: Given): Promise<Done> => {
	const [{parsePartSize}, {splitBundle}, {bundleFiles}, {partsFileSuffix}] = await Promise.all([
		import('../../../bundle/split/part-size.ts'),
		import('../../../bundle/split/split.ts'),
		import('../../../bundle/layout/index-file.ts'),
		import('../../../bundle/layout/parts-file.ts'),
	]);
	const {signal, workingDirectory} = context;
	const partSize = parsePartSize(size);
	const lines = progressLines(context);
	return withCharts(context, async (workDirectory) => {
		const file = path.resolve(workingDirectory, given);
		const {layout, bundle} = await openWhole(file, undefined, workDirectory, signal);
		const folder = out === undefined ? path.dirname(layout.path) : path.resolve(workingDirectory, out);
		const done = await splitBundle(layout, bundle, {
			out: folder,
			partSize,
			lock: folderLock(context, 'bundle-split'),
			signal,
			onProgress: ({file: part, done: bytes, total}) => lines.move(`write ${part}`, bytes, total),
		});
		const listFile = `${done.list.name}${partsFileSuffix}`;
		return {...done, folder, listFile, signed: layout.files.has(bundleFiles.signature)};
	}).finally(lines.end);
};

const keptText = ({kept, list}: Split): string => {
	if (kept === 0) return '';
	return kept === list.parts.length ? ', which were there already' : `, ${kept} of them from an earlier run`;
};

const text = ({list, kept, folder, listFile, signed}: Done): string => {
	const {name, parts, size} = list;
	return [
		`${counted(parts.length, 'part')} of ${name} (${formatBytes(size)}) in ${folder}${keptText({list, kept})}:`,
		...parts.map((part) => `  ${part.file}  ${formatBytes(part.size)}`),
		`  ${listFile}`,
		`  ${name}.sha256`,
		'Carry all of these files. On the other side:',
		`  zenml-airgap bundle verify ${listFile}${signed ? ' --public-key PUBLIC-KEY-OF-THE-SIGNER' : ''}`,
		'',
	].join('\n');
};

const work: Work<Given> = async (context, given) => {
	const done = await splitAt(context, given);
	const {list, folder, kept} = done;
	context.out(given.json ? `${JSON.stringify({...list, folder, kept})}\n` : text(done));
	return 0;
};

/** `bundle split`: a bundle as files that fit on what carries them. */
export const split: AddCommand = ({bundle}, ask) => {
	const command = bundle
		.command('split')
		.description('write a bundle as parts that fit on what carries them, with a checksum for each')
		.argument('<bundle>', 'folder or tar file')
		.requiredOption('--size <size>', 'the most that a part may have: 700M, 4G, 25GiB')
		.option('--out <folder>', 'where the parts go; by default beside the bundle')
		.option('--json', 'the list of parts as one line of JSON on standard output', false);
	withExamples(command, ['zenml-airgap bundle split ./zenml-air-gapped-bundle --size 4G --out ./parts']).action(
		(file: string, options: Options) =>
			ask(stoppable(work, 'Parts that are finished are kept.'), {...options, bundle: file}),
	);
};
