/** Keys that do the same, as they are written on a keyboard or typed, and what they do. The first always arrives. */
export type KeyLine = {
	readonly keys: readonly string[];
	/** The digits among the keys stand for every entry that has a number. */
	readonly numbered?: true;
	readonly does: string;
};

/** Moves within a text that is longer than the window. */
const scrolling: readonly KeyLine[] = [
	{keys: ['Up', 'Down', 'k', 'j'], does: 'a row up, down'},
	{keys: ['PgUp', 'PgDn', ' '], does: 'a page up, down'},
	{keys: ['Home', 'End', 'g', 'G'], does: 'to the first row, to the last'},
];
const toNextProblem: KeyLine = {keys: ['x'], does: 'to the next problem'};
const toPapers: KeyLine = {keys: ['t'], does: 'papers for other teams'};
/** The search of a page: the same keys on all of them. */
const searching: readonly KeyLine[] = [
	{keys: ['/', 'Ctrl-F'], does: 'search; Enter alone: again'},
	{keys: ['n', 'N'], does: 'next, previous; Esc ends it'},
];
/** Where Esc means nothing else. */
const searchingAlone: readonly KeyLine[] = [...searching, {keys: ['Esc'], does: 'end the search'}];
const list: KeyLine = {keys: ['Up', 'Down', 'k', 'j', 'Home', 'End', 'g', 'G'], does: 'move in the list'};

/** What is the same on every page; on the last one Ctrl-C leaves. */
export const everywhere: readonly KeyLine[] = [
	{keys: ['?', 'Ctrl-L', 'Ctrl-G'], does: 'this page; Ctrl-L in a question'},
	{keys: ['Ctrl-C'], does: 'ask, then stop or quit; twice: at once'},
];

/** Keys of every row of the questionnaire; each deed has one that no multiplexer, terminal or browser keeps. */
const inQuestions: readonly KeyLine[] = [
	{keys: ['Enter'], does: 'take the answer and go on'},
	{keys: ['Tab', 'Shift-Tab'], does: 'other question; nothing is lost'},
	{keys: ['Esc', 'PgUp', 'Ctrl-P'], does: 'back a topic'},
	{keys: ['PgDn', 'Ctrl-N'], does: 'next topic'},
	{keys: ['Ctrl-R', 'Ctrl-S'], does: 'to the review, or try again'},
	{keys: ['Ctrl-X', 'Ctrl-A'], does: 'show or hide advanced questions'},
	{keys: ['Ctrl-Y'], does: 'what this answer is about'},
	{keys: ['Ctrl-F'], does: 'search all questions; Enter alone: the next'},
];

/** In rows in which nothing is typed. */
const searchingRows: KeyLine = {keys: ['/'], does: 'search all questions, too'};

