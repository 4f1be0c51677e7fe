import {afterEach, expect, test} from 'vitest';
import {completed, offersFor, offerWords} from '../../source/answers/form/offers.ts';
import {openQuestions} from '../../source/ui/state/questions.ts';
import {firstState, reduce} from '../../source/ui/state/reduce.ts';
import type {Env, UiState} from '../../source/ui/state/types.ts';
import {fakeSession} from './helpers/fake-session.ts';
import {keys, type OpenApp, openApp, settle} from './helpers/screen.tsx';

let app: OpenApp | undefined;
afterEach(() => app?.close());

const env: Env = {
	columns: 80,
	rows: 24,
	run: undefined,
	now: 0,
	extent: () => ({total: 0, height: 0}),
	lines: () => [],
	copies: () => [],
};

/** The state at one question, and what is done there. */
const at = (path: string) => {
	const opened = openQuestions({...firstState(fakeSession().session), advanced: true}, {kind: 'all'}, path);
	let state: UiState = opened.state;
	const effects = [...opened.effects];
	const key = (id: 'tab' | 'text', text = ''): void => {
		const next = reduce(state, {type: 'key', key: {id, text}}, env);
		state = next.state;
		effects.push(...next.effects);
	};
	return {
		effects,
		key,
		offered: (base: string, all: readonly string[]): void => {
			const next = reduce(state, {type: 'offered', path, base, all}, env);
			state = next.state;
			effects.push(...next.effects);
		},
		text: (): string => {
			const {screen} = state;
			return screen.name === 'questions' && screen.field.kind === 'line' ? screen.field.line.text : '';
		},
		focus: (): number => (state.screen.name === 'questions' ? state.screen.spot.focus : -1),
	};
};

test('contexts are looked for when the question comes, and Tab completes what was typed of one', () => {
	const asked = at('kubernetes.context');
	expect(asked.effects).toMatchObject([{type: 'offer', path: 'kubernetes.context', base: ''}]);
	asked.offered('', ['kind-a', 'kind-b', 'prod']);
	asked.key('text', 'k');
	asked.key('tab');
	expect(asked.text()).toBe('kind-');
	asked.key('text', 'b');
	const focus = asked.focus();
	asked.key('tab');
	expect(asked.focus()).toBe(focus + 1);
});

test('Tab without anything typed leads to the next question as ever', () => {
	const asked = at('tls.ca');
	const focus = asked.focus();
	asked.key('tab');
	expect(asked.focus()).not.toBe(focus);
	expect(asked.effects.filter(({type}) => type === 'offer')).toEqual([]);
});

test('a path is completed folder by folder, and only while nothing else was typed meanwhile', () => {
	const asked = at('tls.ca');
	asked.key('text', 'ce');
	asked.key('tab');
	expect(asked.effects.at(-1)).toMatchObject({type: 'offer', path: 'tls.ca', base: ''});
	asked.offered('', ['.secret', 'certs/', 'other']);
	expect(asked.text()).toBe('certs/');
	asked.key('tab');
	expect(asked.effects.at(-1)).toMatchObject({type: 'offer', base: 'certs/'});
	asked.key('text', 'x');
	asked.offered('certs/', ['certs/ca.crt']);
	expect(asked.text()).toBe('certs/x');
});

test('one Tab at a path that is whole leads on, and the answer is taken', () => {
	const asked = at('tls.ca');
	const focus = asked.focus();
	asked.key('text', 'certs/ca.crt');
	asked.key('tab');
	expect(asked.focus()).toBe(focus);
	asked.offered('certs/', ['certs/ca.crt', 'certs/ca.crt.old', 'certs/tls.crt']);
	expect(asked.focus()).toBe(focus + 1);
	const looks = asked.effects.filter(({type}) => type === 'look');
	expect(looks).toMatchObject([{path: 'tls.ca', draft: {tls: {ca: 'certs/ca.crt'}}}]);
});

test('a folder is gone into, a path that is not there keeps the focus, and Tab twice leads on by itself', () => {
	const asked = at('tls.ca');
	const focus = asked.focus();
	asked.key('text', 'certs/');
	asked.key('tab');
	asked.offered('certs/', ['certs/ca.crt', 'certs/tls.crt']);
	expect(asked.focus()).toBe(focus);
	asked.key('text', 'none');
	asked.key('tab');
	expect(asked.focus()).toBe(focus + 1);
	asked.offered('certs/', ['certs/none']);
	expect(asked.focus()).toBe(focus + 1);
});

test('Tab completes the file of a reference at a secret, and asks for nothing where the secret is typed', () => {
	const asked = at('controlPlane.admin.password');
	asked.key('text', 'file:secrets/adm');
	asked.key('tab');
	expect(asked.effects.filter(({type}) => type === 'offer')).toMatchObject([{base: 'file:secrets/'}]);
	asked.offered('file:secrets/', ['file:secrets/admin-password', 'file:secrets/admin-password.right']);
	expect(asked.text()).toBe('file:secrets/admin-password');
	const typed = at('controlPlane.admin.password');
	typed.key('text', '/hunter2');
	typed.key('tab');
	expect(typed.effects.filter(({type}) => type === 'offer')).toEqual([]);
});

test('what is offered for another folder or question is not taken', () => {
	const asked = at('tls.ca');
	asked.key('text', 'ce');
	asked.key('tab');
	asked.offered('elsewhere/', ['elsewhere/ce']);
	expect(asked.text()).toBe('ce');
});

test('several matches are listed below the field, and free typing stays possible', async () => {
	const fake = fakeSession({offer: async () => ({all: ['kind-a', 'kind-b', 'prod']}), draft: {}});
	app = await openApp(fake.session);
	await app.press(keys.enter);
	for (let rows = 0; rows < 12 && !app.frame().includes('Tab completes: kind-a'); rows += 1) {
		await app.press(keys.down);
		await settle();
	}
	expect(app.frame()).toContain('Tab completes: kind-a  kind-b  prod');
	await app.press('none-of-them');
	expect(app.frame()).not.toContain('Tab completes');
	expect(app.frame()).toContain('none-of-them');
});

test('hidden files are offered to whoever typed their dot; long lists are cut', () => {
	expect(offersFor(['a/.x', 'a/b'], 'a/', 'a/')).toEqual(['a/b']);
	expect(offersFor(['a/.x', 'a/b'], 'a/', 'a/.')).toEqual(['a/.x']);
	expect(completed([], 'a')).toBe('a');
	expect(
		offerWords(
			Array.from({length: 20}, (_, index) => `d/${index}`),
			'd/',
		),
	).toBe('0  1  2  3  4  5  6  7  8  9  10  11  …');
});
