import type {Line} from './line.ts';

/** Which questions are asked, and where one lands after the last of them. */
export type Scope =
	| {readonly kind: 'all'}
	/** Only what is missing beside the given answers. */
	| {readonly kind: 'missing'; readonly paths: readonly string[]}
	/** All of one topic, from the review page and back to it. */
	| {readonly kind: 'change'; readonly topic: number}
	/** The topics of the answers that a problem names, then the step is tried again. */
	| {readonly kind: 'mend'; readonly paths: readonly string[]};

/** What is being edited in the question in focus. */
export type Field =
	| {readonly kind: 'none'}
	| {
			readonly kind: 'line';
			readonly line: Line;
			readonly masked: boolean;
			/** True while the text is only a proposal: what is typed replaces it. */
			readonly proposed: boolean;
			/** True once something was typed: only then is the text an answer. */
			readonly touched: boolean;
			readonly message?: string;
	  }
	| {readonly kind: 'choice'; readonly index: number; readonly message?: string};

/** A place in the questionnaire. Without `item` a repeated topic shows its list. */
export type Spot = {readonly topic: number; readonly item?: number; readonly focus: number};

export type Screen =
	| {readonly name: 'welcome'; readonly menu: number}
	| {
			readonly name: 'questions';
			readonly scope: Scope;
			readonly spot: Spot;
			readonly field: Field;
			/** Set while the removal of the list entry in focus waits for a yes. */
			readonly removing: boolean;
	  }
	| {
			readonly name: 'review';
			readonly top: number;
			readonly menu: number;
			/** Index of the topic in focus while one is chosen to be changed. */
			readonly choosing?: number;
	  }
	| {readonly name: 'run'}
	| {readonly name: 'summary'};