/** The keys of each page, beside those that are the same everywhere. */
export const keyTable = {
	welcome: [
		{keys: ['Enter', 'Right', 'l'], does: 'choose'},
		{keys: ['1', '2'], numbered: true, does: 'choose by number'},
		list,
		{keys: ['PgUp', 'PgDn'], does: 'scroll what stands above'},
		...searchingAlone,
		{keys: ['q'], does: 'ask to quit'},
	],
	line: [
		...inQuestions,
		{keys: ['Ctrl-D', 'Ctrl-T'], does: 'at a login or password: test the login'},
		{keys: ['Tab'], does: 'behind something typed: completes it'},
		{keys: ['Up', 'Down'], does: 'other question'},
		{keys: ['Left', 'Right', 'Home', 'End', 'Ctrl-E'], does: 'move in the text'},
		{keys: ['Backspace', 'Del', 'Ctrl-U', 'Ctrl-W', 'Ctrl-K'], does: 'delete: back, on, all before, word, rest'},
	],
	choice: [
		...inQuestions,
		{keys: ['1', '2'], numbered: true, does: 'choose by number and go on'},
		{keys: [' '], does: 'take the choice'},
		list,
		searchingRows,
		{keys: ['n', 'N'], does: 'at a match: the next, previous'},
		{keys: ['a'], does: 'show or hide advanced questions'},
		{keys: ['Left', 'h'], does: 'back a topic'},
	],
	list: [
		...inQuestions,
		{keys: ['+', 'n'], does: 'add one'},
		{keys: ['d', '-', 'Del'], does: 'take out the one in focus; asks'},
		{keys: ['1', 'Right', 'l'], numbered: true, does: 'open one'},
		list,
		searchingRows,
		{keys: ['a'], does: 'show or hide advanced questions'},
		{keys: ['Left', 'h'], does: 'back a topic'},
	],
	review: [
		{keys: ['Enter'], does: 'press the button in focus'},
		{keys: ['1', '2', '3', '4'], does: 'start, change, save, quit; 5 the changes, 6 the pages to read'},
		{keys: ['Left', 'Right', 'Tab', 'Shift-Tab', 'h', 'l'], does: 'other button'},
		...scrolling,
		...searching,
		toNextProblem,
		{keys: ['p'], does: 'make the plan anew'},
		{keys: ['d'], does: 'the changes, each with what it does'},
		toPapers,
		{keys: ['Esc'], does: 'to the questions'},
	],
	topics: [
		{keys: ['Enter', 'Right', 'l'], does: 'open the topic'},
		{keys: ['1', '2'], numbered: true, does: 'open by number'},
		list,
		...searching,
		{keys: ['Esc', 'Left', 'h'], does: 'back'},
	],
	reading: [
		{keys: ['Left', 'Right', 'Tab', 'Shift-Tab', 'Enter', 'h', 'l', '1', '2'], numbered: true, does: 'other page'},
		...scrolling,
		...searching,
		{keys: ['Esc'], does: 'back'},
	],
	run: [
		{keys: ['Tab', 'Shift-Tab', 'Left', 'Right', 'h', 'l'], does: 'steps, details, log'},
		{keys: ['Up', 'Down', 'k', 'j', 'Home', 'End', 'g', 'G'], does: 'other step; scroll details, log'},
		{keys: ['PgUp', 'PgDn', ' '], does: 'scroll the log, or the details'},
		{keys: ['/', 'Ctrl-F'], does: 'search the log; Enter alone: again'},
		{keys: ['n', 'N'], does: 'older, newer match; Esc ends it'},
		{keys: ['v'], does: 'level of the log'},
		{keys: ['L'], does: 'live log of a pod of the step'},
		toPapers,
		toNextProblem,
		{keys: ['Enter'], does: 'open the page that waits'},
		{keys: ['Esc'], does: 'look at the step under way'},
		{keys: ['q'], does: 'ask to stop'},
	],
	problem: [
		{keys: ['Enter'], does: 'press the button in focus'},
		{keys: ['Up', 'Down', 'Left', 'Right', 'Tab', 'Shift-Tab', 'k', 'j', 'h', 'l'], does: 'other button'},
		{keys: ['1', '2', '3', '4', '5', '6'], does: 'press a button by number'},
		{keys: ['r'], does: 'retry'},
		{keys: ['e'], does: 'edit answers, then retry'},
		{keys: ['b'], does: 'go back, where a way is offered; asks'},
		{keys: ['s'], does: 'skip the step, where allowed; asks'},
		{keys: ['w'], does: 'save a report'},
		toPapers,
		{keys: ['y'], does: 'copy a command, or the page'},
		{keys: ['i', 'Ctrl-Y'], does: 'explain'},
		{keys: ['L'], does: 'live log of a pod of the step'},
		{keys: ['PgUp', 'PgDn', ' ', 'Home', 'End', 'g', 'G'], does: 'scroll'},
		...searching,
		toNextProblem,
		{keys: ['Esc'], does: 'log and steps; Enter comes back'},
		{keys: ['q'], does: 'quit, to go on later; asks'},
	],
	handover: [
		{keys: ['w'], does: 'save the files'},
		toPapers,
		{keys: ['y'], does: 'copy a section, or the page'},
		{keys: ['r'], does: 'look now'},
		{keys: ['c'], does: 'confirm, where allowed; asks'},
		{keys: ['Left', 'Right', 'Tab', 'Shift-Tab', 'h', 'l', '1', '2'], numbered: true, does: 'other section'},
		...scrolling,
		...searching,
		{keys: ['Esc'], does: 'log and steps; Enter comes back'},
		{keys: ['q'], does: 'ask to stop'},
	],
	details: [
		{keys: ['Enter', 'Right', 'l'], does: 'open a change; the next one'},
		{keys: ['1', '2'], numbered: true, does: 'open by number'},
		list,
		{keys: ['PgUp', 'PgDn', ' '], does: 'scroll an open change'},
		...searching,
		{keys: ['Esc', 'Left', 'h'], does: 'back'},
	],
	podLog: [
		{keys: ['Left', 'Right', 'Tab', 'Shift-Tab', 'h', 'l', '1', '2'], numbered: true, does: 'other pod'},
		...scrolling,
		...searching,
		{keys: ['y'], does: 'copy the page'},
		{keys: ['Esc', 'Enter', 'q', 'L'], does: 'back'},
	],
	papers: [
		{keys: ['Enter', 'Right', 'l', '1', '2'], numbered: true, does: 'save these papers'},
		list,
		...searching,
		{keys: ['Esc', 'q', 't'], does: 'back'},
	],
	papersMade: [
		...scrolling,
		...searching,
		{keys: ['y'], does: 'copy a path or a command, or the page'},
		{keys: ['Esc'], does: 'to the list of papers'},
		{keys: ['Enter', 'q', 't'], does: 'close'},
	],
	explained: [
		...scrolling,
		...searching,
		{keys: ['y'], does: 'copy the page'},
		{keys: ['Esc', 'Enter', 'Backspace', 'Ctrl-Y', 'q', 'i'], does: 'back'},
	],
	copying: [
		{keys: ['Enter', 'y', 'Right', 'l', '1', '2'], numbered: true, does: 'copy it'},
		list,
		...searching,
		{keys: ['Esc', 'q'], does: 'back'},
	],
	summary: [
		{keys: ['q', 'Enter'], does: 'leave; no other key does'},
		{keys: ['y'], does: 'copy an address, command or path'},
		toPapers,
		...scrolling,
		...searchingAlone,
		{keys: ['x'], does: 'to the next problem or warning'},
	],
} as const satisfies Readonly<Record<string, readonly KeyLine[]>>;

/** A page as its keys see it. */
export type KeyPage = keyof typeof keyTable;

/** What the page of keys is called for each page. */
export const keyTitles: Readonly<Record<KeyPage, string>> = {
	welcome: 'First page',
	line: 'Questions',
	choice: 'Questions: a choice',
	list: 'Questions: a list',
	review: 'Review',
	topics: 'Review: topics',
	reading: 'Pages before the start',
	run: 'Run',
	problem: 'Problem',
	handover: 'Hand-over',
	details: 'Changes of the plan',
	podLog: 'Log of a pod',
	papers: 'Papers for other teams',
	papersMade: 'Papers for other teams: made',
	explained: 'What it is',
	copying: 'Copy',
	summary: 'End of the run',
};
