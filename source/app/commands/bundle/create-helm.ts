import {access, constants} from 'node:fs/promises';
import path from 'node:path';
import {ProblemError} from '../../../base/problem.ts';
import {executableFile} from '../../../base/self/assets.ts';
import {type ChartPort, type CompleteSpec, type PlannedTools, planTools} from '../../../bundle/create/index.ts';
import {createChartPuller, createHelm, innerHelm, placeHelm} from '../../../helm/index.ts';
import {loginPaths} from '../../../registry/pull/login-files.ts';
import type {Context} from '../../base/context.ts';
import {helmFolders} from '../../run/helm-choice.ts';
import {withoutAnswers} from '../without-answers.ts';
import {loginEnvironment} from './create-source.ts';

const isThere = (file: string, mode = constants.R_OK): Promise<boolean> =>
	access(file, mode).then(
		() => true,
		() => false,
	);

/** A program of the search path as an absolute file; what is written with a slash stays. The helm inside this program goes before it. */
const findProgram = async (name: string, context: Context, work: string): Promise<string> => {
	const {environment, workingDirectory} = context;
	if (name.includes('/')) return path.resolve(workingDirectory, name);
	const inner = name === 'helm' ? innerHelm() : undefined;
	if (inner) return placeHelm(inner, helmFolders(context, work));
	for (const folder of (environment.PATH ?? '').split(path.delimiter)) {
		const file = path.join(folder, name);
		if (folder !== '' && (await isThere(file, constants.X_OK))) return file;
	}
	return name;
};

/** How Helm is started. */
type HelmOptions = {
	readonly binary: string;
	/** Folder for its caches. */
	readonly home: string;
	readonly environment: Context['environment'];
};

/** The first file with logins that can be read. */
const loginFile = async (environment: Context['environment'], homeDirectory: string): Promise<string | undefined> => {
	for (const {path: file} of loginPaths(environment, homeDirectory)) if (await isThere(file)) return file;
	return undefined;
};

/** Without a Helm that can pull nothing can be planned. @throws ProblemError of area `prerequisites` */
const requireHelm = async (puller: ReturnType<typeof createChartPuller>, signal: AbortSignal): Promise<void> => {
	await puller.version(signal).catch((error: unknown) => {
		if (!(error instanceof ProblemError) || error.problem.area !== 'prerequisites') throw error;
		throw withoutAnswers(error, 'Charts are pulled and looked at by Helm: name one of 3.8 or newer with --helm PATH.');
	});
};

/** The host of `oci://HOST/PATH`. */
const hostOf = (location: string): string => location.replace(/^oci:\/\//u, '').replace(/\/.*$/u, '');

const chartPort = (
	puller: ReturnType<typeof createChartPuller>,
	options: HelmOptions,
	{hosts}: CompleteSpec,
	work: string,
): ChartPort => {
	const helm = createHelm(options);
	return {
		pull: ({name, location, version}, signal) => {
			const {ca, plainHttp = false} = hosts[hostOf(location)] ?? {};
			const folder = path.join(work, `${name}-${version}`);
			return puller.pull({chart: location, version, folder, plainHttp, ...(ca === undefined ? {} : {ca}), signal});
		},
		render: (chart, values, signal) => helm.template({release: 'zenml', namespace: 'zenml', chart, values, signal}),
		values: puller.values,
	};
};

/** The helm that comes along: the one of the spec, else the one that pulls the charts. */
const carriedHelm = async ({tools: {helm}}: CompleteSpec, options: HelmOptions, signal: AbortSignal) => {
	if (helm === false) return undefined;
	const file = helm ?? options.binary;
	const version = await createChartPuller({...options, binary: file}).version(signal);
	return {file, version, asked: helm !== undefined};
};

/**
 * Executables that come along: those of the spec; else this very program, where it is one and lies beside what it was released with.
 * @param own the file of this program, where it is one executable
 */
export const carriedExecutables = async (
	{tools: {executables, program}}: Pick<CompleteSpec, 'tools'>,
	own: string | undefined,
): Promise<readonly string[]> => {
	if (executables.length > 0 || program !== undefined || own === undefined) return executables;
	const needed = ['SHA256SUMS', 'LICENSES.txt', 'sbom.cdx.json'].map((name) => path.join(path.dirname(own), name));
	return (await Promise.all(needed.map((file) => isThere(file)))).every(Boolean) ? [own] : [];
};

/** The program for Node that comes along: the one of the spec, else the one that runs here, where that is built and no executable comes along. */
const carriedProgram = async (
	{tools: {program}}: CompleteSpec,
	executables: readonly string[],
	{programDirectory, version}: Context,
): Promise<{readonly dist: string; readonly version: string} | 'left out' | 'not built'> => {
	if (program === false) return 'left out';
	if (program !== undefined) return {dist: program, version};
	if (executables.length > 0) return 'left out';
	const files = ['cli.js', 'main.js'].map((name) => path.join(programDirectory, name));
	const built = (await Promise.all(files.map((file) => isThere(file)))).every(Boolean);
	return built ? {dist: programDirectory, version} : 'not built';
};

const notBuilt =
	'This program was left out: no executable of it was named. Name one, or the folder of a release, with --with-tool.';

/** What is asked of Helm: a name on the search path or a file, a folder for temporary files, the folder with the logins. */
type HelmRequest = {
	readonly binary: string;
	readonly work: string;
	readonly dockerConfig: string | undefined;
};

/** Charts, and programs that go along. */
type HelmPorts = {
	readonly charts: ChartPort;
	readonly tools: (signal: AbortSignal) => Promise<PlannedTools>;
};

/**
 * Helm for charts, and what goes along of it and of this program.
 * @throws ProblemError `helm-missing`, `helm-too-old`
 */
export const openHelm = async (
	context: Context,
	spec: CompleteSpec,
	{binary: name, work, dockerConfig: loginFolder}: HelmRequest,
): Promise<HelmPorts> => {
	const environment = loginEnvironment(context, loginFolder);
	const options = {binary: await findProgram(name, context, work), home: path.join(work, 'helm'), environment};
	const dockerConfig = await loginFile(environment, context.homeDirectory);
	const puller = createChartPuller({...options, ...(dockerConfig === undefined ? {} : {dockerConfig})});
	await requireHelm(puller, context.signal);
	const tools = async (signal: AbortSignal): Promise<PlannedTools> => {
		const helm = await carriedHelm(spec, options, signal);
		const executables = await carriedExecutables(spec, executableFile());
		const found = await carriedProgram(spec, executables, context);
		const program = typeof found === 'string' ? undefined : found;
		const {platforms} = spec;
		const planned = await planTools({helm, program, executables, platforms, work, signal});
		return found === 'not built' ? {...planned, notes: [...planned.notes, notBuilt]} : planned;
	};
	return {charts: chartPort(puller, options, spec, work), tools};
};
