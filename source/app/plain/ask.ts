import {addItem, type Draft, getAt, itemCount} from '../../answers/draft.ts';
import {optionsOf, proposalInWords, said} from '../../answers/form/answering.ts';
import {missingPaths, pathsNamed, type QuestionAt, type Scope} from '../../answers/form/asking.ts';
import {complaintAt, type Form, judgeForm, openSecrets, withoutMember} from '../../answers/form/form.ts';
import {topics} from '../../answers/questions.ts';
import type {Answers} from '../../answers/schema.ts';
import {loginAt} from '../../answers/secret/login.ts';
import {referenceForms} from '../../answers/secret/reference-forms.ts';
import {whosePassword} from '../../answers/secret/whose.ts';
import {toProblem} from '../../base/problem.ts';
import type {Sighting} from '../../ui/state/session.ts';
import {type MoreEntry, type PlainEntry, plainEntries, type QuestionEntry} from './entries.ts';
import {heard} from './heard.ts';
import type {PlainLines} from './lines.ts';
import type {Looks} from './looks.ts';
import {type Offer, type PlainOffers, tellOffers} from './offers.ts';
import {askWord, PlainLeft} from './words.ts';

/** Takes what is typed as it comes. */
export type Keeper = {
	/** Takes a typed secret; the form only holds `prompt` at its path. */
	readonly secret: (path: string, secret: string) => void;
	/** Takes the form after each answer. */
	readonly form?: ((form: Form) => void) | undefined;
	/** All that is known of an answer, given by its path. */
	readonly explain: (path: string) => Promise<readonly string[]>;
	/** Tries the login that an answer is a part of, within a bound. Never rejects. */
	readonly testLogin: (draft: Draft, path: string) => Promise<Sighting>;
	readonly offer: Offer;
	readonly looks: Looks;
};

/** What is said once, before the first question. */
export const plainHelp =
	'Enter takes what stands in brackets. Words: back (the question before), quit (leave), explain or ? (all about this answer), - (no answer, where one may be left out).';

/** ` (number 2)` behind the label of a question about a member of a list. */
const memberWords = (path: string): string => {
	const member = /\.(\d+)\./u.exec(path)?.[1];
	return member === undefined ? '' : ` (number ${Number(member) + 1})`;
};

/** How a question can be answered, beside what stands in its brackets. */
const waysToAnswer = ({draft}: Form, at: QuestionAt): readonly string[] => {
	const {kind, example} = at.question;
	switch (kind) {
		case 'secret':
			return [
				...[whosePassword(draft, at.path) ?? []].flat(),
				`What you type is not shown. Or say where it is: ${referenceForms(at.path)}.`,
				...(loginAt(draft, at.path) ? ['The word test tries this login at its server, now.'] : []),
			];
		case 'choice':
			return optionsOf(at.question).map((word, index) => `${index + 1} ${word}`);
		case 'yes-no':
			return [];
		default:
			return example === '' || example === proposalInWords(draft, at) ? [] : [`Example: ${example}`];
	}
};

/** Enter keeps what stands in brackets: how an answer is taken out that was given and need not be there. */
const wayToEmpty = ({draft}: Form, {question, path}: QuestionAt): readonly string[] =>
	question.optional && getAt(draft, path) !== undefined ? ['- takes the answer out.'] : [];

/** What Enter takes; nothing where a secret was typed in an earlier run, which is not kept. */
const takenByEnter = (form: Form, at: QuestionAt): string => {
	if (openSecrets(form).includes(at.path)) return '';
	return proposalInWords(form.draft, at) || (at.question.optional ? 'not set' : '');
};

const promptOf = (form: Form, at: QuestionAt): string => {
	const {label, kind} = at.question;
	const proposal = takenByEnter(form, at);
	return `${label}${kind === 'yes-no' ? ' yes/no' : ''}${proposal === '' ? '' : ` [${proposal}]`}: `;
};

/** What is typed as the answer, or the word `back`; the other words are done here. @throws PlainLeft */
const typedFor = async (lines: PlainLines, form: Form, entry: QuestionEntry, {explain}: Keeper): Promise<string> => {
	for (;;) {
		const typed = await lines.ask(promptOf(form, entry), {secret: entry.question.kind === 'secret'});
		const word = typed.trim().toLowerCase();
		if (word === 'quit') throw new PlainLeft();
		// No answer is a lone question mark, and nobody who types a secret would see that it became one.
		if (word !== 'explain' && word !== '?') return typed;
		lines.say('', ...(await explain(entry.path)));
	}
};

