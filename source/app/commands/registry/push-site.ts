import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {type LoadedDraft, loadDraft, parseOverrides} from '../../../answers/file/load.ts';
import {type Answers, answersSchema} from '../../../answers/schema.ts';
import {resolveSecret} from '../../../answers/secrets.ts';
import {errnoWords} from '../../../base/errno.ts';
import {type Problem, ProblemsError} from '../../../base/problem.ts';
import type {RegistryOptions} from '../../../registry/registry.ts';
import {stateDirectoryOf} from '../../answers/inputs.ts';
import type {Context} from '../../base/context.ts';
import {appProblems} from '../../base/problems.ts';
import {registryCommandProblems} from '../../base/registry-problems.ts';
import {createHost} from '../../run/host.ts';
import {compressedFolder, registryOptions} from '../../run/registry-options.ts';

export type PushOptions = {
	readonly answers?: string;
	readonly set: readonly string[];
	readonly bundle?: string;
	readonly to?: string;
	readonly pushHost?: string;
	readonly platform?: string;
	readonly compress?: string;
	readonly username?: string;
	readonly passwordRef?: string;
	readonly ca?: string;
	readonly clientCertificate?: string;
	readonly clientKey?: string;
	readonly publicKey?: string;
	readonly concurrency?: number;
	readonly limitRate?: string;
	readonly plainHttp: boolean;
	readonly stateDir?: string;
	readonly json: boolean;
};

/** What `registry push` works with. */
export type PushSite = {
	readonly host: string;
	readonly prefix: string;
	readonly registry: RegistryOptions;
	readonly bundle: Answers['bundle'];
	/** Where compressed layers are kept, absolute; made when there are any. */
	readonly compressedFolder: string;
	readonly saveState: (name: string, text: string | undefined) => Promise<string>;
};

const pathOf = (to: string): {readonly host: string; readonly prefix: string} => {
	if (to.includes('://')) throw registryCommandProblems.error('push-target-invalid', {to});
	const [host = '', ...rest] = to.replace(/\/+$/u, '').split('/');
	return {host, prefix: rest.join('/')};
};

/** The flags as answers; they count more than the file. */
const flagsOf = (options: PushOptions): readonly string[] => {
	const target = options.to === undefined ? undefined : pathOf(options.to);
	const values: Readonly<Record<string, string | number | boolean | undefined>> = {
		'bundle.path': options.bundle,
		'bundle.platform': options.platform,
		'bundle.compress': options.compress,
		'bundle.signature.publicKey': options.publicKey,
		'registry.host': target?.host,
		'registry.prefix': target?.prefix,
		'registry.pushHost': options.pushHost,
		'registry.username': options.username,
		'registry.password': options.passwordRef,
		'registry.ca': options.ca,
		'registry.clientCertificate': options.clientCertificate,
		'registry.clientKey': options.clientKey,
		'registry.concurrency': options.concurrency,
		'registry.bandwidth': options.limitRate,
		'registry.plainHttp': options.plainHttp || undefined,
	};
	return Object.entries(values).flatMap(([key, value]) =>
		// A reference to a secret is taken as it stands: within quotes it would count as the secret itself.
		value === undefined ? [] : [`${key}=${key === 'registry.password' ? value : JSON.stringify(value)}`],
	);
};

/** What the flags are called whose values can be wrong as answers. */
const flagNames: Readonly<Record<string, string>> = {
	'bundle.platform': '--platform',
	'bundle.compress': '--compress',
	'bundle.signature.publicKey': '--public-key',
	'registry.host': '--to',
	'registry.prefix': '--to',
	'registry.pushHost': '--push-host',
	'registry.username': '--username',
	'registry.password': '--password-ref',
	'registry.concurrency': '--concurrency',
	'registry.bandwidth': '--limit-rate',
};

/** A value that came by a flag is refused by the name of that flag; `flags` are `path=value`. */
const byFlag = (problem: Problem, flags: readonly string[]): Problem => {
	const [, answer = '', rest = ''] = /^--set ([\w.]+)(.*)$/su.exec(problem.message) ?? [];
	const flag = flags.some((one) => one.startsWith(`${answer}=`)) ? flagNames[answer] : undefined;
	return flag === undefined ? problem : {...problem, message: `${flag}${rest}`};
};

const isOurs = (answer: string): boolean => answer.startsWith('registry') || answer.startsWith('bundle');

/** Problems of other answers are no concern of a push: a file may be half filled in. */
const refuseOurs = ({problems, missing}: LoadedDraft, flags: readonly string[]): void => {
	const broken = problems.filter(({answers}: Problem) => answers === undefined || answers.some(isOurs));
	if (broken.length > 0) throw new ProblemsError(broken.map((one) => byFlag(one, flags)));
	const absent = missing.filter(isOurs);
	if (absent.length > 0) throw registryCommandProblems.error('push-answers-missing', {missing: absent.join(', ')});
};

