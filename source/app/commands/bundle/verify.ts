import path from 'node:path';
import {InvalidArgumentError} from 'commander';
import {printable} from '../../../base/printable.ts';
import {formatBytes, formatDuration} from '../../../base/units.ts';
import type {Inspection} from '../../../bundle/open/inspect.ts';
import type {Context} from '../../context.ts';
import {memoFileOf} from '../../memo-file.ts';
import {progressLines} from '../progress.ts';
import {stoppable} from '../stopped.ts';
import type {Tool} from '../tool.ts';
import {checkPublicKey, publicKeyOption, type SignatureOptions, signatureOption, withCharts} from './bundle-path.ts';

type Options = SignatureOptions & {readonly json: boolean; readonly all: boolean; readonly jobs?: number};

const atMost16 = (text: string): number => {
	const value = Number(text);
	if (!Number.isInteger(value) || value < 1 || value > 16) {
		throw new InvalidArgumentError('It must be a number from 1 to 16.');
	}
	return value;
};

const json = (found: Inspection): string =>
	`${JSON.stringify({
		whole: found.refusals.length === 0,
		kind: found.kind,
		path: found.path,
		...(found.parts === undefined ? {} : {parts: found.parts}),
		...(found.bundle ? {bundle: found.bundle.digest, signer: found.bundle.signer?.keyId} : {}),
		files: found.files,
		bytes: found.bytes,
		read: found.read,
		...(found.since === undefined ? {} : {since: new Date(found.since).toISOString()}),
		carryAgain: found.damages.map(({file, reason, cause}) => ({file, reason, cause})),
		problems: found.refusals.map(({problem: {code, message}}) => ({code, message})),
		notVerified: found.bundle?.warnings ?? [],
	})}\n`;

const text = (found: Inspection, tookMs: number): string => {
	const {bundle, files, bytes, read, since} = found;
	const rate = tookMs > 0 && read > 0 ? `, ${formatBytes((read * 1000) / tookMs)}/s` : '';
	const again = found.kind === 'parts' && read > bytes ? ', as files that lie across two parts are read twice,' : '';
	const earlier =
		since === undefined
			? ''
			: `; the rest was verified at ${new Date(since).toISOString().slice(0, 19)}Z and is unchanged`;
	return [
		`${found.path}: whole.`,
		...(bundle?.index
			? [`  made ${bundle.index.created} by ${bundle.index.madeBy}`]
			: ['  made by hand: there is no bundle.json']),
		...(bundle?.signer ? [`  signed by key ${bundle.signer.keyId}: ${bundle.signer.comment}`] : []),
		...(bundle?.index?.differential ? [`  differential: needs what ${bundle.index.differential.base.name} has`] : []),
		...(bundle
			? [
					`  ${bundle.images.length} images, zenml-pro ${bundle.controlPlaneChart.version}, zenml ${bundle.workspaceChart.version}`,
					`  digest ${bundle.digest}`,
				]
			: []),
		`  ${files} ${found.kind === 'parts' ? 'parts' : 'files'}, ${formatBytes(bytes)}; read now: ${formatBytes(read)}${again} in ${formatDuration(tookMs)}${rate}${earlier}`,
		...(bundle?.warnings ?? []).map((warning) => `  not verified: ${warning}`),
		...(found.notRemembered === undefined ? [] : [`  the next run reads it all again: ${found.notRemembered}`]),
		'',
	]
		.map(printable)
		.join('\n');
};

const work = async (context: Context, bundle: string, options: Options): Promise<number> => {
	const [{inspectPath, requireWhole}, {openMemo}] = await Promise.all([
		import('../../../bundle/open/inspect.ts'),
		import('../../../bundle/verify/memo.ts'),
	]);
	await checkPublicKey(options);
	const {clock, signal} = context;
	const lines = progressLines(context);
	const startedAt = clock.now();
	const found = await withCharts(context, async (workDirectory) =>
		inspectPath(path.resolve(context.workingDirectory, bundle), {
			signal,
			workDirectory,
			memo: await openMemo(memoFileOf(context), {forget: options.all}),
			threads: options.jobs,
			signature: {mode: options.signature, publicKey: options.publicKey},
			now: clock.now,
			onProgress: ({file, done, total}) => lines.move(file === '' ? 'verify' : `verify ${file}`, done, total),
		}),
	).finally(lines.end);
	if (options.json) context.out(json(found));
	requireWhole(found);
	if (!options.json) context.out(text(found, clock.now() - startedAt));
	return 0;
};

/** `bundle verify`: everything that a bundle can prove about itself, and which files to carry again. */
export const verify: Tool = ({bundle}, ask) => {
	bundle
		.command('verify')
		.description('read a bundle and tell whether it is whole, and which files to carry again where it is not')
		.argument('<bundle>', 'folder, tar file, the list of the parts of a bundle, or the folder they lie in')
		.option('--json', 'the result as one line of JSON on standard output', false)
		.option('--all', 'read every byte, also of files that were verified earlier and have not changed', false)
		.option('--jobs <number>', 'how many files are read at once', atMost16)
		.addOption(publicKeyOption())
		.addOption(signatureOption())
		.action((bundlePath: string, options: Options) =>
			ask((context) =>
				stoppable(context, 'Give the same command again: what was found whole is not read a second time.', () =>
					work(context, bundlePath, options),
				),
			),
		);
};
