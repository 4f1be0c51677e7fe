import {fingerprintOf} from '../engine/fingerprint.ts';
import type {HelmPort} from './types.ts';

/**
 * The same helm, which renders a chart with the same values once: a run looks at each release before its first change, in its step,
 * and once more before it is applied. What failed is rendered again when it is asked for again.
 */
export const renderingOnce = (helm: HelmPort): HelmPort => {
	const rendered = new Map<string, Promise<string>>();
	return {
		...helm,
		template: (options) => {
			const {signal: _signal, fresh, ...what} = options;
			if (fresh) return helm.template(options);
			const key = fingerprintOf(what);
			const found = rendered.get(key);
			if (found) return found;
			const rendering = helm.template(options);
			rendered.set(key, rendering);
			rendering.catch(() => rendered.delete(key));
			return rendering;
		},
	};
};
