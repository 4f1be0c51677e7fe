import {stat} from 'node:fs/promises';
import path from 'node:path';
import {resolvePath} from '../../../answers/resolve-paths.ts';
import {resolveSecret} from '../../../answers/secrets.ts';
import {errnoWords} from '../../../base/errno.ts';
import {writeWhole} from '../../../base/files.ts';
import {ProblemError} from '../../../base/problem.ts';
import {counted} from '../../../base/text.ts';
import {formatBytes} from '../../../base/units.ts';
import {formatInventory, type Inventory} from '../../../bundle/layout/inventory-file.ts';
import {requiredImages} from '../../../bundle/open/checks.ts';
import {pemFile} from '../../../network/pem/file.ts';
import {readPem} from '../../../network/pem/read.ts';
import {createHosts} from '../../../registry/pull/hosts.ts';
import {takeInventory} from '../../../registry/pull/inventory.ts';
import {createLoginFinder, type FindLogin} from '../../../registry/pull/logins.ts';
import {proxyText} from '../../../registry/pull/proxies.ts';
import {waitText} from '../../../registry/retry.ts';
import type {Context} from '../../base/context.ts';
import {registryCommandProblems as problems} from '../../base/registry-problems.ts';
import {progressLines} from '../progress.ts';

export type InventoryOptions = {
	readonly registry: string;
	readonly repository: readonly string[];
	readonly username?: string | undefined;
	readonly passwordRef?: string | undefined;
	readonly ca?: string | undefined;
	readonly plainHttp: boolean;
	readonly out: string;
};

const repositoryPath = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/u;

/** `HOST[:PORT][/PREFIX]` taken apart. @throws ProblemError `inventory-name` */
const placeOf = ({registry, repository}: InventoryOptions): {readonly host: string; readonly prefix: string} => {
	const [host = '', ...parts] = registry.replace(/\/+$/u, '').split('/');
	const prefix = parts.join('/');
	const wrong = [...(prefix === '' ? [] : [prefix]), ...repository].find((name) => !repositoryPath.test(name));
	if (wrong !== undefined) throw problems.error('inventory-name', {name: JSON.stringify(wrong)});
	return {host, prefix};
};

/** @throws ProblemError `inventory-password-ref`, or what the reference is refused for */
const passwordOf = async (context: Context, reference: string): Promise<string> => {
	const file = reference.startsWith('file:') ? reference.slice('file:'.length) : undefined;
	if (file === undefined && !reference.startsWith('env:')) throw problems.error('inventory-password-ref', {});
	const {homeDirectory, workingDirectory: baseDirectory} = context;
	const settled = file === undefined ? reference : `file:${resolvePath(file, {baseDirectory, homeDirectory})}`;
	const password = await resolveSecret(settled, {
		answer: '--password-ref',
		environment: context.environment,
		readKubernetesSecret: () => Promise.resolve(undefined),
		onWarning: (text) => context.err(`${text}\n`),
	});
	context.redactor.register(password);
	return password;
};

/** The login of the command line, else those that docker and podman keep. @throws ProblemError `inventory-login` */
const findLoginOf = async (context: Context, options: InventoryOptions): Promise<FindLogin> => {
	const {username, passwordRef} = options;
	if ((username === undefined) !== (passwordRef === undefined)) throw problems.error('inventory-login', {});
	if (username === undefined || passwordRef === undefined) {
		const {environment, homeDirectory, redactor, signal} = context;
		return createLoginFinder({environment, homeDirectory, onSecret: redactor.register, signal});
	}
	const password = await passwordOf(context, passwordRef);
	return async () => ({login: {username, password: async () => password}, source: `--username ${username}`});
};

/** The CA by the host that it is for. @throws ProblemError of a file that is none */
const readCa = async (host: string, file: string | undefined): Promise<Readonly<Record<string, string>>> => {
	if (file === undefined) return {};
	const read = await readPem(pemFile('--ca', file));
	if ('problem' in read) throw new ProblemError(read.problem);
	return {[host]: read.value};
};

/**
 * Refuses a place for the result before anything is asked: a file is put there whole, and in the place of a device that would be its
 * end. @throws ProblemError `inventory-unwritable`
 */
const refusePlace = async (file: string): Promise<void> => {
	const there = await stat(file).catch(() => undefined);
	if (!there || there.isFile()) return;
	throw problems.error('inventory-unwritable', {case: there.isDirectory() ? 'folder' : 'device', file});
};

/** @throws ProblemError `inventory-unwritable` */
const save = async (file: string, text: string): Promise<void> => {
	try {
		await writeWhole(file, text, {mode: 0o644});
	} catch (error) {
		const words = errnoWords(error, 'write');
		throw problems.error('inventory-unwritable', {case: 'failed', file, words}, {error});
	}
};

/** What was found, in one line. */
const summaryOf = (file: string, {registry, repositories}: Inventory): string => {
	const blobs = new Map(repositories.flatMap((one) => one.blobs.map(({digest, size}) => [digest, size] as const)));
	const bytes = [...blobs.values()].reduce((sum, size) => sum + size, 0);
	const tags = repositories.reduce((sum, one) => sum + one.tags.length, 0);
	return `${file}: ${counted(repositories.length, 'repository', 'repositories')}, ${counted(tags, 'tag')}, ${blobs.size} layers and configurations (${formatBytes(bytes)}), each answered for by ${registry}.\n`;
};

/** Asks a registry what it has, and writes it down. Returns the exit code. @throws ProblemError area `usage` or `registry` */
export const writeInventory = async (context: Context, options: InventoryOptions): Promise<number> => {
	const {host, prefix} = placeOf(options);
	const {workingDirectory, signal, clock} = context;
	const file = path.resolve(workingDirectory, options.out);
	await refusePlace(file);
	const findLogin = await findLoginOf(context, options);
	const ca = await readCa(host, options.ca && path.resolve(workingDirectory, options.ca));
	const lines = progressLines(context);
	const hosts = createHosts({
		findLogin,
		plainHttp: options.plainHttp ? [host] : [],
		ca,
		proxyEnv: context.environment,
		onWait: (wait) => lines.say(waitText(wait, clock.now())),
		onProxy: (registry, proxy) => lines.say(proxyText(registry, proxy)),
	});
	try {
		const taken = new Date(clock.now()).toISOString();
		const repositories = await takeInventory({
			host: await hosts.of(host),
			prefix,
			repositories: options.repository,
			usual: [...requiredImages, 'client-tools'],
			signal,
			onNote: lines.say,
			onProgress: (repository, done, total) => lines.say(`${done + 1} of ${total}: ${repository}`),
		});
		const found = repositories.map(({name, tags, blobs}) => ({name, tags: [...tags], blobs: [...blobs]}));
		const inventory: Inventory = {formatVersion: 1, registry: host, prefix, taken, repositories: found};
		await save(file, formatInventory(inventory));
		// A mistyped prefix would be found out beyond the gap: the bundle made from this would leave nothing out.
		if (repositories.length === 0)
			lines.say(
				`Nothing was found below ${host}${prefix === '' ? '' : `/${prefix}`}: is the prefix right? A bundle made against this inventory is a whole one.`,
			);
		context.out(summaryOf(file, inventory));
		return 0;
	} finally {
		lines.end();
		hosts.close();
	}
};