/** What was typed, and who keeps it. */
type Typed = {readonly typed: string; readonly keeper: Keeper};

/** True where a password stands there that can be used: a reference, or one that was typed. */
const isThere = (form: Form, path: string): boolean =>
	getAt(form.draft, path) !== undefined && complaintAt(form, path) === undefined;

/** Begins to try a login; what comes of it is told when it is known, whatever is asked then. */
const beginTest = (lines: PlainLines, {draft}: Form, {question, path}: QuestionEntry, keeper: Keeper): void => {
	lines.say('  Testing the login; the answers go on meanwhile.');
	const told = ({text}: Sighting): void => lines.say(`  ${question.label}: ${text}`);
	keeper.testLogin(draft, path).then(told, (error: unknown) => told({ok: false, text: toProblem(error).message}));
};

/** The form with what was typed as its answer, once that is valid; the same form where it was not. */
const taken = (lines: PlainLines, form: Form, entry: QuestionEntry, {typed, keeper}: Typed): Form | undefined => {
	const {question, path} = entry;
	const {form: next, secret, complaint} = heard(form, entry, typed);
	if (complaint !== undefined) {
		lines.say(`  Not valid: ${question.label} ${complaint}`);
		return undefined;
	}
	if (secret !== undefined) keeper.secret(path, secret);
	// Nothing that is typed here is seen: a slip in a reference would not be either.
	else if (question.kind === 'secret' && typed.trim() !== '') lines.say(`  Taken: ${said(next, entry).text}`);
	return next;
};

/** Tries the login of a question, whose password is asked for first where there is none; the form with it. */
const testAt = async (lines: PlainLines, form: Form, entry: QuestionEntry, keeper: Keeper): Promise<Form> => {
	let known: Form | undefined = form;
	if (!isThere(form, entry.path)) {
		const typed = await lines.ask(`${entry.question.label} to test with: `, {secret: true});
		known = typed.trim() === '' ? undefined : taken(lines, form, entry, {typed, keeper});
	}
	if (known) beginTest(lines, known, entry, keeper);
	return known ?? form;
};

/** Hears answers to a question until one is valid. @throws PlainLeft */
const answerTo = async (
	lines: PlainLines,
	start: Form,
	entry: QuestionEntry,
	{keeper, offers}: {readonly keeper: Keeper; readonly offers: PlainOffers},
): Promise<Form | 'back'> => {
	const {question, path} = entry;
	let form = start;
	for (;;) {
		const typed = offers.meant(await typedFor(lines, form, entry, keeper));
		const word = typed.trim().toLowerCase();
		if (word === 'back') return 'back';
		if (word === 'test' && question.kind === 'secret' && loginAt(form.draft, path))
			form = await testAt(lines, form, entry, keeper);
		else {
			const next = taken(lines, form, entry, {typed, keeper});
			if (next) return next;
		}
	}
};

/** Asks one question, with what can be offered, until its answer is valid; that is looked at behind the next one. @throws PlainLeft */
const askQuestion = async (
	lines: PlainLines,
	form: Form,
	entry: QuestionEntry,
	keeper: Keeper,
): Promise<Form | 'back'> => {
	const {question, path} = entry;
	const ways = [...waysToAnswer(form, entry), ...wayToEmpty(form, entry)].map((line) => `  ${line}`);
	lines.say('', `${question.label}${memberWords(path)}`, `  ${question.why}`, ...ways);
	const offers = await tellOffers(lines, form.draft, entry, keeper.offer);
	try {
		const next = await answerTo(lines, form, entry, {keeper, offers});
		if (next !== 'back') keeper.looks.given(next.draft, path);
		return next;
	} finally {
		offers.close();
	}
};

/** Asks whether a list shall have one more member. @throws PlainLeft */
const askMore = async (lines: PlainLines, form: Form, {topic, list, count}: MoreEntry): Promise<Form | 'back'> => {
	lines.say('', `${topic.title}: ${count} so far`);
	const word = await askWord(lines, 'Add another one?', ['no', 'yes', 'back', 'quit'], 'no');
	if (word === 'quit') throw new PlainLeft();
	if (word === 'back') return 'back';
	return word === 'yes' ? {...form, draft: addItem(form.draft, list)} : form;
};

/** How far the questions have come. */
type Walk = {readonly form: Form; readonly scope: Scope; readonly done: readonly PlainEntry[]};

