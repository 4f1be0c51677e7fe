import {setFlagsFromString} from 'node:v8';
import {counted} from '../../../base/text.ts';
import {formatBytes} from '../../../base/units.ts';
import {compressImage} from '../../../bundle/images/compress.ts';
import {openImages} from '../../../bundle/open/images-only.ts';
import type {LeftOut} from '../../../oci/left-out.ts';
import {proxyText} from '../../../registry/pull/proxies.ts';
import {createRegistry} from '../../../registry/registry.ts';
import {type Wait, waitText} from '../../../registry/retry.ts';
import type {PushResult, RegistryPort} from '../../../registry/types.ts';
import {targetsToPush} from '../../../steps/images/compressed-images.ts';
import {failuresFile, failuresText, partialPush} from '../../../steps/images/failures.ts';
import {pushImages} from '../../../steps/images/push-images.ts';
import type {PushFailure, PushReport, PushTarget} from '../../../steps/images/types.ts';
import type {Context} from '../../base/context.ts';
import {type ProgressLines, progressLines} from '../progress.ts';
import {openSite, type PushOptions, type PushSite} from './push-site.ts';

/** What one run of the command works with. */
type Run = {
	readonly context: Context;
	readonly site: PushSite;
	readonly registry: RegistryPort;
	readonly lines: ProgressLines;
};

/** What is carried, and where it goes; what lies beside it and is no image. `base`: what a differential bundle builds on. */
type Carried = {
	readonly carried: readonly PushTarget[];
	readonly leftOut: readonly LeftOut[];
	readonly base: string | undefined;
};

const openTargets = async (
	{signal}: Context,
	{bundle, host, prefix, name}: PushSite,
	lines: ProgressLines,
): Promise<Carried> => {
	const {images, leftOut, base, warnings} = await openImages(bundle.path, {...bundle, name}, signal);
	for (const warning of warnings) lines.say(warning);
	const carried = images.map((image) => {
		const repository = prefix === '' ? image.name : `${prefix}/${image.name}`;
		return {image, repository, reference: `${host}/${repository}:${image.tag}`};
	});
	return {carried, leftOut, base};
};

/** What is to be pushed, and what is at the registry already though compressed. */
type Targets = {readonly targets: readonly PushTarget[]; readonly present: readonly PushTarget[]};

/** With layers compressed, where that is asked for; they are kept in the state folder for the next run. */
const compressTargets = async (run: Run, carried: readonly PushTarget[]): Promise<Targets> => {
	const {registry, lines, context, site} = run;
	const {signal} = context;
	const {compressedFolder: folder, bundle} = site;
	const algorithm = bundle.compress;
	if (algorithm === 'none') return {targets: carried, present: []};
	const found = await targetsToPush({registry, signal, compresses: true, cache: new Map()}, carried, {
		compress: (image, onProgress, signal) => compressImage(image, {algorithm, folder, signal, onProgress}),
		onProgress: ({reference}, done, total) => lines.move(`compress ${reference}`, done, total),
		onCompressed: ({reference}, before, after) =>
			lines.say(`${reference}  ${formatBytes(before)} compressed to ${formatBytes(after)}`),
	});
	for (const {reference} of found.present) lines.say(`${reference}  there already, by its configuration`);
	return found;
};

/** Counts the bytes of all targets by digest: a layer that images share is sent once and counts once. */
const createTally = (targets: readonly PushTarget[], lines: ProgressLines) => {
	const sizes = new Map(targets.flatMap(({image: {blobs}}) => blobs.map(({digest, size}) => [digest, size] as const)));
	const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
	const have = new Map<string, number>();
	let sum = 0;
	return (repository: string, digest: string, done: number): void => {
		const before = have.get(digest) ?? 0;
		const size = sizes.get(digest) ?? 0;
		have.set(digest, done);
		sum += done - before;
		if (done === size && before > 0 && before < size)
			lines.say(`${digest.slice(0, 19)}  ${formatBytes(size).padStart(10)}  ${repository}`);
		lines.move('push', sum, total);
	};
};

