import {generateSecret} from '../answers/secrets.ts';
import {controlPlaneValues, imagePlaces, readChart} from '../charts/index.ts';
import type {Finding} from '../engine/plan.ts';
import {endpointOf} from './shared/endpoints.ts';
import {secretFor} from './shared/generated.ts';
import {caSecretName, databaseSecretName} from './shared/names.ts';
import {applyRelease, auditRelease, releaseChanges, type WantedRelease} from './shared/release.ts';
import {releaseInputs} from './shared/release-inputs.ts';
import {withSecretStamp} from './shared/secret-stamp.ts';
import {releaseTimeouts, type Step, type World} from './world.ts';

/** The release, or undefined while a generated secret it needs is not made. `sample` puts made-up secrets in their place. */
export const wantedControlPlane = async (world: World, sample = false): Promise<WantedRelease | undefined> => {
	const {answers, bundle, signal} = world;
	const {controlPlane} = answers;
	const {controlPlaneChart: chart, images} = await bundle.open(signal);
	const contents = await readChart(chart.path);
	const secret = async (reference: string, name: string): Promise<string | undefined> =>
		sample ? generateSecret() : secretFor(world, reference, name, name);
	const adminPassword = await secret(controlPlane.admin.password, 'controlPlane.admin.password');
	const databasePassword = await secret(controlPlane.database.password, 'controlPlane.database.password');
	if (adminPassword === undefined || databasePassword === undefined) return undefined;
	const {values, warnings} = controlPlaneValues({
		answers,
		chart: contents,
		images: imagePlaces(answers, images),
		secrets: {
			adminPassword,
			databasePassword,
			databaseSecret: {name: databaseSecretName, key: 'password'},
			ca: {name: caSecretName, key: 'ca.crt'},
		},
	});
	return {
		component: 'control-plane',
		path: 'controlPlane',
		name: controlPlane.release,
		namespace: controlPlane.namespace,
		chart,
		contents,
		values: sample ? values : await withSecretStamp(world, controlPlane.namespace, contents, values),
		warnings,
	};
};

const check = async (world: World): Promise<Finding> => {
	const {controlPlane} = world.answers;
	const wanted = await wantedControlPlane(world);
	if (!wanted)
		return {
			status: 'todo',
			changes: [{action: 'create', target: `release ${controlPlane.namespace}/${controlPlane.release}`}],
		};
	const {problems, warnings} = await auditRelease(world, wanted);
	if (problems[0]) return {status: 'blocked', problem: problems[0]};
	const changes = await releaseChanges(world, wanted);
	if (changes.length > 0) return {status: 'todo', changes, warnings};
	await world.zenml.apiAnswers(await endpointOf(world, controlPlane.host), world.signal);
	return {status: 'ok', note: `${wanted.chart.name} ${wanted.chart.version}, API answers`, warnings};
};

const apply = async (world: World): Promise<void> => {
	const wanted = await wantedControlPlane(world);
	// A further try after a slow API must not make a further revision.
	if (wanted && (await releaseChanges(world, wanted)).length > 0) await applyRelease(world, wanted);
};

/** Guide steps 6 and 7: values by the chart in the bundle, render check, release, rollout, API. */
export const controlPlaneStep: Step = {
	id: 'control-plane',
	title: 'Control plane',
	why: 'Login, organizations and the dashboard; workspaces call it when they start.',
	area: 'cluster',
	inputs: (answers) => ({...releaseInputs(answers), controlPlane: answers.controlPlane}),
	retry: {
		codes: [
			'https-unreachable',
			'https-reset',
			'https-time-out',
			'zenml-not-ready',
			'zenml-api-not-itself',
			'ingress-without-address',
		],
		attempts: 5,
		pausesMs: [1000, 2000, 4000],
	},
	timeouts: releaseTimeouts,
	check,
	apply,
};
