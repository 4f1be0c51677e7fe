import type {WorkspaceAnswers} from '../answers/schema.ts';
import {ProblemError, toProblem} from '../base/problem.ts';
import type {Finding} from '../engine/plan.ts';
import {together} from './prerequisites/index.ts';
import {adminSession, endpointOf} from './shared/endpoints.ts';
import {readEnrollment} from './shared/enrollment.ts';
import {controlPlaneInstalled} from './shared/installed.ts';
import {type Component, componentsOf} from './shared/names.ts';
import {type Step, shortTimeouts, type World} from './world.ts';

const many = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** One thing that is verified; `run` gives the evidence or throws a ProblemError. */
type Look = {readonly label: string; readonly run: (world: World) => Promise<string>};

const failed = (message: string, cause: string, fix: string): ProblemError =>
	new ProblemError({code: 'verification-failed', area: 'verification', message, cause, fix});

const login: Look = {
	label: 'the administrator can log in',
	run: async (world) => {
		const user = await (await adminSession(world)).me();
		return `${user.username}${user.superuser ? ', superuser' : ''}`;
	},
};

const health = ({name, host}: WorkspaceAnswers): Look => ({
	label: `workspace ${name} is healthy`,
	run: async (world) => {
		await world.zenml.health(await endpointOf(world, host), world.signal);
		return 'HTTP 200 over TLS with your CA';
	},
});

/** `/health` of a workspace says nothing about its database or enrollment; `/api/v1/info` does. */
const info = (workspace: WorkspaceAnswers): Look => ({
	label: `workspace ${workspace.name} says what it should`,
	run: async (world) => {
		const seen = await world.zenml.workspaceInfo(await endpointOf(world, workspace.host), world.signal);
		const enrollment = await readEnrollment(world, workspace);
		const wrong = [
			...(seen.databaseType === 'sqlite'
				? ['it stores its data in SQLite inside the pod: everything is lost at the next restart']
				: []),
			...(seen.proWorkspaceId !== enrollment?.workspaceId
				? [
						`it believes to be workspace ${seen.proWorkspaceId ?? '(none)'}, not ${enrollment?.workspaceId ?? '(not enrolled)'}`,
					]
				: []),
			...(seen.analyticsEnabled ? ['it sends analytics to the internet'] : []),
		];
		if (wrong.length > 0)
			throw failed(
				`Workspace ${workspace.name} answers, but is not what was asked for.`,
				`${wrong.join('; ')}.`,
				'Run the install again: it writes the right values. If it stays, the chart ignores them.',
			);
		return `version ${seen.version}, ${seen.databaseType}, ${seen.deploymentType}, workspace ${seen.proWorkspaceId ?? ''}`;
	},
});

const images = ({label, answers: {namespace, release}}: Component): Look => ({
	label: `${label}: every image comes from the internal registry`,
	run: async ({cluster, answers, signal}) => {
		const pods = await cluster.pods(namespace, `app.kubernetes.io/instance=${release}`, signal);
		const all = [...new Set(pods.flatMap((pod) => pod.images))];
		const outside = all.filter((image) => !image.startsWith(`${answers.registry.host}/`));
		if (outside.length > 0)
			throw failed(
				`Pods of the ${label} use images from outside.`,
				outside.join(', '),
				'Have the chart or the bundle mended: these images cannot be pulled once they leave the nodes.',
			);
		return `${many(all.length, 'image')} in ${many(pods.length, 'pod')}`;
	},
});

/** What a line of a server's log looks like that somebody should read. */
const errorLine = /\b(ERROR|CRITICAL|FATAL|Traceback)\b/u;

const logs = ({label, answers: {namespace, release}}: Component): Look => ({
	label: `${label}: logs without errors`,
	run: async (world) => {
		const {cluster, signal} = world;
		const pods = (await cluster.pods(namespace, `app.kubernetes.io/instance=${release}`, signal)).filter(
			({ready}) => ready,
		);
		const lines = (
			await Promise.all(pods.map(async ({name}) => cluster.logs({namespace, name}, {tailLines: 200, signal})))
		).flat();
		const bad = lines.filter((line) => errorLine.test(line));
		for (const line of bad.slice(-5)) world.report({kind: 'line', level: 'warn', text: `${label}: ${line}`});
		return bad.length === 0
			? `${many(lines.length, 'line')} of ${many(pods.length, 'pod')}`
			: `${bad.length} of ${lines.length} lines speak of errors; the last ones are in the log`;
	},
});

const looksOf = (world: World): readonly Look[] => [
	login,
	...world.answers.workspaces.flatMap((workspace) => [health(workspace), info(workspace)]),
	...componentsOf(world.answers).flatMap((component) => [images(component), logs(component)]),
];

const check = async (world: World): Promise<Finding> => {
	if (world.pass === 'look' && !(await controlPlaneInstalled(world))) {
		return {status: 'todo', changes: looksOf(world).map(({label}) => ({action: 'check', target: label}))};
	}
	const looks = looksOf(world);
	const problems = await Promise.all(
		looks.map(async ({label, run}) => {
			try {
				world.report({kind: 'item', label, state: 'ok', note: await run(world)});
				return [];
			} catch (error) {
				world.signal.throwIfAborted();
				const found = toProblem(error);
				world.report({kind: 'item', label, state: 'bad', note: found.message});
				return [{...found, area: 'verification' as const}];
			}
		}),
	);
	// Before the changes of this plan are made, the servers cannot be what the answers want.
	if (world.pass === 'look' && problems.flat().length > 0) {
		return {status: 'todo', changes: looks.map(({label}) => ({action: 'check', target: label}))};
	}
	const found = together(problems.flat(), {
		code: 'verification-failed',
		message: (count) => `${count} of ${looks.length} checks failed.`,
	});
	return found ? {status: 'blocked', problem: found} : {status: 'ok', note: `${looks.length} checks`};
};

/** Guide step 12, over TLS with the operator's CA: what users will do, tried before they do. */
export const verificationStep: Step = {
	id: 'verification',
	title: 'Verification',
	why: 'Pods that run prove little; this asks the servers what they are and logs in as you will.',
	area: 'verification',
	proves: true,
	inputs: ({controlPlane, workspaces, registry, tls, ingress}) => ({
		controlPlane,
		workspaces,
		registry: registry.host,
		ca: tls.ca,
		address: ingress.address,
		httpsPort: ingress.httpsPort,
	}),
	timeouts: shortTimeouts,
	check,
};
