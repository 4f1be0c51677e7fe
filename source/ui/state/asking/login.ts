import {isSameLogin, type Login, loginAt} from '../../../answers/secret/login.ts';
import {entryAt, questionnaireOf} from '../entries.ts';
import {isOn, type LoginTest, type Turn, turn, type UiEvent, type UiState} from '../types.ts';

/** What came of the try of the login that an answer is a part of; undefined where nobody tried, or something of it was changed since. */
export const testOf = ({tests, draft}: Pick<UiState, 'tests' | 'draft'>, path: string): LoginTest | undefined => {
	const login = loginAt(draft, path);
	const test = login && tests[login.password];
	return test && isSameLogin(test.draft, draft, login) ? test : undefined;
};

const isUnderWay = (test: LoginTest | undefined): boolean => test !== undefined && test.seen === undefined;

/** Begins to try the login that an answer is a part of, unless it is under way; nothing happens where there is none. */
export const beginTest = (state: UiState, path: string): Turn => {
	const login = loginAt(state.draft, path);
	if (!login || isUnderWay(testOf(state, path))) return turn(state);
	const {draft} = state;
	const {password} = login;
	const tests = {...state.tests, [password]: {draft}};
	return turn({...state, tests}, {type: 'test-login', draft, path: password});
};

/** Forgets what came of a try with another secret: the draft does not tell one that was typed from the next. */
export const withoutTest = <State extends UiState>(state: State, password: string): State => {
	const {[password]: _old, ...tests} = state.tests;
	return {...state, tests};
};

const words: Readonly<Record<Login['kind'], string>> = {
	registry: 'Login to the registry',
	'database admin': 'Admin login to the database server',
	'database role': 'Login of the database role',
};

/** Is a question about this login in focus, so that it shows what came of the try? */
const isShown = (state: UiState, {password}: Login): boolean => {
	if (!isOn(state, 'questions')) return false;
	const entry = entryAt(questionnaireOf(state), state.screen.spot);
	return entry?.kind === 'question' && loginAt(state.draft, entry.path)?.password === password;
};

/** Takes what came of a try. Whoever went on meanwhile is told. */
export const tested = (state: UiState, {path, draft, seen}: Extract<UiEvent, {readonly type: 'tested'}>): UiState => {
	const login = loginAt(state.draft, path);
	if (state.tests[path]?.draft !== draft || !login) return state;
	const next = {...state, tests: {...state.tests, [path]: {draft, seen}}};
	if (isShown(next, login) || !isOn(next, 'questions') || next.notice !== undefined) return next;
	return {...next, notice: {role: seen.ok ? 'ok' : 'warn', text: `${words[login.kind]}: ${seen.text}`}};
};
