import {stat} from 'node:fs/promises';
import {basename, dirname, join} from 'node:path';
import * as z from 'zod';
import {fileProblem} from '../../../archive/problems.ts';
import {readRegular} from '../../../archive/regular-file.ts';
import {ProblemError} from '../../../base/problem.ts';
import {byText} from '../../../base/text.ts';
import {modeOf, toolFolder} from '../../layout/index-file.ts';
import {maximumChecksumsBytes, parseSums} from '../../signature/checksums.ts';
import {parseJson} from '../../write/json.ts';
import {type ExtraFile, extraFile} from '../extra-files.ts';
import {createProblems} from '../problems.ts';
import {platformOfProgram} from './elf.ts';

/** An executable of this tool that comes along. */
type Executable = {readonly version: string; readonly platform: string; readonly file: ExtraFile};

/** What comes along of a release of this tool: programs, and what lies beside them. */
export type CarriedRelease = {readonly executables: readonly Executable[]; readonly papers: readonly ExtraFile[]};

/** Files of a release (`npm run release`) that have to come along with an executable. */
const needed = {sums: 'SHA256SUMS', licences: 'LICENSES.txt', sbom: 'sbom.cdx.json'} as const;
const signature = 'SHA256SUMS.minisig';
/** What else comes along where the checksums of the release name it; all documents with their pictures too. */
const further: readonly string[] = ['PROVENANCE.txt', 'CHANGES.md', 'SECURITY.md'];
const isOfDocuments = (name: string): boolean => /^(?:docs|media)\//u.test(name);

const maximumSbomBytes = 16 * 1024 * 1024;

const sbomSchema = z.object({
	bomFormat: z.literal('CycloneDX'),
	metadata: z.object({component: z.object({name: z.literal('zenml-airgap'), version: z.string().min(1).max(128)})}),
});

/** Names and sums that a release says of its files. */
type Sums = ReadonlyMap<string, string>;

const isThere = (file: string): Promise<boolean> =>
	stat(file).then(
		() => true,
		() => false,
	);

/** @throws ProblemError `bundle-create-tool` where the folder is not what `npm run release` makes */
const requireRelease = async (folder: string): Promise<void> => {
	for (const name of Object.values(needed)) {
		if (await isThere(join(folder, name))) continue;
		throw createProblems.error('bundle-create-tool', {case: 'paper missing', folder, name});
	}
};

const readSums = async (folder: string): Promise<Sums> => {
	const file = join(folder, needed.sums);
	const bytes = await readRegular(file, maximumChecksumsBytes);
	try {
		return parseSums(bytes);
	} catch (error) {
		if (!(error instanceof ProblemError)) throw error;
		const given = {case: 'sums unreadable', file, reason: error.problem.cause} as const;
		throw createProblems.error('bundle-create-tool', given, {error, location: {file}});
	}
};

/** The version that the bill of materials of a release names. @throws ProblemError `bundle-create-tool` */
const versionOf = async (folder: string): Promise<string> => {
	const file = join(folder, needed.sbom);
	const {data} = sbomSchema.safeParse(parseJson(await readRegular(file, maximumSbomBytes)));
	if (data) return data.metadata.component.version;
	throw createProblems.error('bundle-create-tool', {case: 'another SBOM', file}, {location: {file}});
};

/** A file of a release as it is to lie in the bundle. @throws ProblemError `bundle-create-tool` where it is not the one that was released */
const releasedFile = async (folder: string, sums: Sums, name: string, signal: AbortSignal): Promise<ExtraFile> => {
	const from = join(folder, name);
	const path = `${toolFolder}/${name}`;
	const file = await extraFile(path, from, signal, modeOf(path));
	const sum = sums.get(name);
	if (sum === file.digest) return file;
	const given = {case: sum === undefined ? 'not listed' : 'another sum', file: from} as const;
	throw createProblems.error('bundle-create-tool', given, {location: {file: from}});
};

const papersOf = async (folder: string, sums: Sums, signal: AbortSignal): Promise<readonly ExtraFile[]> => {
	const wanted = [needed.licences, needed.sbom, ...further];
	const names = [...sums.keys()].filter((name) => wanted.includes(name) || isOfDocuments(name));
	// What has to come along is looked for, whether it is listed or not: then it is told what is wrong.
	const all = [...new Set([needed.licences, needed.sbom, ...names])].sort(byText);
	const papers: ExtraFile[] = [];
	for (const name of all) papers.push(await releasedFile(folder, sums, name, signal));
	for (const name of [needed.sums, signature]) {
		const from = join(folder, name);
		if (await isThere(from)) papers.push(await extraFile(`${toolFolder}/${name}`, from, signal));
	}
	return papers;
};

/** The programs that are meant: files as they were named, of a folder all that its checksums list. */
const programsAt = async (path: string): Promise<{readonly folder: string; readonly names: readonly string[]}> => {
	const status = await stat(path).catch((error: unknown) => {
		throw fileProblem(path, error);
	});
	if (!status.isDirectory()) return {folder: dirname(path), names: [basename(path)]};
	await requireRelease(path);
	const listed = [...(await readSums(path)).keys()].filter((name) => modeOf(`${toolFolder}/${name}`) === 0o755);
	const names: string[] = [];
	for (const name of listed) if (await platformOfProgram(join(path, name))) names.push(name);
	if (names.length === 0) throw createProblems.error('bundle-create-tool', {case: 'no executable', folder: path});
	return {folder: path, names};
};

const executableOf = async (folder: string, sums: Sums, name: string, signal: AbortSignal): Promise<Executable> => {
	const file = join(folder, name);
	const platform = await platformOfProgram(file);
	if (platform === undefined || modeOf(`${toolFolder}/${name}`) !== 0o755) {
		throw createProblems.error('bundle-create-tool', {case: 'no program', file}, {location: {file}});
	}
	return {version: await versionOf(folder), platform, file: await releasedFile(folder, sums, name, signal)};
};

/**
 * Executables of this tool with what was released beside them: checksums, signature, licences, bill of materials, documents.
 * @param paths each an executable, or the folder of a release with all of its executables; all of one release. Absolute
 * @throws ProblemError `bundle-create-tool` where one is no Linux program, not the one that was released, or lacks what belongs to
 * it; `bundle-not-found`, `bundle-unreadable`
 */
export const planExecutables = async (paths: readonly string[], signal: AbortSignal): Promise<CarriedRelease> => {
	const found = await Promise.all(paths.map(programsAt));
	const [folder, other] = [...new Set(found.map((one) => one.folder))];
	if (folder === undefined) return {executables: [], papers: []};
	if (other !== undefined) throw createProblems.error('bundle-create-tool', {case: 'two releases', folder, other});
	await requireRelease(folder);
	const sums = await readSums(folder);
	const executables: Executable[] = [];
	for (const name of [...new Set(found.flatMap(({names}) => names))].sort(byText)) {
		executables.push(await executableOf(folder, sums, name, signal));
	}
	return {executables, papers: await papersOf(folder, sums, signal)};
};
