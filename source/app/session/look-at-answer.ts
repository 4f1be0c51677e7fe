import {access, constants, stat} from 'node:fs/promises';
import {connect} from 'node:net';
import path from 'node:path';
import {usualOf} from '../../answers/database-server.ts';
import {type Draft, defaultAt, getAt} from '../../answers/draft.ts';
import {nodeAt} from '../../answers/fields.ts';
import {resolveText} from '../../answers/resolve-paths.ts';
import {resolveSecret} from '../../answers/secrets.ts';
import {errnoOf, errnoWords} from '../../base/errno.ts';
import {printable} from '../../base/printable.ts';
import {messagesOf, ProblemError} from '../../base/problem.ts';
import {firstOf} from '../../base/text.ts';
import type {Sighting} from '../../ui/state/session.ts';
import type {Context} from '../base/context.ts';
import {readPemFile} from '../base/pem-files.ts';
import type {AttendedOptions} from './attended.ts';
import {findCluster} from './found.ts';
import {lookAtBundle, lookAtPlatform} from './look-at-bundle.ts';

/** Longest look at one answer, ms. */
const lookMs = 5000;

/** Most contexts that are named. */
const mostNamed = 5;

const seen = (ok: boolean, text: string): Sighting => ({ok, text: printable(text)});

/** Whether something takes connections there. Nothing is sent. */
const reach = async (host: string, port: number, signal: AbortSignal): Promise<Sighting> => {
	const begun = performance.now();
	const socket = connect({host, port, signal});
	try {
		await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
		return seen(true, `${host}:${port} takes connections, ${Math.round(performance.now() - begun)} ms`);
	} catch (error) {
		signal.throwIfAborted();
		const code = errnoOf(error) ?? '';
		if (code === 'ENOTFOUND') return seen(false, `this host finds no address for ${host}`);
		if (code === 'EAI_AGAIN') return seen(false, `the name server gives no answer for ${host}`);
		return seen(false, `${host}:${port} cannot be reached: ${errnoWords(error, 'connect')}`);
	} finally {
		socket.destroy();
	}
};

/** The server of an answer that holds `host` or `host:port`. */
const lookAtServer = async (written: string, port: number, signal: AbortSignal): Promise<Sighting> => {
	const [, host = written, own] = /^(.*?)(?::(\d{1,5}))?$/u.exec(written) ?? [];
	const isBare = written.includes(':') && own === undefined;
	return reach((isBare ? written : host).replace(/^\[(.*)\]$/u, '$1'), own === undefined ? port : Number(own), signal);
};

const databasePort = (draft: Draft, server: string): number => {
	const given = getAt(draft, `${server}.port`);
	if (typeof given === 'number') return given;
	return usualOf(getAt(draft, `${server}.engine`) ?? defaultAt(`${server}.engine`)).port;
};

const publicKeyAnswer = 'bundle.signature.publicKey';

/** The key of the signer, read as it is where a signature is checked. */
const lookAtPublicKey = async (fileOrLine: string): Promise<Sighting> => {
	const {readPublicKey} = await import('../../bundle/signature/check.ts');
	return seen(true, `public key ${(await readPublicKey(fileOrLine)).id}`);
};

const helmAnswer = 'helm.binary';

/** How long a program that does not answer gets to end before it is killed, ms. */
const helmGraceMs = 500;

/** The program, asked for its version as a run asks it. One that the answers leave to this program is found by the run. */
const lookAtHelm = async (
	{environment, signal}: Context,
	binary: string,
	stateDirectory: string,
): Promise<Sighting | undefined> => {
	if (binary === defaultAt(helmAnswer)) return undefined;
	const {createHelm} = await import('../../helm/index.ts');
	const helm = createHelm({binary, home: path.join(stateDirectory, 'helm'), environment, graceMs: helmGraceMs});
	return seen(true, `Helm ${await helm.version(signal)}`);
};

/** The kubeconfig and its context: what is wrong with the context alone is told there and not of the file. */
const lookAtCluster = async (context: Context, draft: Draft, answer: string): Promise<Sighting> => {
	const {environment, homeDirectory} = context;
	const [kubeconfig, named] = [getAt(draft, 'kubernetes.kubeconfig'), getAt(draft, 'kubernetes.context')];
	if (answer === 'kubernetes.context' || typeof kubeconfig !== 'string' || typeof named !== 'string')
		return findCluster(context, draft);
	const {contextNames} = await import('../../cluster/kubeconfig/load.ts');
	const names = contextNames({kubeconfig, homeDirectory, environment});
	return names.includes(named) || names.length === 0
		? findCluster(context, draft)
		: seen(true, `can be read; contexts: ${firstOf(names, mostNamed)}`);
};

/** Certificates and keys have to be PEM; of any other file it is enough that it can be read. */
const lookAtFile = async (file: string, answer: string): Promise<Sighting> => {
	if (/^tls\.(?:certificate|key|ca)$/u.test(answer)) {
		await readPemFile(file, answer);
		return seen(true, 'can be read, PEM');
	}
	const isFolder = (await stat(file)).isDirectory();
	await access(file, constants.R_OK);
	return seen(true, isFolder ? 'a folder that can be read' : 'can be read');
};