/** What one answer makes necessary is asked too; what was missing stays asked for, so that one can go back to it. */
const withNewlyMissing = ({scope, ...walk}: Walk): Walk =>
	scope.kind === 'missing'
		? {...walk, scope: {...scope, paths: [...new Set([...scope.paths, ...missingPaths(walk.form)])]}}
		: {...walk, scope};

const nextEntry = ({form, scope, done}: Walk): PlainEntry | undefined => {
	const open = plainEntries(form, scope).filter(({id}) => !done.some((one) => one.id === id));
	const first = scope.kind === 'missing' ? scope.first : undefined;
	return open.find(({id}) => id === first) ?? open[0];
};

/** A member that was added is taken out again when one goes back behind that. */
const withoutAdded = (form: Form, entry: PlainEntry): Form =>
	entry.kind === 'more' && itemCount(form.draft, entry.list) > entry.count
		? withoutMember(form, entry.list, entry.count)
		: form;

/** The walk before its last answer; the same at its beginning. */
const stepBack = (walk: Walk): Walk => {
	const last = walk.done.at(-1);
	return last ? {...walk, form: withoutAdded(walk.form, last), done: walk.done.slice(0, -1)} : walk;
};

const headOf = ({topic}: PlainEntry): readonly string[] => {
	const place = topics.findIndex(({id}) => id === topic.id) + 1;
	return ['', `== ${place} of ${topics.length}: ${topic.title}`, topic.intro];
};

/**
 * Asks the questions of a scope one after the other, back and forth, until each has a valid answer. A typed secret goes to
 * `keeper` and leaves only the word `prompt` in the form. @throws PlainLeft.
 */
export const askEntries = async (lines: PlainLines, start: Form, scope: Scope, keeper: Keeper): Promise<Form> => {
	let walk: Walk = {form: start, scope, done: []};
	let topic = '';
	for (;;) {
		walk = withNewlyMissing(walk);
		const {form, done} = walk;
		const entry = nextEntry(walk);
		if (!entry) return form;
		lines.say(...(await keeper.looks.news(form.draft)));
		if (entry.topic.id !== topic) lines.say(...headOf(entry));
		topic = entry.topic.id;
		const reply =
			entry.kind === 'more' ? await askMore(lines, form, entry) : await askQuestion(lines, form, entry, keeper);
		if (reply === 'back' && done.length === 0) lines.say('  This is the first question.');
		walk = reply === 'back' ? stepBack(walk) : {...walk, form: reply, done: [...done, entry]};
		if (walk.form.draft !== form.draft) keeper.form?.(walk.form);
	}
};

/** Which topic to go through, with its advanced questions. @throws PlainLeft. */
export const askTopic = async (lines: PlainLines): Promise<Scope> => {
	lines.say('', ...topics.map(({title}, index) => `  ${index + 1} ${title}`));
	for (;;) {
		const typed = (await lines.ask('Which topic? Its number: ')).trim();
		if (typed.toLowerCase() === 'quit') throw new PlainLeft();
		const topic = /^\d+$/u.test(typed) ? topics[Number(typed) - 1] : undefined;
		if (topic) return {kind: 'topic', id: topic.id};
		lines.say(`  Please type a number from 1 to ${topics.length}.`);
	}
};

/**
 * The questions that some names of answers mean, beginning with what the first of them names; where no question asks for them, a topic
 * to be chosen. @throws PlainLeft.
 */
export const askWhich = async (lines: PlainLines, form: Form, names: readonly string[]): Promise<Scope> => {
	const [first] = pathsNamed(form.draft, names.slice(0, 1));
	const scope: Scope = {kind: 'missing', paths: pathsNamed(form.draft, names), first};
	return plainEntries(form, scope).length > 0 ? scope : askTopic(lines);
};

/** A form whose answers are complete and valid. */
export type Complete = {readonly form: Form; readonly answers: Answers};

/** Asks until all answers together are valid, and what they name was looked at. @throws PlainLeft. */
export const askAnswers = async (lines: PlainLines, start: Form, first: Scope, keeper: Keeper): Promise<Complete> => {
	let form = await askEntries(lines, start, first, keeper);
	for (;;) {
		const judged = judgeForm(form);
		if (judged.ok) {
			lines.say(...(await keeper.looks.rest(form.draft)));
			return {form, answers: judged.answers};
		}
		const issues = judged.issues.map(({path, message}) => `  ${path} ${message}`);
		lines.say('', 'These answers are not valid together:', ...issues);
		const names = judged.issues.map(({path}) => path);
		form = await askEntries(lines, form, await askWhich(lines, form, names), keeper);
	}
};
