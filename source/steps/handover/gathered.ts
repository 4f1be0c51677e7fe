import type {Asking, Pack} from '../../handover/pack.ts';
import type {World} from '../world.ts';

/** Papers, and what could not be known for them, each in a sentence. */
export type Gathered = {readonly pack: Pack; readonly lacks: readonly string[]};

/** How papers are asked for. */
export type Wish = {
	/** Until when, in the operator's words. */
	readonly by?: string | undefined;
	/** Whether passwords are written too, to files of their own. */
	readonly withPasswords?: boolean | undefined;
};

/** Who asks, and until when. */
export const askingOf = ({host: {operator}}: Pick<World, 'host'>, {by}: Wish = {}): Asking => ({operator, by});
