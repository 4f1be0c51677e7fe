import {toProblem} from '../../../base/problem.ts';
import {type Effects, findEffects, shapeOf} from '../../../charts/index.ts';
import {fingerprintOf} from '../../../engine/fingerprint.ts';
import type {World} from '../../world.ts';
import type {WantedRelease} from './wanted.ts';

/** What is kept was found by these rules; other ones look again. */
const rules = 1;

/** Which keys of a release's values change nothing of what its chart renders; found once for each chart and shape of values. */
export const releaseEffects = async (
	{helm, cluster, effects, signal}: World,
	{name, namespace, chart, contents, values}: WantedRelease,
): Promise<Effects> => {
	const kubeVersion = await cluster.version(signal);
	const render = async (other: unknown): Promise<string | undefined> => {
		const options = {release: name, namespace, chart: chart.path, values: other, kubeVersion, fresh: true, signal};
		try {
			return await helm.template(options);
		} catch (error) {
			signal.throwIfAborted();
			// Helm itself is there and reads the chart, as it has just rendered it: these values are refused.
			if (toProblem(error).area === 'cluster') return undefined;
			throw error;
		}
	};
	const {values: defaults, literals} = contents;
	const key = fingerprintOf([rules, chart.digest, kubeVersion, shapeOf(values, literals)]);
	return effects.of(key, async () => findEffects(values, {defaults, literals}, render));
};
