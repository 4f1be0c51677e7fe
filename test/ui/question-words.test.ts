import {expect, test} from 'vitest';
import {type Draft, setAt} from '../../source/answers/draft.ts';
import {focusRows} from '../../source/ui/content/question.ts';
import {entryAt, questionnaireOf} from '../../source/ui/state/entries.ts';
import {openQuestions} from '../../source/ui/state/questions.ts';
import {firstState} from '../../source/ui/state/reduce.ts';
import type {On, UiState} from '../../source/ui/state/types.ts';
import {glyphs} from '../../source/ui/terminal/marks.ts';
import {fullDraft} from './helpers/answers.ts';
import {fakeSession} from './helpers/fake-session.ts';

const isAsking = (state: UiState): state is On<'questions'> => state.screen.name === 'questions';

/** All that stands at the question for an answer. */
const textAt = (draft: Draft, path: string): string => {
	const first = {...firstState(fakeSession({draft}).session), advanced: true};
	const {state} = openQuestions(first, {kind: 'all'}, path);
	if (!isAsking(state)) throw new Error(`${path} is not asked for`);
	const rows = focusRows(state, entryAt(questionnaireOf(state), state.screen.spot), {
		width: 78,
		marks: glyphs({ascii: false}),
	});
	return rows.map((row) => row.map(({text}) => text).join('')).join('\n');
};

const admin = {password: 'env:ADMIN'};
const own = 'controlPlane.database.server';
const [mysql, postgresql] = (['mysql', 'postgresql'] as const).map((engine) =>
	setAt(setAt(fullDraft, own, {engine, host: 'db.corp', admin}), 'database', {engine, host: 'all.corp', admin}),
) as [Draft, Draft];

test.each(['database', own])('what counts at an empty answer about %s is that of its engine', (server) => {
	for (const [draft, port, role, database] of [
		[mysql, '3306', 'root', 'mysql'],
		[postgresql, '5432', 'postgres', 'postgres'],
	] as const) {
		expect(textAt(draft, `${server}.port`)).toContain(`default: ${port}\n`);
		expect(textAt(draft, `${server}.admin.username`)).toContain(`default: ${role}\n`);
		expect(textAt(draft, `${server}.admin.database`)).toContain(`default: ${database}\n`);
	}
});

test('a second workspace is not offered the names of the first as its default', () => {
	const draft = setAt(fullDraft, 'workspaces.1', {name: 'two', host: 'two.corp.example'});
	expect(textAt(draft, 'workspaces.0.database.name')).toContain('default: zenml_workspace');
	expect(textAt(draft, 'workspaces.1.database.name')).not.toContain('default:');
	expect(textAt(draft, 'workspaces.1.database.name')).toContain('zenml_workspace_2');
});
