import type {WorkspaceAnswers} from '../answers/schema.ts';
import {generateHexKey, generateSecret} from '../answers/secrets.ts';
import type {ComponentPath} from '../base/component.ts';
import {ProblemError} from '../base/problem.ts';
import {imagePlaces, readChart, workspaceValues} from '../charts/index.ts';
import type {Change, Finding} from '../engine/plan.ts';
import {dnsHandover} from './dns.ts';
import {adminSession, endpointOf} from './shared/endpoints.ts';
import {type Enrollment, ensureEnrolled, isEnrolled, readEnrollment, sampleEnrollment} from './shared/enrollment.ts';
import {readGenerated, requireSecret, secretFor} from './shared/generated.ts';
import {waitFor} from './shared/handover.ts';
import {ingressAddress} from './shared/ingress-address.ts';
import {controlPlaneInstalled} from './shared/installed.ts';
import {caSecretName, databaseSecretName, workspaceId} from './shared/names.ts';
import {applyRelease, auditRelease, releaseChanges, type WantedRelease} from './shared/release.ts';
import {releaseInputs} from './shared/release-inputs.ts';
import {withSecretStamp} from './shared/secret-stamp.ts';
import {releaseTimeouts, type Step, type World} from './world.ts';

const pathOf = ({answers}: World, workspace: WorkspaceAnswers): ComponentPath =>
	`workspaces.${answers.workspaces.indexOf(workspace)}`;

const answerOf = (world: World, workspace: WorkspaceAnswers): string => `${pathOf(world, workspace)}.database.password`;

/** The release of one workspace, or undefined while it is not enrolled or a generated secret is not made. */
export const wantedWorkspace = async (
	world: World,
	workspace: WorkspaceAnswers,
	sample = false,
): Promise<WantedRelease | undefined> => {
	const {answers, bundle, signal} = world;
	const {workspaceChart: chart, images} = await bundle.open(signal);
	const contents = await readChart(chart.path);
	const id = workspaceId(workspace);
	const enrollment: Enrollment | undefined = sample ? sampleEnrollment() : await readEnrollment(world, workspace);
	const made = async (name: string): Promise<string | undefined> =>
		sample ? generateHexKey() : readGenerated(world, `${id}.${name}`);
	const [encryptionKey, jwtSecretKey] = [await made('encryptionKey'), await made('jwtSecretKey')];
	const databasePassword = sample
		? generateSecret()
		: await secretFor(world, workspace.database.password, `${id}.database.password`, answerOf(world, workspace));
	if (!enrollment || encryptionKey === undefined || jwtSecretKey === undefined || databasePassword === undefined)
		return undefined;
	const {values, warnings} = workspaceValues({
		answers,
		workspace,
		chart: contents,
		images: imagePlaces(answers, images),
		enrollment: {...enrollment, workspaceName: workspace.name},
		secrets: {
			encryptionKey,
			jwtSecretKey,
			databasePassword,
			databaseSecret: {name: databaseSecretName, key: 'password'},
			databaseCa: {name: databaseSecretName, key: 'ca.pem'},
			ca: {name: caSecretName, key: 'ca.crt'},
		},
	});
	return {
		component: 'workspace',
		path: pathOf(world, workspace),
		name: workspace.release,
		namespace: workspace.namespace,
		chart,
		contents,
		values: sample ? values : await withSecretStamp(world, workspace.namespace, contents, values),
		warnings,
	};
};

const changesOf = async (
	world: World,
	workspace: WorkspaceAnswers,
): Promise<{readonly changes: readonly Change[]; readonly warnings: readonly string[]}> => {
	const target = `release ${workspace.namespace}/${workspace.release}`;
	const enroll: readonly Change[] = [
		{action: 'run', target: `enroll workspace ${workspace.name}`},
		{action: 'create', target},
	];
	if (world.pass === 'look' && !(await controlPlaneInstalled(world))) return {changes: enroll, warnings: []};
	const enrollment = await readEnrollment(world, workspace);
	if (!enrollment || !(await isEnrolled(await adminSession(world), enrollment))) return {changes: enroll, warnings: []};
	const wanted = await wantedWorkspace(world, workspace);
	if (!wanted) return {changes: [{action: 'create', target}], warnings: []};
	const {problems, warnings} = await auditRelease(world, wanted);
	if (problems[0]) throw new ProblemError(problems[0]);
	const changes = await releaseChanges(world, wanted);
	if (changes.length > 0) return {changes, warnings};
	const info = await world.zenml.workspaceInfo(await endpointOf(world, workspace.host), world.signal);
	return info.proWorkspaceId === enrollment.workspaceId
		? {changes: [], warnings}
		: {
				changes: [{action: 'run', target, detail: `it answers as workspace ${info.proWorkspaceId ?? '(none)'}`}],
				warnings,
			};
};

const check = async (world: World): Promise<Finding> => {
	const {answers, acknowledged} = world;
	const results = await Promise.all(answers.workspaces.map(async (workspace) => changesOf(world, workspace)));
	const changes = results.flatMap((result) => result.changes);
	const warnings = [...new Set(results.flatMap((result) => result.warnings))];
	if (changes.length === 0)
		return {status: 'ok', note: answers.workspaces.map(({name, host}) => `${name} at ${host}`).join(', '), warnings};
	if (world.pass !== 'apply') return {status: 'todo', changes, warnings};
	// A workspace server calls the control plane by name when it starts, and crashes when it cannot: DNS comes before it.
	const address = await ingressAddress(world);
	const handover =
		address === undefined || acknowledged ? undefined : await dnsHandover(world, [answers.controlPlane.host], address);
	return handover ? waitFor(handover, 'handover-dns') : {status: 'todo', changes, warnings};
};

const apply = async (world: World): Promise<void> => {
	for (const [index, workspace] of world.answers.workspaces.entries()) {
		world.report({
			kind: 'progress',
			label: 'workspaces',
			done: index,
			total: world.answers.workspaces.length,
			unit: 'items',
		});
		const password = `${workspaceId(workspace)}.database.password`;
		await requireSecret(world, workspace.database.password, password, answerOf(world, workspace));
		await ensureEnrolled(world, workspace);
		const wanted = await wantedWorkspace(world, workspace);
		if (!wanted) continue;
		const changes = await releaseChanges(world, wanted);
		if (changes.length > 0) await applyRelease(world, wanted);
	}
	world.report({
		kind: 'progress',
		label: 'workspaces',
		done: world.answers.workspaces.length,
		total: world.answers.workspaces.length,
		unit: 'items',
	});
};

/** Guide steps 8 and 9, for each workspace: enroll, values, release, rollout, and what the server says of itself. */
export const workspacesStep: Step = {
	id: 'workspaces',
	title: 'Workspaces',
	why: 'The servers that your pipelines talk to, one for each workspace, each enrolled with the control plane.',
	area: 'cluster',
	inputs: (answers) => ({
		...releaseInputs(answers),
		workspaces: answers.workspaces,
		controlPlaneHost: answers.controlPlane.host,
		organization: answers.organization.name,
		workloadManager: answers.workloadManager,
	}),
	retry: {
		codes: ['https-unreachable', 'https-reset', 'https-time-out', 'zenml-not-ready'],
		attempts: 5,
		pausesMs: [1000, 2000, 4000],
	},
	timeouts: releaseTimeouts,
	check,
	apply,
};
