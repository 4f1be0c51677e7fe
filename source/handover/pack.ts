import type {Handover} from '../engine/plan.ts';

/** Papers for one team: what a hand-over page shows, and what is saved in one folder. */
export type Pack = Pick<Handover, 'id' | 'title' | 'who' | 'intro' | 'sections'>;

/** Who asks the other team, and until when; what is not known is left to be filled in by hand. */
export type Asking = {
	/** `ada on jump1` */
	readonly operator?: string | undefined;
	/** In the operator's words: `Friday 18:00`. */
	readonly by?: string | undefined;
};