const lookAtSecret = async (context: Context, answer: string, reference: string): Promise<Sighting | undefined> => {
	if (!/^(?:env|file):/u.test(reference)) return undefined;
	const {environment, redactor} = context;
	const warnings: string[] = [];
	const readKubernetesSecret = async (): Promise<undefined> => undefined;
	const onWarning = (text: string): void => void warnings.push(text);
	redactor.register(await resolveSecret(reference, {answer, environment, readKubernetesSecret, onWarning}));
	return seen(warnings.length === 0, warnings[0] ?? 'found there');
};

/** Their causes say where the answers look for it, which the answer does. */
const secretCodes: ReadonlySet<string> = new Set(['answers-secret-env', 'answers-secret-file']);

/** What was refused, and why where it is one thing, as sentences. The question says which answer it is, and a secret's row what it refers to. */
const refusalWords = (error: unknown, answer: string): string => {
	if (!(error instanceof ProblemError)) return messagesOf(error);
	const {cause} = error.problem;
	const message = error.problem.message.replace(`${answer}: `, '');
	if (secretCodes.has(error.problem.code)) return printable(message);
	return `${message.replace(/(?<![.!?])$/u, '.')} ${cause}`.trimEnd();
};

/** Where a look may go: what the whole sitting knows, and the folder for charts. */
export type LookPlace = {readonly context: Context; readonly stateDirectory: string};

const look = async (
	{context, stateDirectory}: LookPlace,
	draft: Draft,
	answer: string,
	signal: AbortSignal,
): Promise<Sighting | undefined> => {
	const value = getAt(draft, answer);
	const node = nodeAt(answer);
	if (typeof value !== 'string' || value === '' || node?.kind !== 'field') return undefined;
	const own: Context = {...context, signal};
	if (answer === 'kubernetes.kubeconfig' || answer === 'kubernetes.context') return lookAtCluster(own, draft, answer);
	if (answer === 'bundle.path') return lookAtBundle(own, draft, stateDirectory);
	if (answer === 'bundle.platform') return lookAtPlatform(own, draft, stateDirectory);
	if (answer === 'registry.host' || answer === 'registry.pushHost') return lookAtServer(value, 443, signal);
	if (/(?:^|\.)database(?:\.server)?\.host$/u.test(answer))
		return lookAtServer(value, databasePort(draft, answer.replace(/\.host$/u, '')), signal);
	const {workingDirectory: baseDirectory, homeDirectory} = context;
	const text = resolveText(node, value, {baseDirectory, homeDirectory});
	if (node.type === 'secret') return lookAtSecret(own, answer, text);
	if (answer === publicKeyAnswer) return lookAtPublicKey(text);
	if (answer === helmAnswer) return lookAtHelm(own, text, stateDirectory);
	return node.type === 'path' && text.startsWith('/') ? lookAtFile(text, answer) : undefined;
};

/**
 * Looks at what an answer names: a server, a file, a variable, the bundle and its platform, helm, the cluster. Never sends a login to a
 * server other than the cluster's, changes nothing, and takes 5 s at most. Never throws.
 * @returns undefined for an answer that names nothing that can be looked at from here
 */
export const lookAtAnswer = async (
	place: LookPlace,
	draft: Draft,
	answer: string,
	signal: AbortSignal,
): Promise<Sighting | undefined> => {
	const late = AbortSignal.timeout(lookMs);
	try {
		const seenThere = await look(place, draft, answer, AbortSignal.any([signal, late]));
		return signal.aborted ? undefined : seenThere;
	} catch (error) {
		if (signal.aborted) return undefined;
		if (late.aborted) return seen(false, `no answer within ${lookMs / 1000} s`);
		return seen(false, errnoOf(error) === undefined ? refusalWords(error, answer) : errnoWords(error, 'read'));
	}
};

/**
 * Looks at answers of one sitting; those that lead out of what is sat at are told as that, and not looked at.
 * @param oddityOf what is worth a look in the secret that was typed for an answer
 */
export const answerLooker =
	(
		context: Context,
		{stateDirectory, judgeAnswer}: Pick<AttendedOptions, 'stateDirectory' | 'judgeAnswer'>,
		oddityOf: (answer: string) => string | undefined,
	) =>
	async (draft: Draft, answer: string, signal: AbortSignal): Promise<Sighting | undefined> => {
		const wrong = judgeAnswer?.(draft, answer);
		if (wrong !== undefined) return {ok: false, text: wrong};
		const odd = getAt(draft, answer) === 'prompt' ? oddityOf(answer) : undefined;
		if (odd !== undefined) return seen(false, odd.replace(`${answer}: `, ''));
		return lookAtAnswer({context, stateDirectory}, draft, answer, signal);
	};