/** What a file says of one registry and must not reach another: where it is pushed to really, who pushes, and whether TLS may be left out. */
const ofOneRegistry = ['pushHost', 'username', 'password', 'clientCertificate', 'clientKey', 'plainHttp'] as const;

type Registry = Answers['registry'];

/**
 * The registry to push to. Where the command line names another one than the file, what the file says of its own is left out: its login
 * would go to a stranger, and its `pushHost` would take the images.
 * @param set paths that the command line gives @param written the registry of the file alone
 * @throws ProblemError `push-login-half`
 */
const registryOf = (
	registry: Registry,
	written: Readonly<Record<string, unknown>>,
	set: ReadonlySet<string>,
): {readonly registry: Registry; readonly leftOut: readonly string[]} => {
	const known = [written.host, written.pushHost].map((host) => String(host ?? '').toLowerCase());
	if (written.host === undefined || known.includes(registry.host.toLowerCase())) return {registry, leftOut: []};
	const leftOut = ofOneRegistry.filter((key) => written[key] !== undefined && !set.has(`registry.${key}`));
	const kept = answersSchema.shape.registry.parse(
		Object.fromEntries(Object.entries(registry).filter(([key]) => !leftOut.some((one) => one === key))),
	);
	if ((kept.username === undefined) !== (kept.password === undefined)) {
		throw registryCommandProblems.error('push-login-half', {host: kept.host, other: String(written.host)});
	}
	return {registry: kept, leftOut};
};

const readAnswers = (file: string): Promise<string> =>
	readFile(file, 'utf8').catch((error: unknown) => {
		throw appProblems.error('answers-file-unreadable', {file, reason: errnoWords(error, 'read')}, {error});
	});

/**
 * Bundle and registry out of the answer file and the flags; other answers need not be there.
 * @throws ProblemError, ProblemsError area `usage`
 */
export const openSite = async (context: Context, options: PushOptions): Promise<PushSite> => {
	const {workingDirectory, environment, redactor} = context;
	const file = options.answers === undefined ? undefined : path.resolve(workingDirectory, options.answers);
	const flags = flagsOf(options);
	const {overrides, problems} = parseOverrides([...options.set, ...flags]);
	if (problems.length > 0) throw new ProblemsError(problems);
	const input = {
		text: file === undefined ? '' : await readAnswers(file),
		file: options.answers ?? '(the command line)',
		baseDirectory: file === undefined ? workingDirectory : path.dirname(file),
		overrideDirectory: workingDirectory,
		homeDirectory: context.homeDirectory,
	};
	const loaded = loadDraft({...input, overrides});
	refuseOurs(loaded, flags);
	const {draft} = loaded;
	const {shape} = answersSchema;
	const {registry: own} = loadDraft(input).draft;
	const written: Readonly<Record<string, unknown>> = own instanceof Object ? {...own} : {};
	const set = new Set(overrides.map((one) => one.path));
	const {registry, leftOut} = registryOf(shape.registry.parse(draft.registry), written, set);
	if (leftOut.length > 0)
		context.err(
			`Not used, as they are answers for ${written.host}, and not for ${registry.host}: ${leftOut.map((key) => `registry.${key}`).join(', ')}.\n`,
		);
	const bundle = shape.bundle.parse(draft.bundle);
	const stateDirectory = stateDirectoryOf(context, {
		set: [],
		nonInteractive: true,
		plain: true,
		json: options.json,
		logLevel: 'info',
		...(options.stateDir === undefined ? {} : {stateDir: options.stateDir}),
	});
	const host = createHost(stateDirectory);
	const resolve = async (reference: string, answer: string): Promise<string> => {
		const value = await resolveSecret(reference, {
			answer,
			environment,
			readKubernetesSecret: async (place) => {
				const {createCluster} = await import('../../../cluster/cluster.ts');
				const {kubeconfig, context: name} = shape.kubernetes.parse(draft.kubernetes);
				const cluster = createCluster({
					...(kubeconfig === undefined ? {} : {kubeconfig}),
					...(name === undefined ? {} : {context: name}),
					homeDirectory: context.homeDirectory,
					environment,
				});
				return cluster.get({apiVersion: 'v1', kind: 'Secret', ...place}, context.signal);
			},
		});
		redactor.register(value);
		return value;
	};
	return {
		host: registry.host,
		prefix: registry.prefix,
		registry: await registryOptions(registry, {host, stateDirectory, resolve}),
		bundle: {...bundle, path: path.resolve(workingDirectory, bundle.path)},
		compressedFolder: path.join(stateDirectory, compressedFolder),
		saveState: host.saveState,
	};
};
