import type {Check} from '../shared/checks.ts';
import type {World} from '../world.ts';

/** Which helm works in this run: `helm 4.2.3 from the bundle`. @throws ProblemError as the port's `version` */
export const helmWords = async ({helm, signal}: Pick<World, 'helm' | 'signal'>): Promise<string> =>
	`helm ${await helm.version(signal)} ${await helm.origin(signal)}`;

/** The helm program is there and new enough. */
export const helm: Check = {
	label: 'Helm',
	asks: 'helm',
	run: async (world) => ({note: await helmWords(world)}),
};
