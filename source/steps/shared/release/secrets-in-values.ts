import {nameOfPath} from '../../../charts/index.ts';
import {secretTexts} from '../../../helm/index.ts';
import type {World} from '../../world.ts';
import {labelOf, type WantedRelease} from './wanted.ts';

/**
 * Tells, for the auditor, which secrets stay in Helm's own Secret of a release because its chart takes no reference for them: their keys,
 * never what they hold. The row stands in the acceptance report.
 */
export const tellSecrets = ({report}: World, wanted: WantedRelease): void => {
	const keys = secretTexts(wanted.values).map(({path}) => nameOfPath(path));
	report({
		kind: 'item',
		label: `secrets in Helm's values, ${labelOf(wanted)}`,
		state: 'ok',
		note:
			keys.length === 0
				? 'none'
				: `${keys.join(', ')}; the chart takes them in no other way, so whoever may read Secrets of this namespace can read them`,
	});
};
