import {readFile, stat} from 'node:fs/promises';
import path from 'node:path';
import {resolvePath} from '../../../answers/resolve-paths.ts';
import {resolveSecret} from '../../../answers/secrets.ts';
import {ProblemError} from '../../../base/problem.ts';
import {formatBytes} from '../../../base/units.ts';
import type {Context} from '../../context.ts';
import {progressLines} from '../progress.ts';
import {stoppable} from '../stopped.ts';
import type {Tool} from '../tool.ts';

type Options = {
	readonly registry: string;
	readonly repository: readonly string[];
	readonly username?: string;
	readonly passwordRef?: string;
	readonly ca?: string;
	readonly plainHttp: boolean;
	readonly out: string;
};

const usage = (code: string, message: string, cause: string, fix: string): ProblemError =>
	new ProblemError({code, area: 'usage', message, cause, fix});

const repositoryPath = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/u;

/** `HOST[:PORT][/PREFIX]` taken apart. */
const placeOf = ({registry, repository}: Options): {readonly host: string; readonly prefix: string} => {
	const [host = '', ...parts] = registry.replace(/\/+$/u, '').split('/');
	const prefix = parts.join('/');
	const wrong = [...(prefix === '' ? [] : [prefix]), ...repository].find((name) => !repositoryPath.test(name));
	if (wrong !== undefined) {
		throw usage(
			'inventory-name',
			`${JSON.stringify(wrong)} is not the path of a repository.`,
			'Paths have lower-case letters, digits and single . _ - between them, in parts joined by /.',
			'Write --registry HOST[:PORT][/PREFIX] without https://, and --repository with the path below the prefix.',
		);
	}
	return {host, prefix};
};

const passwordOf = async (context: Context, reference: string): Promise<string> => {
	const file = reference.startsWith('file:') ? reference.slice('file:'.length) : undefined;
	if (file === undefined && !reference.startsWith('env:')) {
		throw usage(
			'inventory-password-ref',
			'--password-ref takes env:NAME or file:PATH.',
			'A password itself on a command line is seen by every user of this host.',
			'Put it into a file that only you can read, and give --password-ref file:PATH.',
		);
	}
	const {homeDirectory, workingDirectory: baseDirectory} = context;
	const password = await resolveSecret(
		file === undefined ? reference : `file:${resolvePath(file, {baseDirectory, homeDirectory})}`,
		{
			answer: '--password-ref',
			environment: context.environment,
			readKubernetesSecret: () => Promise.resolve(undefined),
			onWarning: (text) => context.err(`${text}\n`),
		},
	);
	context.redactor.register(password);
	return password;
};

/** The login of the command line, else those that docker and podman keep. */
const findLoginOf = async (context: Context, {username, passwordRef}: Options) => {
	if ((username === undefined) !== (passwordRef === undefined)) {
		throw usage(
			'inventory-login',
			'--username and --password-ref belong together.',
			'One of the two was given.',
			'Give both, or none to use the login of docker or podman.',
		);
	}
	if (username !== undefined && passwordRef !== undefined) {
		const password = await passwordOf(context, passwordRef);
		return async () => ({login: {username, password: async () => password}, source: `--username ${username}`});
	}
	const {createLoginFinder} = await import('../../../registry/pull/logins.ts');
	const {environment, homeDirectory, redactor, signal} = context;
	return createLoginFinder({environment, homeDirectory, onSecret: redactor.register, signal});
};

const readCa = async (file: string): Promise<string> => {
	const {fileProblem} = await import('../../../archive/problems.ts');
	return readFile(file, 'utf8').catch((error: unknown) => {
		throw fileProblem(file, error);
	});
};

/** Refuses a place for the result before anything is asked: a file is put there whole, and in the place of a device that would be its end. */
const refusePlace = async (file: string): Promise<void> => {
	const there = await stat(file).catch(() => undefined);
	if (there && !there.isFile())
		throw usage(
			'inventory-unwritable',
			`${file} cannot be written.`,
			there.isDirectory() ? 'It is a folder.' : 'It is a device or a pipe.',
			'Name a file with --out.',
		);
};

