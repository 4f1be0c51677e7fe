import {setFlagsFromString} from 'node:v8';
import {InvalidArgumentError, Option} from 'commander';
import type {RegistryPort} from '../../../registry/types.ts';
import type {PushTarget} from '../../../steps/images/push-images.ts';
import type {Context} from '../../context.ts';
import {type ProgressLines, progressLines} from '../progress.ts';
import type {Tool} from '../tool.ts';
import type {PushOptions, PushSite} from './push-site.ts';

const wholeNumber = (text: string): number => {
	const value = Number(text);
	if (!Number.isInteger(value) || value < 1 || value > 32)
		throw new InvalidArgumentError('It must be a number from 1 to 32.');
	return value;
};

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

const count = (number: number, one: string): string => `${number} ${one}${number === 1 ? '' : 's'}`;

/** With layers compressed, where that is asked for; they are kept in the state folder for the next run. */
const toPush = async (
	{signal}: Context,
	{bundle, compressedFolder: folder}: PushSite,
	registry: RegistryPort,
	carried: readonly PushTarget[],
	lines: ProgressLines,
): Promise<{readonly targets: readonly PushTarget[]; readonly present: readonly PushTarget[]}> => {
	const algorithm = bundle.compress;
	if (algorithm === 'none') return {targets: carried, present: []};
	const [{compressImage}, {targetsToPush}, {formatBytes}] = await Promise.all([
		import('../../../bundle/images/compress.ts'),
		import('../../../steps/images/compressed-images.ts'),
		import('../../../base/units.ts'),
	]);
	const found = await targetsToPush({registry, signal, compresses: true, asked: new Map()}, carried, {
		compress: (image, onProgress, signal) => compressImage(image, {algorithm, folder, signal, onProgress}),
		onProgress: ({reference}, done, total) => lines.move(`compress ${reference}`, done, total),
		onCompressed: ({reference}, before, after) =>
			lines.say(`${reference}  ${formatBytes(before)} compressed to ${formatBytes(after)}`),
	});
	for (const {reference} of found.present) lines.say(`${reference}  there already, by its configuration`);
	return found;
};

