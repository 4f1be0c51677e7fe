/** A difference between the journeys that stays, with its reason. */
export type Known = {
	/** Journeys that it is about; by default all. */
	readonly journey?: RegExp;
	readonly step?: RegExp;
	readonly call: RegExp;
	readonly path: RegExp;
	/** It depends on the moment, so that it need not be seen in every run. */
	readonly sometimes?: true;
	readonly reason: string;
};

/** Differences that are not mended. Each one is named; anything else fails. */
export const known: readonly Known[] = [];
