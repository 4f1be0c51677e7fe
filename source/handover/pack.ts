import type {ClusterInUse} from '../base/people/cluster-commands.ts';
import type {Handover} from '../engine/plan.ts';

/** Papers for one team: what a hand-over page shows, and what is saved in one folder. */
export type Pack = Pick<Handover, 'id' | 'title' | 'who' | 'intro' | 'sections'>;

/** A cluster by what others know it by, and by what the operator's own commands name it by. */
export type ClusterNamed = {
	/** `https://10.0.0.1:6443 (context prod of the operator)` */
	readonly name: string;
	/** URL of its API server. */
	readonly server: string;
	readonly inUse: ClusterInUse;
};

/** Who asks, as this host knows it and the operator said it once for all papers. */
export type Asked = {
	/** `ada on jump1` */
	readonly operator?: string | undefined;
	/** Version of this program. */
	readonly version?: string | undefined;
	/** In the operator's words: `Ada Lang, ada@corp, +49 30 1234, CHG-17`. */
	readonly contact?: string | undefined;
	/** In the operator's words: `Friday 18:00`. */
	readonly by?: string | undefined;
	/** An installation is under way, and needs it now. */
	readonly isUnderWay?: boolean | undefined;
	/** The day on which the install found it done, `2026-12-04`: nothing of it waits for this. */
	readonly settled?: string | undefined;
};

/** Who asks the other team, and until when; what is not known is left to be filled in by hand. */
export type Asking = Asked & {
	/** Day on which the papers were made, in UTC: `2026-12-04`. */
	readonly issued?: string | undefined;
	/** The cluster that it is about, so that nobody types at another one. */
	readonly cluster?: ClusterNamed | undefined;
};
