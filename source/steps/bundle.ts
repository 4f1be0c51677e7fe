import {counted, oneLine} from '../base/text.ts';
import {formatBytes, formatMoment} from '../base/units.ts';
import type {Bundle, Verified} from '../bundle/types.ts';
import {imagesFit, versionsFit} from '../charts/index.ts';
import type {Finding, Kept} from '../engine/plan.ts';
import {countOfAll} from '../oci/left-out.ts';
import {longTimeouts, type Step, type World} from './world.ts';

/** What was found whole, and what of it was not read anew because it has not changed since. */
const wholeness = ({files, bytes, read, since}: Verified): string => {
	const whole = `${counted(files, 'file')} (${formatBytes(bytes)}) whole`;
	if (since === undefined) return whole;
	return read === 0
		? `${whole}, as verified at ${formatMoment(since)}`
		: `${whole}, ${formatBytes(read)} read now, the rest as verified at ${formatMoment(since)} and unchanged since`;
};

const unsaved = ({notRemembered}: Verified): readonly string[] =>
	notRemembered === undefined
		? []
		: [`What was verified could not be remembered, so the next run reads it all again: ${notRemembered}`];

const noteOf = (bundle: Bundle, verified: Verified): string => {
	const {signer, images, leftOut, controlPlaneChart, workspaceChart} = bundle;
	return [
		...(signer ? [`signed by key ${signer.keyId}`] : []),
		countOfAll(images.length, leftOut),
		`zenml-pro ${controlPlaneChart.version}`,
		`zenml ${workspaceChart.version}`,
		wholeness(verified),
	].join(', ');
};

/** What an auditor wants to know of it: which bundle, whose, and the digest of each part that is installed. */
const factsOf = (
	{digest, signer, images, controlPlaneChart, workspaceChart}: Bundle,
	mode = 'off',
): NonNullable<Kept['facts']> => [
	['Bundle', digest],
	signer
		? ['Signed by', `key ${signer.keyId}${signer.comment === '' ? '' : ` (${oneLine(signer.comment)})`}`]
		: ['Signature', `not proved: bundles without signature were allowed (bundle.signature.mode: ${mode})`],
	...[controlPlaneChart, workspaceChart].map(
		({name, version, digest: of}) => ['Chart', `${name} ${version} ${of}`] as const,
	),
	...images.map(({source, manifest}) => ['Image', `${source} ${manifest.digest}`] as const),
];

const verify = async (world: World): Promise<Verified> =>
	world.bundle.verify({
		signal: world.signal,
		onProgress: ({done, total}) =>
			world.report({kind: 'progress', label: 'verify the bundle', done, total, unit: 'bytes'}),
	});

/** The bundle; where files of it were lost or damaged on the way, all of them are told at once. @throws ProblemError, ProblemsError */
const open = async (world: World): Promise<Bundle> => {
	try {
		return await world.bundle.open(world.signal);
	} catch (error) {
		world.signal.throwIfAborted();
		await verify(world);
		throw error;
	}
};

const check = async (world: World): Promise<Finding> => {
	const bundle = await open(world);
	const {controlPlaneChart: controlPlane, workspaceChart: workspace} = bundle;
	const charts = versionsFit(controlPlane, workspace);
	const images = imagesFit({controlPlane, workspace}, bundle.images);
	const [misfit] = [...charts.problems, ...images.problems];
	if (misfit) return {status: 'blocked', problem: misfit};
	const verified = await verify(world);
	return {
		status: 'ok',
		note: noteOf(bundle, verified),
		keep: {bundle: bundle.digest, facts: factsOf(bundle, world.answers.bundle.signature.mode)},
		warnings: [...bundle.warnings, ...charts.warnings, ...images.warnings, ...unsaved(verified)],
	};
};

/** Guide steps 1 and 2: what was carried in is complete, unchanged, and its versions fit each other. */
export const bundleStep: Step = {
	id: 'bundle',
	title: 'Bundle',
	why: 'A part that was damaged or lost on the way shows here, before anything changes.',
	area: 'bundle',
	inputs: ({bundle}) => bundle,
	timeouts: longTimeouts,
	check,
};
