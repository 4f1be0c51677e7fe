import {versionsFit} from '../charts/index.ts';
import type {Finding} from '../engine/types.ts';
import {longTimeouts, type Step, type World} from './world.ts';

const check = async (world: World): Promise<Finding> => {
	const bundle = await world.bundle.open(world.signal);
	const fit = versionsFit(bundle.controlPlaneChart, bundle.workspaceChart);
	const [misfit] = fit.problems;
	if (misfit) return {status: 'blocked', problem: misfit};
	const {files, bytes} = await world.bundle.verify({
		signal: world.signal,
		onProgress: ({file, done, total}) =>
			world.report({kind: 'progress', label: `verify ${file}`, done, total, unit: 'bytes'}),
	});
	const {signer} = bundle;
	return {
		status: 'ok',
		note: `${signer ? `signed by key ${signer.keyId}, ` : ''}${bundle.images.length} images, zenml-pro ${bundle.controlPlaneChart.version}, zenml ${bundle.workspaceChart.version}, ${files} files (${(bytes / 1024 / 1024).toFixed(1)} MiB) whole`,
		warnings: [...bundle.warnings, ...fit.warnings],
	};
};

/** Guide steps 1 and 2: what was carried in is complete, unchanged, and its versions fit each other. */
export const bundleStep: Step = {
	id: 'bundle',
	title: 'Bundle',
	why: 'A part that was damaged or lost on the way shows here, before anything changes.',
	inputs: ({bundle}) => bundle,
	timeouts: longTimeouts,
	check,
};
