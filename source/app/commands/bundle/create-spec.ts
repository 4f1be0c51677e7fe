import path from 'node:path';
import {readRegular} from '../../../archive/regular-file.ts';
import {ProblemError, ProblemsError} from '../../../base/problem.ts';
import {
	type BundleSpec,
	type CompleteSpec,
	completeSpec,
	createProblems,
	dotted,
	mustBe,
	readSpec,
	specSchema,
	withPaths,
} from '../../../bundle/create/index.ts';
import {bundleCommandProblems} from '../../base/bundle-problems.ts';
import type {Context} from '../../base/context.ts';
import type {SpecFlags} from './create-flags.ts';

/** Some hundred images make a spec of some kilobytes. */
const maximumSpecBytes = 4 * 1024 * 1024;

const readSpecFile = async (file: string): Promise<string> => {
	const at = {location: {file}};
	const tooLarge = (bytes: number) =>
		bundleCommandProblems.error('bundle-spec-file-unreadable', {case: 'too large', file, bytes}, at);
	try {
		return (await readRegular(file, maximumSpecBytes, {tooLarge})).toString('utf8');
	} catch (error) {
		if (!(error instanceof ProblemError) || error.problem.area !== 'bundle') throw error;
		const facts = {file, reason: error.problem.cause};
		throw bundleCommandProblems.error('bundle-spec-file-unreadable', {case: 'spec', ...facts}, {...at, error});
	}
};

/** The flag that stands for a key of the spec. */
const flagOf: Readonly<Record<string, string>> = {
	'versions.controlPlane': '--control-plane',
	'versions.workspaces': '--workspace',
	platforms: '--platform',
	extraImages: '--image',
	clientTools: '--client-tools',
	releaseNotes: '--release-notes',
	'tools.executables': '--with-tool',
};

/** A value without anything in it says nothing. */
const someOf = (values: readonly string[]): readonly string[] | undefined => (values.length === 0 ? undefined : values);

/**
 * What the flags say, checked as a spec is. Refusals name the flag: who typed it has no file with lines.
 * @throws ProblemsError `bundle-spec-value`
 */
const specOfFlags = (flags: SpecFlags, folder: string): BundleSpec => {
	const parsed = specSchema.safeParse({
		versions: {controlPlane: flags.controlPlane, workspaces: someOf(flags.workspace)},
		platforms: someOf(flags.platform),
		extraImages: flags.image,
		clientTools: flags.clientTools,
		releaseNotes: flags.releaseNotes,
		tools: {executables: flags.withTool},
	});
	if (parsed.success) return withPaths(parsed.data, folder);
	throw new ProblemsError(
		parsed.error.issues.map((issue) => {
			const name = dotted(issue.path.filter((part) => typeof part !== 'number'));
			const given = {case: 'flag', key: flagOf[name] ?? name, must: mustBe(issue)} as const;
			return createProblems.problem('bundle-spec-value', given);
		}),
	);
};

/** The spec of the file, if there is one; else one that says nothing. */
const specOfFile = async (given: string | undefined, folder: string): Promise<BundleSpec> => {
	if (given === undefined) return specSchema.parse({});
	const file = path.resolve(folder, given);
	return readSpec(await readSpecFile(file), given, path.dirname(file));
};

/** The spec of the file with the flags on top; flags count more. */
export const specOf = async ({workingDirectory}: Context, flags: SpecFlags): Promise<CompleteSpec> => {
	const typed = specOfFlags(flags, workingDirectory);
	const base = await specOfFile(flags.spec, workingDirectory);
	const spec: BundleSpec = {
		...base,
		versions: {
			controlPlane: typed.versions.controlPlane ?? base.versions.controlPlane,
			workspaces: typed.versions.workspaces ?? base.versions.workspaces,
		},
		vendor: flags.vendor ?? base.vendor,
		platforms: flags.platform.length > 0 ? typed.platforms : base.platforms,
		extraImages: [...base.extraImages, ...typed.extraImages],
		clientTools: [...base.clientTools, ...typed.clientTools],
		unlistedImages: flags.strict ? 'refuse' : base.unlistedImages,
		releaseNotes: typed.releaseNotes ?? base.releaseNotes,
		tools: {...base.tools, executables: [...base.tools.executables, ...typed.tools.executables]},
	};
	return completeSpec(spec, flags.spec);
};

/** SOURCE_DATE_EPOCH (reproducible-builds.org): whole seconds since 1970. @throws ProblemError `source-date-epoch-invalid` */
export const epochOf = ({environment}: Context): number | undefined => {
	const {SOURCE_DATE_EPOCH: text = ''} = environment;
	if (text === '') return undefined;
	if (/^\d{1,11}$/u.test(text)) return Number(text);
	throw bundleCommandProblems.error('source-date-epoch-invalid', {});
};
