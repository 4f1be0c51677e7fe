import {createWriteStream} from 'node:fs';
import {readdir, readFile, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {pipeline} from 'node:stream/promises';
import {createGzip} from 'node:zlib';
import {pack} from 'tar-stream';
import {bundleProblem, fileProblem} from '../../archive/problems.ts';
import {openRegular} from '../../archive/regular-file.ts';
import {type ExtraFile, extraFile} from './extra-files.ts';

/** Machines in the header of an ELF file (e_machine, System V ABI). */
const machines: Readonly<Record<number, string>> = {
	62: 'amd64',
	183: 'arm64',
	40: 'arm',
	21: 'ppc64le',
	22: 's390x',
	243: 'riscv64',
};

/** The platform of a program: `linux/amd64`. @returns `undefined` for a script or a program of another system */
export const platformOfProgram = async (file: string): Promise<string | undefined> => {
	const handle = await openRegular(file);
	try {
		const {buffer, bytesRead} = await handle.read(Buffer.alloc(20), 0, 20, 0);
		if (bytesRead < 20 || buffer.readUInt32BE(0) !== 0x7f454c46) return undefined;
		const architecture = machines[buffer[5] === 2 ? buffer.readUInt16BE(18) : buffer.readUInt16LE(18)];
		return architecture === undefined ? undefined : `linux/${architecture}`;
	} finally {
		await handle.close();
	}
};

const fixedTime = new Date(0);

/**
 * Packs the built program as `zenml-airgap-VERSION/` with what node needs to start it. The same files give the same bytes.
 * @param dist the folder that `npm run build` makes
 * @throws ProblemError `bundle-create-program` where that is no built program
 */
export const packProgram = async (dist: string, version: string, to: string): Promise<void> => {
	const names = await readdir(dist, {recursive: true, withFileTypes: true}).catch((error: unknown) => {
		throw fileProblem(dist, error);
	});
	const files = names
		.filter((entry) => entry.isFile())
		.map((entry) => join(entry.parentPath, entry.name).slice(dist.length + 1))
		.sort();
	if (!files.includes('cli.js')) {
		throw bundleProblem({
			code: 'bundle-create-program',
			message: `${dist} does not hold the built program.`,
			cause: 'There is no cli.js in it.',
			fix: 'Build it (npm run build) and name the folder dist, or leave it out: tools, then program: false.',
		});
	}
	const root = `zenml-airgap-${version}`;
	const description = {
		name: 'zenml-airgap',
		version,
		type: 'module',
		bin: {'zenml-airgap': 'dist/cli.js'},
		engines: {node: '>=22.12'},
	};
	const tar = pack();
	const add = (name: string, content: Buffer, mode = 0o644) =>
		tar.entry({name: `${root}/${name}`, mtime: fixedTime, mode, uid: 0, gid: 0}, content);
	const written = pipeline(tar, createGzip({level: 9}), createWriteStream(to));
	const fill = async (): Promise<void> => {
		add('package.json', Buffer.from(`${JSON.stringify(description, undefined, '\t')}\n`));
		for (const file of files) {
			const mode = (await stat(join(dist, file))).mode & 0o100 ? 0o755 : 0o644;
			add(`dist/${file}`, await readFile(join(dist, file)), mode);
		}
		tar.finalize();
	};
	await Promise.all([written, fill().catch((error: unknown) => tar.destroy(error as Error))]);
};

/** A program that comes along in `bin/`. */
export type PlannedTool = {
	readonly name: string;
	readonly version: string;
	readonly platform: string;
	readonly file: ExtraFile;
};

/**
 * Helm and this tool, for the other side.
 * @param options.helm absent to leave it out; `asked` by the operator, so that what cannot go along is refused
 * @param options.program folder of the built program; absent to leave it out
 * @param options.work where the program is packed
 * @throws ProblemError `bundle-create-helm`, `bundle-create-program`
 */
export const planTools = async (options: {
	readonly helm?: {readonly file: string; readonly version: string; readonly asked: boolean};
	readonly program?: {readonly dist: string; readonly version: string};
	readonly work: string;
	readonly signal: AbortSignal;
}): Promise<{readonly tools: readonly PlannedTool[]; readonly notes: readonly string[]}> => {
	const {helm, program, work, signal} = options;
	const tools: PlannedTool[] = [];
	const notes: string[] = [];
	const platform = helm && (await platformOfProgram(helm.file));
	if (helm && platform !== undefined) {
		const file = await extraFile('bin/helm', helm.file, signal, 0o755);
		tools.push({name: 'helm', version: helm.version, platform, file});
	} else if (helm) {
		const cause = `${helm.file} is a script, or a program of another system than Linux.`;
		if (helm.asked) {
			throw bundleProblem({
				code: 'bundle-create-helm',
				message: 'This helm cannot go into the bundle.',
				cause,
				fix: 'Name a Linux helm for the jump host (tools, then helm), or leave it out: helm: false.',
			});
		}
		notes.push(`helm was left out: ${cause} Name a Linux helm in the spec (tools, then helm).`);
	}
	if (program) {
		const name = `zenml-airgap-${program.version}.tar.gz`;
		await packProgram(program.dist, program.version, join(work, name));
		const file = await extraFile(`bin/${name}`, join(work, name), signal);
		tools.push({name: 'zenml-airgap', version: program.version, platform: 'node', file});
	}
	return {tools, notes};
};
