import {access, constants, readFile, stat, statfs} from 'node:fs/promises';
import path from 'node:path';
import {ProblemError} from '../../../base/problem.ts';
import {type ChartPort, type CompleteSpec, planTools} from '../../../bundle/create/index.ts';
import {createChartPuller, createHelm} from '../../../helm/index.ts';
import {loginPaths} from '../../../registry/pull/login-files.ts';
import {createLoginFinder} from '../../../registry/pull/logins.ts';
import {createImageSource} from '../../../registry/pull/source.ts';
import type {Context} from '../../context.ts';

const isThere = (file: string, mode = constants.R_OK): Promise<boolean> =>
	access(file, mode).then(
		() => true,
		() => false,
	);

/** A program of the search path as an absolute file; what is written with a slash stays. */
const findProgram = async (name: string, {environment, workingDirectory}: Context): Promise<string> => {
	if (name.includes('/')) return path.resolve(workingDirectory, name);
	for (const folder of (environment.PATH ?? '').split(path.delimiter)) {
		const file = path.join(folder, name);
		if (folder !== '' && (await isThere(file, constants.X_OK))) return file;
	}
	return name;
};

/** The environment in which logins are looked for. */
const loginEnvironment = ({environment}: Context, dockerConfig: string | undefined): Context['environment'] =>
	dockerConfig === undefined
		? environment
		: {...environment, DOCKER_CONFIG: dockerConfig, REGISTRY_AUTH_FILE: undefined};

const readCa = async (host: string, file: string): Promise<string> => {
	try {
		return await readFile(file, 'utf8');
	} catch (error) {
		throw new ProblemError({
			code: 'bundle-spec-file-unreadable',
			area: 'usage',
			message: `The CA of ${host} cannot be read: ${file}.`,
			cause: (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'There is no such file.' : (error as Error).message,
			fix: 'Name the right file in the spec (hosts), or mend its mode.',
		});
	}
};

/** The registries of the spec, with the logins of this user. */
export const openSource = async (
	context: Context,
	spec: CompleteSpec,
	options: {readonly dockerConfig?: string; readonly concurrency: number},
) => {
	const environment = loginEnvironment(context, options.dockerConfig);
	const ca = await Promise.all(
		Object.entries(spec.hosts).flatMap(([host, {ca: file}]) =>
			file === undefined ? [] : [readCa(host, file).then((pem) => [host, pem] as const)],
		),
	);
	return createImageSource({
		findLogin: createLoginFinder({
			environment,
			homeDirectory: context.homeDirectory,
			onSecret: context.redactor.register,
			signal: context.signal,
		}),
		ca: Object.fromEntries(ca),
		plainHttp: Object.entries(spec.hosts).flatMap(([host, {plainHttp}]) => (plainHttp ? [host] : [])),
		proxyEnv: environment,
		sockets: options.concurrency,
	});
};

/** Helm for charts, and what of it goes along. */
export const openHelm = async (
	context: Context,
	spec: CompleteSpec,
	options: {readonly binary: string; readonly work: string; readonly dockerConfig?: string},
): Promise<{readonly charts: ChartPort; readonly tools: (signal: AbortSignal) => ReturnType<typeof planTools>}> => {
	const {work} = options;
	const {programDirectory, version} = context;
	const environment = loginEnvironment(context, options.dockerConfig);
	const binary = await findProgram(options.binary, context);
	const logins: string[] = [];
	for (const {path: file} of loginPaths(environment, context.homeDirectory)) if (await isThere(file)) logins.push(file);
	const [dockerConfig] = logins;
	const common = {binary, home: path.join(work, 'helm'), environment};
	const puller = createChartPuller({...common, ...(dockerConfig === undefined ? {} : {dockerConfig})});
	const helm = createHelm(common);
	await puller.version(context.signal).catch((error: unknown) => {
		if (!(error instanceof ProblemError) || error.problem.area !== 'prerequisites') throw error;
		const {answers: _answers, ...problem} = error.problem;
		throw new ProblemError(
			{...problem, fix: 'Charts are pulled and looked at by Helm: name one of 3.8 or newer with --helm PATH.'},
			{cause: error},
		);
	});
	const charts: ChartPort = {
		pull: ({name, location, version: of}, signal) => {
			const {ca, plainHttp = false} = spec.hosts[location.replace(/^oci:\/\//u, '').replace(/\/.*$/u, '')] ?? {};
			return puller.pull({
				chart: location,
				version: of,
				folder: path.join(work, `${name}-${of}`),
				plainHttp,
				...(ca === undefined ? {} : {ca}),
				signal,
			});
		},
		render: (chart, values, signal) => helm.template({release: 'zenml', namespace: 'zenml', chart, values, signal}),
		values: puller.values,
	};
	const tools = async (signal: AbortSignal) => {
		const own = spec.tools.helm;
		const carried = own === false ? undefined : (own ?? binary);
		const dist = spec.tools.program;
		const built =
			(await isThere(path.join(programDirectory, 'cli.js'))) && (await isThere(path.join(programDirectory, 'main.js')));
		const program = dist === false ? undefined : (dist ?? (built ? programDirectory : undefined));
		const versionOf =
			carried === undefined ? undefined : await createChartPuller({...common, binary: carried}).version(signal);
		const {tools: planned, notes} = await planTools({
			...(carried === undefined || versionOf === undefined
				? {}
				: {helm: {file: carried, version: versionOf, asked: own !== undefined}}),
			...(program === undefined ? {} : {program: {dist: program, version}}),
			work,
			signal,
		});
		const source = dist === undefined && !built;
		return {
			tools: planned,
			notes: [
				...notes,
				...(source
					? [
							'This program was left out: it runs from its source. Build it (npm run build) and name dist in the spec (tools, then program).',
						]
					: []),
			],
		};
	};
	return {charts, tools};
};

/** Free bytes for this user on the disk on which a folder is, or will be. */
export const freeBytes = async (folder: string): Promise<number> => {
	let at = folder;
	while (!(await stat(at).catch(() => undefined)) && path.dirname(at) !== at) at = path.dirname(at);
	const {bavail, bsize} = await statfs(at);
	return bavail * bsize;
};
