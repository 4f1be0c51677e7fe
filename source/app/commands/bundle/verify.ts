import path from 'node:path';
import {printable} from '../../../base/printable.ts';
import {formatBytes, formatDuration, formatMoment} from '../../../base/units.ts';
import type {Inspection} from '../../../bundle/open/inspect.ts';
import {countOfAll} from '../../../oci/left-out.ts';
import type {Context} from '../../base/context.ts';
import {memoFileOf} from '../../run/memo-file.ts';
import type {AddCommand, Work} from '../command.ts';
import {progressLines} from '../progress.ts';
import {formerOption, withExamples} from '../shared-options.ts';
import {stoppable} from '../stopped.ts';
import {
	checkPublicKey,
	publicKeyOption,
	type SignatureOptions,
	signatureOption,
	wholeNumber,
	withCharts,
} from './bundle-path.ts';

type Options = SignatureOptions & {readonly json: boolean; readonly all: boolean; readonly concurrency?: number};
type Given = Options & {readonly bundle: string};

const inspect = async (
	context: Context,
	{bundle, all, concurrency, signature, publicKey}: Given,
): Promise<Inspection> => {
	const [{inspectPath}, {openMemo}] = await Promise.all([
		import('../../../bundle/open/inspect.ts'),
		import('../../../bundle/verify/memo.ts'),
	]);
	const {clock, signal, workingDirectory} = context;
	const lines = progressLines(context);
	return withCharts(context, async (workDirectory) =>
		inspectPath(path.resolve(workingDirectory, bundle), {
			signal,
			workDirectory,
			memo: await openMemo(memoFileOf(context), {forget: all}),
			threads: concurrency,
			signature: {mode: signature, publicKey},
			now: clock.now,
			onProgress: ({file, done, total}) => lines.move(file === '' ? 'verify' : `verify ${file}`, done, total),
		}),
	).finally(lines.end);
};

const json = ({bundle, since, ...found}: Inspection): string =>
	`${JSON.stringify({
		whole: found.refusals.length === 0,
		kind: found.kind,
		path: found.path,
		parts: found.parts,
		...(bundle && {bundle: bundle.digest, signer: bundle.signer?.keyId}),
		files: found.files,
		bytes: found.bytes,
		read: found.read,
		since: since === undefined ? undefined : new Date(since).toISOString(),
		carryAgain: found.damages
			.filter(({reason}) => reason !== 'contents')
			.map(({file, reason, cause}) => ({file, reason, cause})),
		problems: found.refusals.map(({problem: {code, message}}) => ({code, message})),
		leftOut: bundle?.leftOut ?? [],
		notVerified: bundle?.warnings ?? [],
	})}\n`;

/** Who made it, who signed it, and what is in it. */
const bundleLines = ({bundle}: Inspection): readonly string[] => {
	if (!bundle) return ['made by hand: there is no bundle.json'];
	const {index, signer, images, leftOut, controlPlaneChart, workspaceChart, digest} = bundle;
	return [
		index ? `made ${index.created} by ${index.madeBy}` : 'made by hand: there is no bundle.json',
		...(signer ? [`signed by key ${signer.keyId}: ${signer.comment}`] : []),
		...(index?.differential ? [`differential: needs what ${index.differential.base.name} has`] : []),
		`${countOfAll(images.length, leftOut)}, zenml-pro ${controlPlaneChart.version}, zenml ${workspaceChart.version}`,
		`digest ${digest}`,
	];
};

/** How much of it was read, and how fast. */
const readLine = ({kind, files, bytes, read, since}: Inspection, tookMs: number): string => {
	const what = kind === 'parts' ? 'parts' : 'files';
	const again = kind === 'parts' && read > bytes ? ', as files that lie across two parts are read twice,' : '';
	const rate = tookMs > 0 && read > 0 ? `, ${formatBytes((read * 1000) / tookMs)}/s` : '';
	const now = `read now: ${formatBytes(read)}${again} in ${formatDuration(tookMs)}${rate}`;
	const earlier = since === undefined ? '' : `; the rest was verified at ${formatMoment(since)} and is unchanged`;
	return `${files} ${what}, ${formatBytes(bytes)}; ${now}${earlier}`;
};

const unsavedLines = ({notRemembered}: Inspection): readonly string[] =>
	notRemembered === undefined
		? []
		: [
				`  the next run reads it all again: what was verified could not be remembered. ${notRemembered}`,
				'  Where it is remembered is named by XDG_CACHE_HOME=FOLDER in front of the command.',
			];

const text = (found: Inspection, tookMs: number): string =>
	[
		`${found.path}: whole.`,
		...bundleLines(found).map((line) => `  ${line}`),
		`  ${readLine(found, tookMs)}`,
		...(found.bundle?.warnings ?? []).map((warning) => `  not verified: ${warning}`),
		...unsavedLines(found),
		'',
	]
		.map(printable)
		.join('\n');

const work: Work<Given> = async (context, given) => {
	const {requireWhole} = await import('../../../bundle/open/inspect.ts');
	await checkPublicKey(given);
	const startedAt = context.clock.now();
	const found = await inspect(context, given);
	if (given.json) context.out(json(found));
	requireWhole(found);
	if (!given.json) context.out(text(found, context.clock.now() - startedAt));
	return 0;
};

/** `bundle verify`: everything that a bundle can prove about itself, and which files to carry again. */
export const verify: AddCommand = ({bundle}, ask) => {
	const command = bundle
		.command('verify')
		.description('read a bundle and tell whether it is whole, and which files to carry again where it is not')
		.argument('<bundle>', 'folder, tar file, the list of the parts of a bundle, or the folder they lie in')
		.option('--json', 'the result as one line of JSON on standard output', false)
		.option('--all', 'read every byte, also of files that were verified earlier and have not changed', false)
		.option('--concurrency <number>', 'how many files are read at once', wholeNumber(16))
		.addOption(publicKeyOption())
		.addOption(signatureOption())
		.addOption(formerOption('--jobs <number>', 'concurrency').argParser(wholeNumber(16)));
	withExamples(command, [
		'zenml-airgap bundle verify ./zenml-air-gapped-bundle',
		'zenml-airgap bundle verify ./zenml-air-gapped-bundle --public-key release.pub --signature require',
	]).action((file: string, options: Options) =>
		ask(stoppable(work, 'What was found whole is not read a second time.'), {...options, bundle: file}),
	);
};
