import path from 'node:path';
import {type LoadedDraft, type Override, overrideOf} from '../../../answers/file/load.ts';
import {type Answers, answersSchema} from '../../../answers/schema.ts';
import {resolveSecret, type SecretSources} from '../../../answers/secrets.ts';
import {printable} from '../../../base/printable.ts';
import {type Problem, ProblemsError} from '../../../base/problem.ts';
import {isMap} from '../../../base/text.ts';
import type {ClusterPort} from '../../../cluster/types.ts';
import type {RegistryOptions} from '../../../registry/registry.ts';
import type {Ports} from '../../../steps/world.ts';
import {givenAnswers, partialAnswers, stateDirectoryOf} from '../../answers/inputs.ts';
import type {Context} from '../../base/context.ts';
import {registryCommandProblems} from '../../base/registry-problems.ts';
import {childEnvironment} from '../../run/child-environment.ts';
import {createHost} from '../../run/host.ts';
import {compressedFolder, registryOptions} from '../../run/registry-options.ts';

export type PushOptions = {
	readonly answers?: string;
	readonly set: readonly string[];
	readonly bundle?: string;
	readonly name?: string;
	readonly registry?: string;
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
	readonly bandwidth?: string;
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
	/** What an image is called that carries no name. */
	readonly name: string | undefined;
	/** Where compressed layers are kept, absolute; made when there are any. */
	readonly compressedFolder: string;
	readonly saveState: (name: string, text: string | undefined) => Promise<string>;
};

const pathOf = (to: string): {readonly host: string; readonly prefix: string} => {
	if (to.includes('://')) throw registryCommandProblems.error('push-target-invalid', {to});
	const [host = '', ...rest] = to.replace(/\/+$/u, '').split('/');
	return {host, prefix: rest.join('/')};
};

/** The flags as answers; they count more than the file, and what is wrong with one is told by its name. */
const flagsOf = (options: PushOptions): readonly Override[] => {
	const target = options.registry === undefined ? undefined : pathOf(options.registry);
	const flags = [
		['bundle.path', options.bundle, '--bundle'],
		['bundle.platform', options.platform, '--platform'],
		['bundle.compress', options.compress, '--compress'],
		['bundle.signature.publicKey', options.publicKey, '--public-key'],
		['registry.host', target?.host, '--registry'],
		['registry.prefix', target?.prefix, '--registry'],
		['registry.pushHost', options.pushHost, '--push-host'],
		['registry.username', options.username, '--username'],
		['registry.password', options.passwordRef, '--password-ref'],
		['registry.ca', options.ca, '--ca'],
		['registry.clientCertificate', options.clientCertificate, '--client-certificate'],
		['registry.clientKey', options.clientKey, '--client-key'],
		['registry.concurrency', options.concurrency, '--concurrency'],
		['registry.bandwidth', options.bandwidth, '--bandwidth'],
		['registry.plainHttp', options.plainHttp || undefined, '--plain-http'],
	] as const;
	return flags.flatMap(([at, value, flag]) => (value === undefined ? [] : [overrideOf(at, value, flag)]));
};

const isOurs = (answer: string): boolean => answer.startsWith('registry') || answer.startsWith('bundle');

/** Problems of other answers are no concern of a push: a file may be half filled in. */
const refuseOurs = ({problems, missing}: LoadedDraft): void => {
	const broken = problems.filter(({answers}: Problem) => answers === undefined || answers.some(isOurs));
	if (broken.length > 0) throw new ProblemsError(broken);
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

/** What the file says, with and without the command line. */
type Loaded = {
	readonly draft: LoadedDraft['draft'];
	/** The registry of the file alone. */
	readonly written: Readonly<Record<string, unknown>>;
	/** Paths that the command line gives. */
	readonly set: ReadonlySet<string>;
};

/** @throws ProblemError, ProblemsError area `usage` */
const load = async (context: Context, options: PushOptions): Promise<Loaded> => {
	const source = await givenAnswers(context, options, flagsOf(options));
	const loaded = partialAnswers(source);
	refuseOurs(loaded);
	const {registry} = partialAnswers({...source, overrides: []}).draft;
	return {
		draft: loaded.draft,
		written: isMap(registry) ? registry : {},
		set: new Set(source.overrides.map((one) => one.path)),
	};
};

/** Reads secrets; the cluster is opened only where one lies there. */
const secretsOf = (
	{environment, homeDirectory, redactor, signal, err}: Context,
	draft: Loaded['draft'],
): Ports['resolveSecret'] => {
	const open = async (): Promise<ClusterPort> => {
		const {createCluster} = await import('../../../cluster/cluster.ts');
		const {kubeconfig, context} = answersSchema.shape.kubernetes.parse(draft.kubernetes);
		const choice = {...(kubeconfig !== undefined && {kubeconfig}), ...(context !== undefined && {context})};
		const children = childEnvironment(environment, draft);
		const port = createCluster({...choice, homeDirectory, environment: children, onSecret: redactor.register});
		for (const warning of port.warnings()) err(`${printable(warning)}\n`);
		return port;
	};
	let cluster: Promise<ClusterPort> | undefined;
	const readKubernetesSecret: SecretSources['readKubernetesSecret'] = async (place) => {
		cluster ??= open();
		return (await cluster).get({apiVersion: 'v1', kind: 'Secret', ...place}, signal);
	};
	const onWarning = (text: string): void => err(`${printable(text)}\n`);
	return async (reference, answer) => {
		const value = await resolveSecret(reference, {answer, environment, readKubernetesSecret, onWarning});
		redactor.register(value);
		return value;
	};
};

/** The folder for state, where other commands keep it too. */
const stateOf = (context: Context, {stateDir}: PushOptions): string => stateDirectoryOf(context, {stateDir});

/**
 * Bundle and registry out of the answer file and the flags; other answers need not be there.
 * @throws ProblemError, ProblemsError area `usage`
 */
export const openSite = async (context: Context, options: PushOptions): Promise<PushSite> => {
	const {shape} = answersSchema;
	const {draft, written, set} = await load(context, options);
	const {registry, leftOut} = registryOf(shape.registry.parse(draft.registry), written, set);
	const unused = leftOut.map((key) => `registry.${key}`).join(', ');
	if (unused !== '')
		context.err(`Not used, as they are answers for ${written.host}, and not for ${registry.host}: ${unused}.\n`);
	const bundle = shape.bundle.parse(draft.bundle);
	const stateDirectory = stateOf(context, options);
	const host = createHost(stateDirectory);
	const resolve = secretsOf(context, draft);
	return {
		host: registry.host,
		prefix: registry.prefix,
		registry: await registryOptions(registry, {
			host,
			stateDirectory,
			resolve,
			environment: context.environment,
		}),
		bundle: {...bundle, path: path.resolve(context.workingDirectory, bundle.path)},
		name: options.name,
		compressedFolder: path.join(stateDirectory, compressedFolder),
		saveState: host.saveState,
	};
};
