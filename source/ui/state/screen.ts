import type {Scope} from '../../answers/form/asking.ts';
import type {Line} from './line.ts';

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
			readonly message?: string | undefined;
	  }
	| {readonly kind: 'choice'; readonly index: number; readonly message?: string | undefined};

/** A place in the questionnaire: topics and rows by their index. Without `item` a repeated topic shows its list. */
export type Spot = {readonly topic: number; readonly item?: number | undefined; readonly focus: number};

/** What can be done from the review page, in order; the place here is the number of the button, whatever else is there. */
export const reviewButtonOrder = ['start', 'change', 'save', 'quit', 'details', 'read'] as const;
export type ReviewButton = (typeof reviewButtonOrder)[number];

/** The change in focus, and how far it is read; without `top` they stand in a list. */
export type Details = {readonly focus: number; readonly top?: number};

export type Screen =
	/** `top`: the first row in view of what stands above the menu. */
	| {readonly name: 'welcome'; readonly menu: number; readonly top?: number | undefined}
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
			/** `end` stays there while the plan grows. */
			readonly top: number | 'end';
			/** The button in focus; absent until one was chosen. */
			readonly menu?: ReviewButton | undefined;
			/** True once rows of the plan were on the screen. */
			readonly seen?: boolean;
			/** Index of the topic in focus while one is chosen to be changed. */
			readonly choosing?: number | undefined;
			/** Set while the start waits for a yes. */
			readonly consenting?: boolean;
			/** Set while the changes of the plan are opened. */
			readonly details?: Details | undefined;
			/** The page that is read before the start, and how far. */
			readonly reading?: {readonly page: number; readonly top: number} | undefined;
	  }
	| {readonly name: 'run'}
	| {readonly name: 'summary'};
