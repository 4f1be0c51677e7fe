import * as z from 'zod';
import {urlOf} from '../../answers/addresses.ts';
import {cutTo, isMap, oneLine} from '../../base/text.ts';
import type {KubeObject} from '../../cluster/types.ts';
import {componentsOf} from '../shared/names.ts';
import {runPodProbe} from '../shared/pod-probe.ts';
import {selectorOf} from '../shared/release/wanted.ts';
import type {World} from '../world.ts';
import {drillNamespace, scratchRelease} from './names.ts';
import type {DrillCheck, DrillRecord} from './record.ts';
import {loginSecretName} from './secrets.ts';
import type {Target} from './targets.ts';
import {note} from './work.ts';

const answerSchema = z.object({
	status: z.number().optional(),
	type: z.string().optional(),
	body: z.string().optional(),
	token: z.boolean().optional(),
	connected: z.boolean().optional(),
	error: z.string().optional(),
	kind: z.string().optional(),
});
const resultSchema = z.object({answers: z.array(answerSchema)});

type Answer = z.infer<typeof answerSchema>;
type Request = {readonly url: string; readonly username?: string; readonly connect?: true};

/** A Secret that is not there would keep the pod from starting: only who logs in is given one. */
const loginOf = (requests: readonly Request[]) =>
	requests.some(({username}) => username !== undefined) && {
		secretEnv: {PROBE_PASSWORD: {secret: loginSecretName, key: 'password'}},
	};

/** Asks from a pod of the scratch namespace; undefined where pods of ours are not wanted (network.podChecks). */
const ask = async (world: World, requests: readonly Request[]): Promise<readonly Answer[] | undefined> => {
	const place = {...world.answers.controlPlane, namespace: drillNamespace, ...loginOf(requests)};
	const result = await runPodProbe(world, 'http', {requests}, place);
	if (result === undefined) return undefined;
	const read = resultSchema.safeParse(result);
	if (read.success && read.data.answers.length === requests.length) return read.data.answers;
	return requests.map(() => ({error: cutTo(oneLine(String(result.error ?? 'no answer')), 200)}));
};

const wordsOf = ({status, error}: Answer): string =>
	status === undefined ? cutTo(oneLine(error ?? 'no answer'), 200) : `status ${status}`;

const valueWords = (value: unknown): string => cutTo(oneLine(String(value ?? '?')), 100);

const portsOf = (service: KubeObject): readonly number[] => {
	const ports =
		isMap(service.spec) && Array.isArray(service.spec.ports) ? (service.spec.ports as readonly unknown[]) : [];
	return ports.flatMap((one) => (isMap(one) && typeof one.port === 'number' ? [one.port] : []));
};

/** `http://SERVICE.NAMESPACE.svc:PORT` of every Service of a release: not by the Ingress, which there is none of. */
const rootsOf = async ({cluster, signal}: World, {id}: Target): Promise<readonly string[]> => {
	const labelSelector = selectorOf(scratchRelease(id));
	const services = await cluster.list(
		{apiVersion: 'v1', kind: 'Service', namespace: drillNamespace, labelSelector},
		signal,
	);
	return services.flatMap((one) =>
		portsOf(one).map((port) => `http://${one.metadata.name}.${drillNamespace}.svc:${port}`),
	);
};

const isApi = ({status, type = ''}: Answer): boolean => status === 200 && !type.includes('html');

const parse = (body = ''): Readonly<Record<string, unknown>> => {
	try {
		const value: unknown = JSON.parse(body);
		return isMap(value) ? value : {};
	} catch {
		return {};
	}
};

const untried = (world: World, record: DrillRecord, what: string): void =>
	note(world, record, {what, outcome: 'open', note: 'no pod was started to look: network.podChecks is false'});

const loginFound = (username: string, login: Answer | undefined): Pick<DrillCheck, 'outcome' | 'note'> => {
	if (!login) return {outcome: 'open', note: `the values in the backup hold no password of ${username}`};
	return login.token === true
		? {outcome: 'passed', note: `${username} logs in with the password of the backup`}
		: {outcome: 'failed', note: `${username} is not let in: ${wordsOf(login)}`};
};

const withoutService = 'its release has no Service';

