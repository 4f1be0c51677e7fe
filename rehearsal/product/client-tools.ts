import {mkdir, readFile, symlink, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {createInterface} from 'node:readline';
import {PassThrough, type Readable, type Writable} from 'node:stream';
import {type Programs, programsOf, removePodFolder, runClientTool} from '../client-tools/index.ts';
import type {Container, Pod} from '../kubernetes/index.ts';
import {clientToolsName} from './containers.ts';
import type {ExecProgram, ExecPrograms} from './exec.ts';
import {parseImage} from './images.ts';
import type {PodNetwork} from './network/pod-network.ts';

/** A command in a pod of client tools: its streams, and the environment of its container. */
export type ToolRun = {
	readonly command: readonly string[];
	readonly stdin?: Readable | undefined;
	readonly stdout: Writable;
	readonly stderr: Writable;
	readonly env: Readonly<Record<string, string>>;
	readonly signal: AbortSignal;
};

/** How a container of a Job ended. */
export type JobEnd = {
	readonly exit: number;
	/** What it left in the file for it; undefined where that is empty. */
	readonly message?: string | undefined;
};

/** What the pods of client tools do. */
export type ClientToolPods = {
	/** Runs a command in a pod that is up; answers its exit code. */
	readonly exec: (pod: Pod, run: ToolRun) => Promise<number>;
	/** Runs what a container of a Job is given, with the files of its volumes, and takes the pod's folder away after it. */
	readonly runJob: (
		pod: Pod,
		container: Container,
		run: Pick<ToolRun, 'env' | 'signal'> & {
			readonly files: ReadonlyMap<string, string>;
			readonly log: (line: string) => void;
		},
	) => Promise<JobEnd>;
	/** Programs that commands may begin with. */
	readonly programs: readonly string[];
	/** Takes away what a pod that is gone has left. */
	readonly forget: (pod: Pod) => Promise<void>;
};

/** Where a container leaves what came of it: the default of `terminationMessagePath`, which the installer does not change. */
const resultPath = '/dev/termination-log';
/** As much of its end as a node keeps (k8s.io/kubernetes, MaxContainerTerminationMessageLength). */
const mostOfResult = 4096;

/** Paths of the container's volumes, where this host has them for the pod. */
const mapped = (container: Container, folder: string) => {
	const mounts = (container.volumeMounts ?? []).map(({mountPath}) => mountPath.replace(/\/$/u, ''));
	const places = [...mounts, resultPath];
	// In one pass: the folder itself may lie below a path that a container mounts, such as /tmp.
	const any = new RegExp(
		`(?<![\\w./-])(?:${places.map((place) => place.replaceAll('.', '\\.')).join('|')})(?![\\w.-])`,
		'gu',
	);
	return (text: string): string => text.replaceAll(any, (place) => join(folder, 'volumes', place));
};

/** What is in the volumes of claims outlives the pods that mount them. */
const linkClaims = async (directory: string, folder: string, pod: Pod, container: Container): Promise<void> => {
	for (const {name, persistentVolumeClaim} of pod.spec.volumes ?? []) {
		const mount = container.volumeMounts?.find((one) => one.name === name);
		if (!persistentVolumeClaim || !mount) continue;
		const kept = join(directory, 'claims', pod.metadata.namespace ?? '', persistentVolumeClaim.claimName);
		await mkdir(kept, {recursive: true, mode: 0o700});
		const at = join(folder, 'volumes', mount.mountPath);
		await mkdir(dirname(at), {recursive: true, mode: 0o700});
		await symlink(kept, at);
	}
};

/** The node makes the file before the container starts, empty and for every user. */
const placeResult = async (folder: string): Promise<string> => {
	const file = join(folder, 'volumes', resultPath);
	await mkdir(dirname(file), {recursive: true, mode: 0o700});
	await writeFile(file, '');
	return file;
};

const resultIn = async (file: string): Promise<Pick<JobEnd, 'message'>> => {
	const bytes = await readFile(file);
	return bytes.length === 0 ? {} : {message: bytes.subarray(-mostOfResult).toString('utf8')};
};

const placeFiles = async (folder: string, container: Container, files: ReadonlyMap<string, string>): Promise<void> => {
	for (const {mountPath, subPath} of container.volumeMounts ?? [])
		if (subPath === undefined) await mkdir(join(folder, 'volumes', mountPath), {recursive: true, mode: 0o700});
	for (const [path, content] of files) {
		const file = join(folder, 'volumes', path);
		await mkdir(dirname(file), {recursive: true, mode: 0o700});
		await writeFile(file, content, {mode: 0o600});
	}
};

/** Lines that a stream says, told to the log of the container. */
const told = (log: (line: string) => void): PassThrough => {
	const stream = new PassThrough();
	createInterface({input: stream}).on('line', log);
	return stream;
};

/** @param directory where each pod has a folder while it is there */
export const createClientToolPods = (
	programs: Programs,
	directory: string,
	network: Pick<PodNetwork, 'resolve'>,
): ClientToolPods => {
	const folderOf = ({metadata: {uid}}: Pod): string => join(directory, uid);
	const forget = (pod: Pod): Promise<void> => removePodFolder(folderOf(pod));
	return {
		exec: async (pod, {command, ...run}) => {
			const folder = folderOf(pod);
			await mkdir(folder, {recursive: true, mode: 0o700});
			return runClientTool(programs, command, {...run, network, folder});
		},
		runJob: async (pod, container, {files, log, env, signal}) => {
			const folder = folderOf(pod);
			const at = mapped(container, folder);
			const command = [...(container.command ?? ['sh']), ...(container.args ?? [])].map(at);
			const values = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, at(value)]));
			try {
				await linkClaims(directory, folder, pod, container);
				await placeFiles(folder, container, files);
				const result = await placeResult(folder);
				const streams = {stdout: told(log), stderr: told(log)};
				const exit = await runClientTool(programs, command, {...streams, env: values, signal, network, folder});
				return {exit, ...(await resultIn(result))};
			} finally {
				await forget(pod);
			}
		},
		programs: programsOf(programs),
		forget,
	};
};

/** What `pods/exec` can start in images of client tools; other images have nothing. */
export const toolPrograms =
	(pods: ClientToolPods | undefined): ExecPrograms =>
	(image) => {
		const name = parseImage(image).repository.split('/').at(-1) ?? '';
		if (!pods || !clientToolsName.test(name)) return {};
		const program =
			(first: string): ExecProgram =>
			({pod, args, running, stdin, stdout, stderr, signal}) =>
				pods.exec(pod, {command: [first, ...args], stdin, stdout, stderr, signal, env: running.environment});
		return Object.fromEntries(pods.programs.map((first) => [first, program(first)]));
	};
