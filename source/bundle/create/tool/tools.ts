import {readFile, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {pipeline} from 'node:stream/promises';
import {createGzip} from 'node:zlib';
import {type Pack, pack} from 'tar-stream';
import {fileProblem} from '../../../archive/problems.ts';
import {filesBelow, writeWhole} from '../../../base/files.ts';
import {jsonText} from '../../write/json.ts';
import {type ExtraFile, extraFile} from '../extra-files.ts';
import {createProblems} from '../problems.ts';
import {platformOfProgram} from './elf.ts';
import {planExecutables} from './executables.ts';

const fixedTime = new Date(0);

/** What node needs to start the program. */
const packageText = (version: string): string =>
	jsonText({
		name: 'zenml-airgap',
		version,
		type: 'module',
		bin: {'zenml-airgap': 'dist/cli.js'},
		engines: {node: '>=22.15'},
	});

const addFiles = async (tar: Pack, dist: string, files: readonly string[], version: string): Promise<void> => {
	const add = (name: string, content: Buffer | string, mode = 0o644) =>
		tar.entry({name: `zenml-airgap-${version}/${name}`, mtime: fixedTime, mode, uid: 0, gid: 0}, content);
	add('package.json', packageText(version));
	for (const file of files) {
		const path = join(dist, file);
		const mode = (await stat(path)).mode & 0o100 ? 0o755 : 0o644;
		add(`dist/${file}`, await readFile(path), mode);
	}
	tar.finalize();
};

/**
 * Packs the built program as `zenml-airgap-VERSION/` with what node needs to start it. The same files give the same bytes.
 * @param dist the folder that `npm run build` makes
 * @throws ProblemError `bundle-create-program` where that is no built program
 */
export const packProgram = async (dist: string, version: string, to: string): Promise<void> => {
	const files = await stat(dist)
		.then(() => filesBelow(dist))
		.catch((error: unknown) => {
			throw fileProblem(dist, error);
		});
	if (!files.includes('cli.js')) throw createProblems.error('bundle-create-program', {folder: dist});
	const tar = pack();
	const packed = createGzip({level: 9});
	await Promise.all([
		addFiles(tar, dist, files, version).catch((error: unknown) => tar.destroy(error as Error)),
		pipeline(tar, packed),
		writeWhole(to, packed, {mode: 0o644}),
	]);
};

/** A program that comes along. */
export type PlannedTool = {
	readonly name: string;
	readonly version: string;
	readonly platform: string;
	readonly file: ExtraFile;
};

/** A helm that may come along; `asked` by the operator, so that one that cannot is refused. */
type CarriedHelm = {readonly file: string; readonly version: string; readonly asked: boolean};

/** The built program, in its folder. */
type CarriedProgram = {readonly dist: string; readonly version: string};

/** Programs that come along, what was released beside them, and what to say of those that do not. */
export type PlannedTools = {
	readonly tools: readonly PlannedTool[];
	readonly papers: readonly ExtraFile[];
	readonly notes: readonly string[];
};

const nothing: PlannedTools = {tools: [], papers: [], notes: []};

const planHelm = async ({file, version, asked}: CarriedHelm, signal: AbortSignal): Promise<PlannedTools> => {
	const platform = await platformOfProgram(file);
	if (platform !== undefined) {
		const tool = {name: 'helm', version, platform, file: await extraFile('bin/helm', file, signal, 0o755)};
		return {...nothing, tools: [tool]};
	}
	if (asked) throw createProblems.error('bundle-create-helm', {file});
	const note = `helm was left out: ${file} is a script, or a program of another system than Linux. Name a Linux helm in the spec (tools, then helm).`;
	return {...nothing, notes: [note]};
};

const planProgram = async (
	{dist, version}: CarriedProgram,
	work: string,
	signal: AbortSignal,
): Promise<PlannedTools> => {
	const name = `zenml-airgap-${version}.tar.gz`;
	const packed = join(work, name);
	await packProgram(dist, version, packed);
	const file = await extraFile(`bin/${name}`, packed, signal);
	const note = `bin/${name} needs Node 22.15 or newer on the other side, and none comes along. An executable needs none: name it, or the folder of a release, with --with-tool.`;
	return {tools: [{name: 'zenml-airgap', version, platform: 'node', file}], papers: [], notes: [note]};
};

/** @param platforms what the bundle is made for: its nodes, and most often the jump host too */
const planReleased = async (
	paths: readonly string[],
	platforms: readonly string[],
	signal: AbortSignal,
): Promise<PlannedTools> => {
	if (paths.length === 0) return nothing;
	const {executables, papers} = await planExecutables(paths, signal);
	const tools = executables.map((one) => ({name: 'zenml-airgap', ...one}));
	const without = platforms.filter((platform) => !tools.some((one) => one.platform === platform));
	const notes = without.map(
		(platform) => `No executable of this tool for ${platform} came along: a jump host of that platform needs one.`,
	);
	return {tools, papers, notes};
};

/**
 * Helm and this tool, for the other side; each may be left out.
 * @param options.executables paths as for `planExecutables`
 * @param options.work where the program is packed
 * @throws ProblemError `bundle-create-helm`, `bundle-create-program`, `bundle-create-tool`
 */
export const planTools = async (options: {
	readonly helm?: CarriedHelm | undefined;
	readonly program?: CarriedProgram | undefined;
	readonly executables?: readonly string[];
	readonly platforms?: readonly string[];
	readonly work: string;
	readonly signal: AbortSignal;
}): Promise<PlannedTools> => {
	const {helm, program, executables = [], platforms = [], work, signal} = options;
	const parts = [
		helm ? await planHelm(helm, signal) : nothing,
		program ? await planProgram(program, work, signal) : nothing,
		await planReleased(executables, platforms, signal),
	];
	return {
		tools: parts.flatMap(({tools}) => tools),
		papers: parts.flatMap(({papers}) => papers),
		notes: parts.flatMap(({notes}) => notes),
	};
};
