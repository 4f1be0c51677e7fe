import type {Check} from '../shared/checks.ts';
import {repositoryOf} from '../shared/names.ts';

/** The registry takes the login, and lets it push. */
export const registry: Check = {
	label: 'Registry',
	asks: 'registry',
	run: async ({registry: port, bundle, answers, signal}) => {
		await port.ping(signal);
		const [first] = (await bundle.open(signal)).images;
		if (first) await port.checkPush(repositoryOf(answers, first.name), signal);
		return {note: `${port.host}, login and push right`};
	},
};
