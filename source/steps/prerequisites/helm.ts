import type {Check} from '../shared/checks.ts';

/** The helm program is there and new enough. */
export const helm: Check = {
	label: 'Helm',
	asks: 'helm',
	run: async ({helm: port, signal}) => ({note: `helm ${await port.version(signal)}, ${await port.origin(signal)}`}),
};