const work = async (context: Context, options: PushOptions): Promise<number> => {
	const {signal, clock, out} = context;
	const [{openSite}, {openImages}, {createRegistry}, steps, {formatBytes}] = await Promise.all([
		import('./push-site.ts'),
		import('../../../bundle/open/images-only.ts'),
		import('../../../registry/registry.ts'),
		import('../../../steps/images/push-images.ts'),
		import('../../../base/units.ts'),
	]);
	const site = await openSite(context, options);
	const lines = progressLines(context);
	const {images, base, warnings} = await openImages(site.bundle.path, site.bundle, signal);
	for (const warning of warnings) lines.say(warning);
	const {host, prefix} = site;
	const carried = images.map((image) => {
		const repository = prefix === '' ? image.name : `${prefix}/${image.name}`;
		return {image, repository, reference: `${host}/${repository}:${image.tag}`};
	});
	const registry = createRegistry(site.registry);
	// V8 would double the space for young objects to 64 MB once requests by the thousand have left survivors in it; nothing here lives long.
	setFlagsFromString('--semi-space-growth-factor=1');
	const sent: number[] = [];
	try {
		// A wrong login is sent once: with sixteen images under way it would be sent as often, which locks accounts.
		if (site.registry.username !== undefined) await registry.ping(signal);
		const {targets, present} = await toPush(context, site, registry, carried, lines);
		const total = new Map(
			targets.flatMap(({image: {blobs}}) => blobs.map(({digest, size}) => [digest, size] as const)),
		);
		const all = [...total.values()].reduce((sum, size) => sum + size, 0);
		/** By digest: a layer that images share is sent once and counts once. */
		const have = new Map<string, number>();
		let sum = 0;
		const onBytes = (digest: string, done: number, repository: string): void => {
			const before = have.get(digest) ?? 0;
			have.set(digest, done);
			sum += done - before;
			const size = total.get(digest) ?? 0;
			if (done === size && before > 0 && before < size)
				lines.say(`${digest.slice(0, 19)}  ${formatBytes(size).padStart(10)}  ${repository}`);
			lines.move('push', sum, all);
		};
		const report = await steps.pushImages(registry, targets, {
			signal,
			...(base === undefined ? {} : {base}),
			onProgress: ({repository}, {digest, done}) => onBytes(digest, done, repository),
			onImage: ({reference}, result) => {
				if ('code' in result) return lines.say(`${reference}  failed: ${result.code}`);
				sent.push(result.uploadedBytes);
				const {uploadedBytes, mounted, present} = result;
				lines.say(
					`${reference}@${result.digest.slice(0, 19)}  ${formatBytes(uploadedBytes)} sent, ${mounted} mounted, ${present} there already`,
				);
			},
		});
		lines.end();
		const whole = report.error === undefined;
		const file = await site.saveState(
			steps.failuresFile,
			whole ? undefined : steps.failuresText(report, new Date(clock.now())),
		);
		const bytes = sent.reduce((some, more) => some + more, 0);
		const {failures, notTried} = report;
		const done = [...present.map(({reference}) => reference), ...report.done];
		if (whole && targets.some(({image}) => !carried.some((one) => one.image === image)))
			lines.say(
				`Compressed layers are kept in ${site.compressedFolder}, for a push to another registry; it may be removed.`,
			);
		out(
			options.json
				? `${JSON.stringify({registry: host, of: carried.length, bytesSent: bytes, done, failures, notTried, ...(whole ? {} : {failuresFile: file})})}\n`
				: `${done.length} of ${count(carried.length, 'image')} at ${host}, by digest; ${formatBytes(bytes)} sent.\n`,
		);
		if (!whole) throw steps.partialPush(report, file);
		return 0;
	} catch (error) {
		lines.end();
		if (!signal.aborted) throw error;
		context.err('Stopped. What is at the registry stays there; start it again, it goes on.\n');
		return 130;
	} finally {
		registry.close();
	}
};

/** `registry push`: the images of a bundle, without an install. */
export const push: Tool = ({registry}, ask) => {
	registry
		.command('push')
		.description('push the images of a bundle, of a folder of archives, or of one archive')
		.option('--answers <file>', 'answer file (YAML): bundle and registry are taken from it')
		.option('--set <key=value>', 'set one answer, e.g. --set registry.prefix=zenml; may be repeated', collect, [])
		.option('--bundle <path>', 'bundle, folder of image archives, archive of docker save, or OCI layout')
		.option('--to <host/prefix>', 'where to push, e.g. registry.mycompany.com/zenml')
		.option('--platform <platform>', 'which platform of each image, e.g. linux/arm64, or all (default: linux/amd64)')
		.addOption(
			new Option('--compress <algorithm>', 'compress raw layers on this host first, for slow links').choices([
				'none',
				'gzip',
				'zstd',
			]),
		)
		.option('--push-host <host>', 'push under this name instead; images are still named by --to')
		.option('--username <name>', 'login')
		.option('--password-ref <reference>', 'password or token of that login: env:NAME or file:PATH')
		.option('--ca <file>', 'CA certificate of the registry (PEM)')
		.option('--client-certificate <file>', 'client certificate (PEM)')
		.option('--client-key <file>', 'its private key (PEM)')
		.option('--public-key <key>', 'key that must have signed the bundle: its file, or the line in it')
		.option('--concurrency <number>', 'layers at the same time (default: 4)', wholeNumber)
		.option('--limit-rate <bytes>', 'most bytes a second, e.g. 20MiB')
		.option('--plain-http', 'no TLS; for a registry on this host only', false)
		.option('--state-dir <folder>', 'where is kept which uploads can be gone on with, and what failed')
		.option('--json', 'the result as one line of JSON on standard output', false)
		.action((options: PushOptions) => ask((context) => work(context, options)));
};
