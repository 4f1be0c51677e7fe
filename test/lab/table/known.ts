/** Differences that stay, each with its reason. */
export const known: readonly {
	readonly scenario: string;
	readonly call: RegExp;
	readonly path: RegExp;
	readonly reason: string;
}[] = [];