/** What became of an image, in a line. */
const lineOf = ({reference}: PushTarget, result: PushResult | PushFailure): string => {
	if ('code' in result) return `${reference}  failed: ${result.code}`;
	const {digest, uploadedBytes, mounted, present} = result;
	return `${reference}@${digest.slice(0, 19)}  ${formatBytes(uploadedBytes)} sent, ${mounted} mounted, ${present} there already`;
};

/** The result on standard output. */
const resultOf = (
	{site: {host}}: Run,
	json: boolean,
	report: Pick<PushReport, 'done' | 'failures' | 'notTried'>,
	sizes: {
		/** All that was found, also what is no image. */
		readonly of: number;
		readonly leftOut: readonly LeftOut[];
		readonly bytesSent: number;
		readonly failuresFile: string | undefined;
	},
): string => {
	const {done, failures, notTried} = report;
	const {of, leftOut, bytesSent, failuresFile: file} = sizes;
	if (!json) {
		const others = leftOut.length > 0 ? `; ${leftOut.length} left out` : '';
		return `${done.length} of ${counted(of, 'image')} at ${host}, by digest${others}; ${formatBytes(bytesSent)} sent.\n`;
	}
	// A file that was not written is left out.
	return `${JSON.stringify({registry: host, of, bytesSent, done, failures, notTried, leftOut, failuresFile: file})}\n`;
};

/** Pushes what is carried, and tells what became of it. @throws ProblemError where it is not whole */
const push = async (run: Run, {carried, leftOut, base}: Carried, json: boolean): Promise<void> => {
	const {context, site, registry, lines} = run;
	const {signal, clock} = context;
	// A wrong login is sent once: with sixteen images under way it would be sent as often, which locks accounts.
	if (site.registry.username !== undefined) await registry.ping(signal);
	const {targets, present} = await compressTargets(run, carried);
	const onBytes = createTally(targets, lines);
	let bytesSent = 0;
	const report = await pushImages(registry, targets, {
		signal,
		base,
		onProgress: ({repository}, {digest, done}) => onBytes(repository, digest, done),
		onImage: (target, result) => {
			lines.say(lineOf(target, result));
			if ('uploadedBytes' in result) bytesSent += result.uploadedBytes;
		},
	});
	lines.end();
	const whole = report.error === undefined;
	const file = await site.saveState(failuresFile, whole ? undefined : failuresText(report, new Date(clock.now())));
	if (whole && targets.some(({image}) => !carried.some((one) => one.image === image)))
		lines.say(
			`Compressed layers are kept in ${site.compressedFolder}, for a push to another registry; it may be removed.`,
		);
	const done = [...present.map(({reference}) => reference), ...report.done];
	const sizes = {of: carried.length + leftOut.length, leftOut, bytesSent, failuresFile: whole ? undefined : file};
	context.out(resultOf(run, json, {...report, done}, sizes));
	if (!whole) throw partialPush(report, file);
};

/** Pushes the images of a bundle. Returns the exit code. @throws ProblemError, ProblemsError */
export const pushBundle = async (context: Context, options: PushOptions): Promise<number> => {
	const site = await openSite(context, options);
	const lines = progressLines(context);
	const carried = await openTargets(context, site, lines);
	const onWait = (wait: Wait): void => lines.say(waitText(wait, context.clock.now()));
	const registry = createRegistry({...site.registry, onWait});
	if (registry.proxy !== undefined) lines.say(proxyText(site.registry.pushHost ?? site.host, registry.proxy));
	// V8 would double the space for young objects to 64 MB once requests by the thousand have left survivors in it; nothing here lives long.
	setFlagsFromString('--semi-space-growth-factor=1');
	try {
		await push({context, site, registry, lines}, carried, options.json);
		return 0;
	} finally {
		lines.end();
		registry.close();
	}
};
