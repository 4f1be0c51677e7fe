import {rm} from 'node:fs/promises';
import path from 'node:path';
import {InvalidArgumentError, Option} from 'commander';
import {ProblemError, ProblemsError} from '../../../base/problem.ts';
import {formatBytes} from '../../../base/units.ts';
import type {BundleSpec, CompleteSpec} from '../../../bundle/create/index.ts';
import type {Context} from '../../context.ts';
import {progressLines} from '../progress.ts';
import type {Tool} from '../tool.ts';
import {makeWorkFolder} from '../work-folder.ts';
import {folderLock} from './folder-lock.ts';

type Options = {
	readonly spec?: string;
	readonly controlPlane?: string;
	readonly workspace: readonly string[];
	readonly vendor?: 'ecr' | 'gar';
	readonly platform: readonly string[];
	readonly image: readonly string[];
	readonly strict: boolean;
	readonly releaseNotes?: string;
	readonly from: readonly string[];
	readonly helm: string;
	readonly out: string;
	readonly dryRun: boolean;
	readonly json: boolean;
	readonly concurrency: number;
	readonly dockerConfig?: string;
	readonly example: boolean;
};

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

const wholeNumber = (text: string): number => {
	const value = Number(text);
	if (!Number.isInteger(value) || value < 1 || value > 32)
		throw new InvalidArgumentError('It must be a number from 1 to 32.');
	return value;
};

/** Some hundred images make a spec of some kilobytes. */
const maximumSpecBytes = 4 * 1024 * 1024;

const readSpecFile = async (file: string): Promise<string> => {
	const {readRegular} = await import('../../../archive/regular-file.ts');
	const unreadable = (cause: string) =>
		new ProblemError({
			code: 'bundle-spec-file-unreadable',
			area: 'usage',
			message: `The spec ${file} cannot be read.`,
			cause,
			fix: 'Name the right file, or make one: zenml-airgap bundle create --example > bundle-spec.yaml',
			location: {file},
		});
	const tooLarge = (bytes: number) => unreadable(`It has ${bytes} bytes; a spec has some thousand.`);
	try {
		return (await readRegular(file, maximumSpecBytes, {tooLarge})).toString('utf8');
	} catch (error) {
		if (!(error instanceof ProblemError) || error.problem.area !== 'bundle') throw error;
		throw unreadable(error.problem.cause);
	}
};

/** The flag that stands for a key of the spec. */
const flagOf: Readonly<Record<string, string>> = {
	'versions.controlPlane': '--control-plane',
	'versions.workspaces': '--workspace',
	platforms: '--platform',
	extraImages: '--image',
	releaseNotes: '--release-notes',
};

/** Refusals of what flags say name the flag: who typed it has no file with lines. */
const ofFlags = <T>(read: () => T): T => {
	try {
		return read();
	} catch (error) {
		if (!(error instanceof ProblemsError)) throw error;
		throw new ProblemsError(
			error.problems.map(({location: _location, message, ...problem}) => {
				const [, key = '', rest = ''] = /^([A-Za-z.]+?)(?:\.\d+)?( .*)$/su.exec(message) ?? [];
				const flag = flagOf[key];
				return {
					...problem,
					message: flag === undefined ? message : `${flag}${rest}`,
					cause: 'What the command line says cannot be used.',
					fix: 'Mend it; `zenml-airgap bundle create --help` shows what each flag takes.',
				};
			}),
		);
	}
};

/** The spec of the file with the flags on top; flags count more. */
const specOf = async ({workingDirectory}: Context, options: Options): Promise<CompleteSpec> => {
	const {readSpec, specSchema, withPaths, completeSpec} = await import('../../../bundle/create/index.ts');
	const file = options.spec === undefined ? undefined : path.resolve(workingDirectory, options.spec);
	const {controlPlane, workspace, vendor, platform, image, strict, releaseNotes} = options;
	// The flags go through the same checks as a file would.
	const flags = ofFlags(() =>
		readSpec(
			JSON.stringify({
				versions: {
					...(controlPlane === undefined ? {} : {controlPlane}),
					...(workspace.length > 0 ? {workspaces: workspace} : {}),
				},
				...(platform.length > 0 ? {platforms: platform} : {}),
				extraImages: image,
				...(releaseNotes === undefined ? {} : {releaseNotes}),
			}),
			'the command line',
			workingDirectory,
		),
	);
	const base: BundleSpec =
		file === undefined
			? withPaths(specSchema.parse({}), workingDirectory)
			: readSpec(await readSpecFile(file), options.spec ?? file, path.dirname(file));
	return completeSpec(
		{
			...base,
			versions: {...base.versions, ...flags.versions},
			...(vendor === undefined ? {} : {vendor}),
			...(platform.length > 0 ? {platforms: flags.platforms} : {}),
			extraImages: [...base.extraImages, ...flags.extraImages],
			...(strict ? {unlistedImages: 'refuse' as const} : {}),
			...(flags.releaseNotes === undefined ? {} : {releaseNotes: flags.releaseNotes}),
		},
		options.spec,
	);
};

