/** A failure of the lab that says what is missing and where to look; shown without a stack. */
export class LabError extends Error {
	readonly log: string | undefined;
	constructor(message: string, log?: string) {
		super(message);
		this.name = 'LabError';
		this.log = log;
	}
}

export type Say = (line: string) => void;

/** Says what begins and how long it usually takes, then how long it took; times in seconds. */
export const timed = async <T>(say: Say, title: string, expected: string, work: () => Promise<T>): Promise<T> => {
	const begin = performance.now();
	say(`${title} (${expected}) ...`);
	const result = await work();
	say(`${title}: ${((performance.now() - begin) / 1000).toFixed(1)} s`);
	return result;
};
