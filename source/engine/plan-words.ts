/** How a plan speaks of itself to whoever goes through it. Parts of sentences begin with a capital and end without a full stop. */
export type PlanWords = {
	/** What it does, in whole sentences, on the first page. */
	readonly welcome: string;
	/** What starts it: the word on the button, and the question where there is no screen. */
	readonly start: string;
	/** What is asked once more after that, where something is taken away for good; the first step of such a plan says what. */
	readonly consent?: string;
	/** What is so at its end. */
	readonly done: string;
	/** What was so before, where every step had nothing to do. */
	readonly nothing: string;
	/** What the whole of it is called, where only some of its steps were gone: `the whole install`. */
	readonly whole: string;
	/** What a run of it is called that began to replace data and did not end: `A way back`. */
	readonly unfinished?: string;
	/** True where people log in to what it leaves: its end says where. */
	readonly servers: boolean;
	/** What its end says before the commands that it names, where these need something that ends with the program. */
	readonly before?: string;
	/** What is to be done with the keys once it is done, unless it was confirmed that copies of them lie outside of the cluster. */
	readonly keepKeys?: string;
	/** What is to be done besides. */
	readonly next: readonly string[];
	/** The same in a played world whose MySQL no dump can be made of; it is given the command that begins one with a MySQL that can. */
	readonly nextWithoutDumps?: (anew: string) => readonly string[];
};