/** SOURCE_DATE_EPOCH (reproducible-builds.org): whole seconds since 1970. */
const epochOf = ({environment}: Context): {readonly sourceDateEpoch?: number} => {
	const {SOURCE_DATE_EPOCH: text} = environment;
	if (text === undefined || text === '') return {};
	if (/^\d{1,11}$/u.test(text)) return {sourceDateEpoch: Number(text)};
	throw new ProblemError({
		code: 'source-date-epoch-invalid',
		area: 'usage',
		message: 'SOURCE_DATE_EPOCH is no time.',
		cause: 'It must be whole seconds since 1970, such as 1767225600.',
		fix: 'Correct it, or unset it.',
	});
};

const work = async (context: Context, options: Options): Promise<number> => {
	const {signal, workingDirectory} = context;
	const room = await import('../../../bundle/create/index.ts');
	if (options.example) {
		context.out(room.exampleSpec);
		return 0;
	}
	const spec = await specOf(context, options);
	const epoch = epochOf(context);
	const ports = await import('./create-ports.ts');
	const {planJson, planText} = await import('./create-report.ts');
	const folder = path.resolve(workingDirectory, options.out);
	const login =
		options.dockerConfig === undefined ? {} : {dockerConfig: path.resolve(workingDirectory, options.dockerConfig)};
	const lines = progressLines(context);
	const source = await ports.openSource(context, spec, {...login, concurrency: options.concurrency});
	const work = await makeWorkFolder(context);
	let release: (() => Promise<void>) | undefined;
	try {
		const helm = await ports.openHelm(context, spec, {...login, binary: options.helm, work});
		const plan = await room.planBundle({
			spec,
			from: options.from.map((one) => path.resolve(workingDirectory, one)),
			source,
			...helm,
			onLook: (what) => lines.say(`looking at ${what}`),
			signal,
		});
		for (const note of plan.notes) lines.say(note);
		const free = await ports.freeBytes(folder);
		if (options.dryRun) {
			const needs = await room.needsOf(plan, folder);
			context.out(
				options.json ? `${JSON.stringify(planJson(plan, needs, folder, free))}\n` : planText(plan, needs, folder, free),
			);
			return 0;
		}
		release = await folderLock(context, 'bundle-create')(`${folder}.lock`);
		const needs = await room.needsOf(plan, folder);
		const {index, fetched} = await room.writeBundle(plan, {
			folder,
			madeBy: `zenml-airgap ${context.version}`,
			...epoch,
			concurrency: options.concurrency,
			freeBytes: ports.freeBytes,
			onNote: lines.say,
			onBlob: ({digest, size, image}, {state, from}) => {
				const what = state === 'present' ? 'was there' : from > 0 ? `gone on with at ${formatBytes(from)}` : 'fetched';
				lines.say(`${digest.slice(0, 19)}  ${formatBytes(size).padStart(10)}  ${image}  ${what}`);
			},
			onBytes: (done, total, fetchedNow) => lines.move('fetch', done, total, done - fetchedNow),
			signal,
		});
		lines.end();
		context.out(
			options.json
				? `${JSON.stringify({...planJson(plan, needs, folder, free), created: index.created, fetched})}\n`
				: `${folder} is whole: ${index.images.length} images, ${index.charts.length} charts, ${index.files.length + 2} files; ${formatBytes(fetched)} were fetched.\nCheck it on the other side: sha256sum -c SHA256SUMS\n`,
		);
		return 0;
	} catch (error) {
		lines.end();
		if (!signal.aborted) throw error;
		context.err(`Stopped. What was fetched stays in ${folder}; start it again, it goes on.\n`);
		return 130;
	} finally {
		source.close();
		await release?.();
		await rm(work, {recursive: true, force: true});
	}
};

/** `bundle create`: makes a bundle on the connected side. */
export const create: Tool = ({bundle}, ask) => {
	bundle
		.command('create')
		.description('make a bundle on a machine with internet: images, charts, programs, lists')
		.option('--spec <file>', 'what goes in (YAML); --example prints one')
		.option('--example', 'print a commented spec', false)
		.option('--control-plane <version>', 'version of the control plane')
		.option('--workspace <version>', 'version of workspace server and client; may be repeated', collect, [])
		.addOption(new Option('--vendor <registry>', "the vendor's registries").choices(['ecr', 'gar']))
		.option('--platform <platform>', 'e.g. linux/arm64 (default: linux/amd64); may be repeated', collect, [])
		.option('--image <reference>', 'a further image; may be repeated', collect, [])
		.option('--strict', 'refuse images that charts name but nothing lists', false)
		.option('--release-notes <file>', 'is put in as RELEASE-NOTES.md')
		.option('--from <path>', 'take images from a docker save tar or a folder of them; may be repeated', collect, [])
		.option('--helm <program>', 'the helm that pulls the charts', 'helm')
		.option('--out <folder>', 'the bundle', 'zenml-air-gapped-bundle')
		.option('--dry-run', 'print what would be fetched, with bytes', false)
		.option('--json', 'the result as one line of JSON on standard output', false)
		.option('--concurrency <number>', 'blobs at the same time', wholeNumber, 4)
		.option('--docker-config <folder>', 'folder of the config.json with logins (default: ~/.docker)')
		.action((options: Options) => ask((context) => work(context, options)));
};
