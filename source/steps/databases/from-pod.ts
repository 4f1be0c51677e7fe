import {addressOf, type DatabaseServer} from '../../answers/database-server.ts';
import {type Problem, toProblem} from '../../base/problem.ts';
import {cutTo, oneLine, sentence} from '../../base/text.ts';
import type {ProbeKinds} from '../../cluster/probe/scripts.ts';
import {stepProblems} from '../problems.ts';
import {serverOf, speaksClearText} from '../shared/database-logins.ts';
import {type Component, databaseKeys, databaseSecretName} from '../shared/names.ts';
import {type ProbeResult, runPodProbe} from '../shared/pod-probe.ts';
import type {World} from '../world.ts';

/** Where a pod finds the members of the component's Secret. */
const folder = '/run/zenml-airgap/database';

/** The login of a component without its secrets, which the pod reads from the component's own Secret. */
const loginOf = (server: DatabaseServer, component: Component): ProbeKinds['database'] => {
	const {engine, host, port, clientCertificate} = server;
	const {name: database, username} = component.answers.database;
	// As the servers will: a server that lets in nobody without TLS must be met here, and not at their start.
	const tls = speaksClearText(server, component) ? 'disable' : server.tls;
	const at = (key: keyof typeof databaseKeys): string => `${folder}/${databaseKeys[key]}`;
	return {
		...{engine, host, port, tls, username, database},
		files: {
			password: at('password'),
			ca: at('ca'),
			...(clientCertificate !== undefined && {certificate: at('clientCertificate'), key: at('clientKey')}),
		},
	};
};

/** OpenSSL's verify codes for another name and another address (X509_V_ERR_HOSTNAME_MISMATCH, …_IP_ADDRESS_MISMATCH). */
const otherHost: readonly unknown[] = [62, 64];

/** What servers say to a login that they do not let in from where it comes: the address, or the account. */
const refusedLogins: readonly unknown[] = [1045, 1130, 1698, '28000', '28P01'];

type Case = Parameters<typeof stepProblems.problem<'unreachable-from-pod-database'>>[1]['case'];

const ofLogin = (code: unknown, {engine}: DatabaseServer): Case => {
	if (!refusedLogins.includes(code)) return 'refused';
	return engine === 'mysql' ? 'login to MySQL' : 'login to PostgreSQL';
};

const caseOf = ({kind, code}: ProbeResult, server: DatabaseServer): Case => {
	if (kind === 'dns') return 'name';
	if (kind === 'refused' || kind === 'timeout') return 'network';
	if (kind === 'certificate') return otherHost.includes(code) ? 'certificate of another host' : 'untrusted certificate';
	if (kind === 'tls-not-offered') return 'no TLS';
	return kind === 'login' ? ofLogin(code, server) : 'other';
};

/** Longest that the words of a pod are told, characters. */
const mostWords = 300;

const problemOf = (result: ProbeResult, server: DatabaseServer, {answers, path}: Component): Problem => {
	const {namespace, database} = answers;
	const {host, from: at} = server;
	const what = caseOf(result, server);
	const login = [`${path}.database.username`, `${path}.database.password`];
	const facts = {
		...{namespace, host, at, server: addressOf(server), username: database.username, secret: databaseSecretName},
		code: cutTo(oneLine(String(result.code)), 20),
		words: sentence(cutTo(oneLine(String(result.error)), mostWords)),
	};
	const more = {answers: [`${at}.host`, `${at}.port`, ...(result.kind === 'login' ? login : [])]};
	return stepProblems.problem('unreachable-from-pod-database', {case: what, ...facts}, more);
};

/** A pod that was let in tells its TLS; what it did not try is said. */
const tellUntried = ({report}: World, {tls, method}: ProbeResult, place: string): void => {
	if (tls !== undefined && method === undefined) return;
	const why =
		method === undefined
			? `the Secret ${databaseSecretName} is not there yet`
			: `it does not speak the server's way to log in, ${cutTo(oneLine(String(method)), 60)}`;
	report({kind: 'line', level: 'info', text: `${place}: reached, and no login tried: ${why}`});
};

/**
 * Logs in from a pod in the namespace of a component, as its server will: undefined where that works. A namespace that is gone is told
 * by the step that makes it; while the Secret is not there, the pod only connects.
 */
export const lookFromPod = async (world: World, component: Component): Promise<Problem | undefined> => {
	const server = serverOf(world, component);
	const {namespace} = component.answers;
	const secretVolume = {secret: databaseSecretName, path: folder};
	try {
		const place = {...component.answers, secretVolume};
		const result = await runPodProbe(world, 'database', loginOf(server, component), place);
		if (result?.error !== undefined) return problemOf(result, server, component);
		if (result) tellUntried(world, result, `database server ${addressOf(server)} from a pod in ${namespace}`);
		return undefined;
	} catch (error) {
		if (toProblem(error).code === 'kubernetes-namespace-missing') return undefined;
		throw error;
	}
};