const save = async (file: string, text: string): Promise<void> => {
	const {default: writeFileAtomic} = await import('write-file-atomic');
	await writeFileAtomic(file, text).catch((error: NodeJS.ErrnoException) => {
		throw usage(
			'inventory-unwritable',
			`${file} cannot be written.`,
			error.code === 'ENOENT'
				? 'Its folder does not exist.'
				: `The operating system says ${error.code ?? error.message}.`,
			'Name another file with --out.',
		);
	});
};

const work = async (context: Context, options: Options): Promise<number> => {
	const {host: name, prefix} = placeOf(options);
	const file = path.resolve(context.workingDirectory, options.out);
	await refusePlace(file);
	const findLogin = await findLoginOf(context, options);
	const ca = options.ca === undefined ? undefined : await readCa(path.resolve(context.workingDirectory, options.ca));
	const [{createHosts}, {takeInventory}, {formatInventory}, {requiredImages}] = await Promise.all([
		import('../../../registry/pull/hosts.ts'),
		import('../../../registry/pull/inventory.ts'),
		import('../../../bundle/layout/inventory-file.ts'),
		import('../../../bundle/open/checks.ts'),
	]);
	const hosts = createHosts({
		findLogin,
		plainHttp: options.plainHttp ? [name] : [],
		...(ca === undefined ? {} : {ca: {[name]: ca}}),
	});
	const lines = progressLines(context);
	try {
		const taken = new Date(context.clock.now()).toISOString();
		const repositories = await takeInventory({
			host: await hosts.of(name),
			prefix,
			repositories: options.repository,
			usual: requiredImages,
			signal: context.signal,
			onNote: lines.say,
			onProgress: (repository, done, total) => lines.say(`${done + 1} of ${total}: ${repository}`),
		});
		await save(
			file,
			formatInventory({formatVersion: 1, registry: name, prefix, taken, repositories: [...repositories]}),
		);
		// A mistyped prefix would be found out beyond the gap: the bundle made from this would leave nothing out.
		if (repositories.length === 0)
			lines.say(
				`Nothing was found below ${name}${prefix === '' ? '' : `/${prefix}`}: is the prefix right? A bundle made against this inventory is a whole one.`,
			);
		const blobs = new Map(repositories.flatMap(({blobs: of}) => of.map(({digest, size}) => [digest, size] as const)));
		const bytes = [...blobs.values()].reduce((sum, size) => sum + size, 0);
		const tags = repositories.reduce((sum, {tags: of}) => sum + of.length, 0);
		context.out(
			`${file}: ${repositories.length} repositories, ${tags} tags, ${blobs.size} layers and configurations (${formatBytes(bytes)}), each answered for by ${name}.\n`,
		);
		return 0;
	} finally {
		lines.end();
		hosts.close();
	}
};

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

/** `registry inventory`: what the target registry has, for a differential bundle. */
export const inventory: Tool = ({registry}, ask) => {
	registry
		.command('inventory')
		.description('write down what a registry has, so that a differential bundle can leave it out')
		.requiredOption('--registry <host[/prefix]>', 'the registry, and the path before the names of the images')
		.option('--repository <name>', 'only this one, below the prefix; may be repeated', collect, [])
		.option('--username <name>', 'user of the registry (default: the login of docker or podman)')
		.option('--password-ref <reference>', 'where the password is: env:NAME or file:PATH')
		.option('--ca <file>', 'PEM of the CA of the registry, in addition to those of this host')
		.option('--plain-http', 'speak without TLS', false)
		.requiredOption('--out <file>', 'the inventory (JSON); carry it to the connected side')
		.action((options: Options) => ask(stoppable(work, 'Nothing was written.'), options));
};
