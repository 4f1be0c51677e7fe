import {type Answers, type AnswersInput, answersSchema} from '../../source/answers/schema.ts';
import {systemClock} from '../../source/base/clock.ts';
import {type Problem, type ProblemCode, toProblem} from '../../source/base/problem.ts';
import type {DatabaseEngine, DatabasePort} from '../../source/database/types.ts';
import type {Change, Detail, Finding} from '../../source/engine/plan.ts';
import type {Ports, Step, World} from '../../source/steps/world.ts';

export const never = new AbortController().signal;

const shortest: AnswersInput = {
	registry: {host: 'registry.corp', username: 'installer', password: 'env:REGISTRY'},
	tls: {certificate: '/pki/tls.crt', key: '/pki/tls.key', ca: '/pki/ca.crt'},
	database: {engine: 'postgresql', host: 'db.corp'},
	controlPlane: {host: 'zenml-pro.corp.internal'},
	workspaces: [{name: 'default', host: 'zenml.corp.internal'}],
};

/** The answers of the site that these tests are about; `change` alters what its operator wrote. */
export const answersOf = (change: (input: AnswersInput) => AnswersInput = (input) => input): Answers =>
	answersSchema.parse(change(shortest));

/** A port of which only some calls are expected; every other one fails the test by name. */
const onlyThese = <Port extends object>(name: string, given: Partial<Port> = {}): Port =>
	new Proxy(given as Port, {
		get: (target, call) =>
			Reflect.get(target, call) ??
			(() => {
				throw new Error(`${name}.${String(call)} was not expected`);
			}),
	});

type Parts = {
	readonly databases?: {readonly [Engine in DatabaseEngine]?: Partial<DatabasePort>};
} & {
	readonly [Port in Exclude<keyof Ports, 'databases'>]?: Ports[Port] extends (...given: never) => unknown
		? Ports[Port]
		: Partial<Ports[Port]>;
};

/** What a test gives to its world; the rest is not expected to be used. */
export type Given = Parts & Partial<Pick<World, 'answers' | 'pass' | 'acknowledged' | 'signal'>>;

/** A world of exactly these parts, and everything that the step told. */
export const worldOf = (
	given: Given = {},
): World & {readonly told: readonly Detail[]; readonly secrets: readonly string[]} => {
	const told: Detail[] = [];
	const secrets: string[] = [];
	const {answers = answersOf(), pass = 'apply', acknowledged = false, signal = never, clock = systemClock} = given;
	return {
		...{answers, pass, runId: 'run-of-the-test', acknowledged, signal, told, secrets},
		clock: {...systemClock, ...clock},
		report: (detail) => told.push(detail),
		host: onlyThese('host', {
			asked: () => ({operator: 'ada on jump1'}),
			savePack: async ({id}) => ({folder: `/state/handover/${id}`, aside: []}),
			...given.host,
		}),
		bundle: onlyThese('bundle', given.bundle),
		registry: onlyThese('registry', given.registry),
		cluster: onlyThese('cluster', {context: () => 'prod', server: 'https://10.0.0.1:6443', ...given.cluster}),
		// No run was killed here, unless a test says so.
		helm: onlyThese('helm', {endLeftBehind: async () => undefined, ...given.helm}),
		// Which keys have an effect is looked at where a test says so.
		effects: onlyThese('effects', {of: async () => ({dead: [], idle: [], unproven: []}), ...given.effects}),
		databases: {
			postgresql: onlyThese('postgresql', given.databases?.postgresql),
			mysql: onlyThese('mysql', given.databases?.mysql),
		},
		backups: onlyThese('backups', given.backups),
		dumps: onlyThese('dumps', given.dumps),
		dns: onlyThese('dns', given.dns),
		tls: onlyThese('tls', given.tls),
		https: onlyThese('https', given.https),
		zenml: onlyThese('zenml', given.zenml),
		hooks: onlyThese('hooks', given.hooks),
		resolveSecret: given.resolveSecret ?? (async (reference) => `behind ${reference}`),
		registerSecret: given.registerSecret ?? ((value) => secrets.push(value)),
		holdLease:
			given.holdLease ??
			(async () => {
				throw new Error('holdLease was not expected');
			}),
	};
};

/** What a look gave, with a thrown problem as the engine sees it. */
export const look = async ({check}: Pick<Step, 'check'>, world: World): Promise<Finding> => {
	try {
		return await check(world);
	} catch (error) {
		return {status: 'blocked', problem: toProblem(error)};
	}
};

/** The problem that work ends with, of several found at once the first; fails the test where it does not, or where nobody expected the error. */
export const refusalOf = async (work: Promise<unknown>): Promise<Problem> => {
	const outcome = await work.then(
		(value) => ({value}),
		(error: unknown) => ({problem: toProblem(error)}),
	);
	const {problem} = 'problem' in outcome ? outcome : ((outcome.value ?? {}) as {readonly problem?: Problem});
	if (!problem) throw new Error(`Expected a problem, got ${JSON.stringify(outcome)}`);
	if (problem.code === 'unexpected-error') throw new Error(problem.message);
	return (problem.code === 'several-problems' ? problem.parts?.[0] : undefined) ?? problem;
};

/** A code that does not exist does not compile. */
export const code = (name: ProblemCode): ProblemCode => name;

/** `action target (detail)` of everything that a look would change. */
export const changesOf = (finding: Finding): readonly string[] => {
	if (finding.status === 'ok') return [];
	if (finding.status !== 'todo') throw new Error(`Expected changes, got ${JSON.stringify(finding)}`);
	return finding.changes.map(({action, target, detail}: Change) =>
		detail === undefined ? `${action} ${target}` : `${action} ${target} (${detail})`,
	);
};

/** Rows as last told: `label: state, note`. */
export const rowsOf = (told: readonly Detail[]): readonly string[] => [
	...new Map(
		told.flatMap((detail) =>
			detail.kind === 'item' ? [[detail.label, `${detail.label}: ${detail.state}, ${detail.note}`] as const] : [],
		),
	).values(),
];

/** Lines of the log: `level text`. */
export const linesOf = (told: readonly Detail[]): readonly string[] =>
	told.flatMap((detail) => (detail.kind === 'line' ? [`${detail.level} ${detail.text}`] : []));