/** The API answers, and the administrator of that time logs in against the restored database. */
const checkControlPlane = async (world: World, record: DrillRecord, target: Target): Promise<void> => {
	const what = 'control plane: API';
	const roots = await rootsOf(world, target);
	if (roots.length === 0) return note(world, record, {what, outcome: 'failed', note: withoutService});
	const {username} = world.answers.controlPlane.admin;
	const logins = record.hasLogin ? roots.map((root) => ({url: `${root}/api/v1/auth/login`, username})) : [];
	const answers = await ask(world, [...roots.map((root) => ({url: `${root}/api/v1/health`})), ...logins]);
	if (!answers) return untried(world, record, `${what} and login`);
	const at = answers.slice(0, roots.length).findIndex(isApi);
	if (at < 0) {
		const said = roots.map((root, index) => `${root}: ${wordsOf(answers[index] ?? {})}`).join('; ');
		return note(world, record, {what, outcome: 'failed', note: said});
	}
	note(world, record, {what, outcome: 'passed', note: '/api/v1/health answers 200'});
	note(world, record, {what: 'control plane: login', ...loginFound(username, answers[roots.length + at])});
};

/** `/health` proves the server, `/api/v1/info` its database. */
const checkWorkspace = async (world: World, record: DrillRecord, target: Target): Promise<void> => {
	const what = `${target.component.label}: /health and /info`;
	const [root] = await rootsOf(world, target);
	if (root === undefined) return note(world, record, {what, outcome: 'failed', note: withoutService});
	const answers = await ask(world, [{url: `${root}/health`}, {url: `${root}/api/v1/info`}]);
	if (!answers) return untried(world, record, what);
	const [health = {}, info = {}] = answers;
	const {version, database_type: database} = parse(info.body);
	const isWell = health.status === 200 && isApi(info) && database === 'mysql';
	const told = `version ${valueWords(version)}, database ${valueWords(database)}`;
	const words = `/health: ${wordsOf(health)}; /api/v1/info: ${wordsOf(info)}, ${told}`;
	note(world, record, {what, outcome: isWell ? 'passed' : 'failed', note: words});
	note(world, record, {
		what: `${target.component.label}: as a member of the control plane`,
		outcome: 'open',
		note: 'not tried: a Pro server logs in to the real control plane when it starts, so its open part was started alone',
	});
};

/** Kinds of failures that say that no connection comes about; any other says nothing of the network. */
const apart: ReadonlySet<string | undefined> = new Set(['dns', 'refused', 'timeout']);

const isolationOf = (urls: readonly string[], found: readonly Answer[]): Pick<DrillCheck, 'outcome' | 'note'> => {
	const reached = urls.filter((_url, index) => found[index]?.connected === true);
	if (reached.length > 0) {
		const words = `this cluster does not enforce NetworkPolicy: a pod of the drill reaches ${reached.join(', ')}. Values alone hold the scratch servers apart: other databases, hosts that nobody knows, no Ingress, no enrolment. The restored control plane knows the addresses of the real workspaces.`;
		return {outcome: 'open', note: words};
	}
	const unclear = found.find(({kind}) => !apart.has(kind));
	if (unclear) return {outcome: 'open', note: `a pod of the drill could not find out: ${wordsOf(unclear)}`};
	const kinds = [...new Set(found.map(({kind}) => kind))].join(', ');
	return {outcome: 'passed', note: `a pod of the drill reaches none of ${urls.join(', ')} (${kinds})`};
};

/** Whether the cluster keeps pods of the drill away from the real servers: a pod of ours looks how far it comes. */
export const drillIsolation = async (world: World, record: DrillRecord): Promise<void> => {
	const {answers} = world;
	const what = 'no way to the real servers';
	const urls = componentsOf(answers).map(({answers: {host}}) => urlOf(answers, host));
	const found = await ask(
		world,
		urls.map((url) => ({url, connect: true})),
	);
	if (!found) return untried(world, record, what);
	note(world, record, {what, ...isolationOf(urls, found)});
};

/** What the scratch servers answer. */
export const drillAnswers = async (world: World, record: DrillRecord, targets: readonly Target[]): Promise<void> => {
	for (const target of targets) {
		if (!record.running.has(target.name)) continue;
		await (target.name === 'controlPlane' ? checkControlPlane : checkWorkspace)(world, record, target);
	}
};
