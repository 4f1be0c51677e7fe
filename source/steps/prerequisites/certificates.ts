import {ProblemsError} from '../../base/problem.ts';
import type {Check} from '../shared/checks.ts';
import {componentsOf} from '../shared/names.ts';

/** Certificate, key and CA belong together and are for every host name. */
export const certificates: Check = {
	label: 'Certificates',
	run: async ({tls, answers, clock}) => {
		const hosts = componentsOf(answers).map(({answers: {host}}) => host);
		const result = await tls.readPair(answers.tls, hosts, clock.now());
		// A certificate that does not do is an answer that does not do.
		if ('problems' in result) throw new ProblemsError(result.problems.map((one) => ({...one, area: 'usage'})));
		const {names, notAfter} = result.pair.facts;
		return {
			note: `${names.join(', ')}, until ${new Date(notAfter).toISOString().slice(0, 10)}`,
			warnings: result.warnings,
		};
	},
};
