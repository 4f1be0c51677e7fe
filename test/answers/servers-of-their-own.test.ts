import {expect, test} from 'vitest';
import {commentedAnswers} from '../../source/answers/file/init.ts';
import {answersJsonSchema} from '../../source/answers/file/json-schema.ts';
import {unusedInAnswers} from '../../source/answers/file/unused.ts';
import {questionsIn} from '../../source/answers/form/asking.ts';
import {missingQuestions, topics} from '../../source/answers/questions.ts';
import {type Draft, setAt} from '../../source/answers/tree.ts';
import {load, problemsOf, replaced} from './samples.ts';

const given = (...entries: readonly (readonly [string, string])[]) =>
	entries.map(([path, value]) => ({path, value, source: 'a test'}) as const);

/** No server of all; the control plane and the only workspace name servers of their own. */
const none = replaced('database:\n  host: postgres.corp.internal\n', '');
const own = [
	['controlPlane.database.server.host', 'pg.corp.internal'],
	['workspaces.0.database.server.host', 'my.corp.internal'],
] as const;

test('the server of all may be left out where every component names its own', () => {
	expect(load(none, given(...own)).database.host).toBeUndefined();
	expect(answersJsonSchema().required).not.toContain('database');
});

test.each([
	[own[0], 'workspaces.0'],
	[own[1], 'controlPlane'],
])('with %s alone the refusal names who needs the server of all', (one, component) => {
	expect(problemsOf(none, given(one))).toMatchObject([
		{
			code: 'answers-missing',
			message: 'database.host is missing',
			cause: `database is the server of every component that names none of its own: ${component}.`,
			fix: `Add database.host, for example mysql.internal.mycompany.com, or name a server in ${component}.database.server.`,
			answers: ['database.host'],
		},
	]);
});

test('a server of its own that is written wrongly is told as that alone', () => {
	const text = none.replace(
		'  host: zenml-pro.corp.internal\n',
		'  host: zenml-pro.corp.internal\n  database: {server: pg.corp}\n',
	);
	expect(problemsOf(text, given(own[1]))).toMatchObject([{code: 'answers-wrong-type'}]);
});

test('settings of the server of all that nobody uses stay valid, and are told', () => {
	const files = [
		['database.ca', '/pki/db.crt'],
		['database.clientCertificate', '/pki/c.crt'],
		['database.clientKey', '/pki/c.key'],
		['database.admin.password', 'env:DBA'],
	] as const;
	expect(unusedInAnswers(load(none, given(...own, ...files)))).toEqual(
		['ca', 'clientCertificate', 'clientKey', 'admin'].map(
			(key) => `database.${key} has no effect: every component names a database server of its own. Take it out`,
		),
	);
	expect(unusedInAnswers(load(none, given(own[0], ['database.host', 'my.corp.internal'], ...files)))).toEqual([]);
});

const asked = (draft: Draft): readonly string[] => {
	const topic = topics.find(({id}) => id === 'database');
	if (!topic) throw new Error('There is no topic of the database');
	return questionsIn({draft, scope: {kind: 'all'}, advanced: 'none'}, topic).map(({path}) => path);
};

test('the form asks for servers of components first, and skips the server of all where nobody is to use it', () => {
	const ids = topics.map(({id}) => id);
	expect(ids.indexOf('database')).toBeGreaterThan(ids.indexOf('workspaces'));
	const draft = own.reduce<Draft>((before, [path, value]) => setAt(before, path, value), {});
	expect(asked({})).toContain('database.host');
	expect(asked(setAt({}, ...own[0]))).toContain('database.host');
	expect(asked(draft)).toEqual([]);
	expect(missingQuestions(draft).map(({path}) => path)).not.toContain('database.host');
	// What is written and of no use must be seen to be taken out.
	const left = setAt(draft, 'database.ca', '/pki/db.crt');
	expect(asked(left)).toEqual(['database.ca']);
});

test('a new answer file leaves the server of all open', () => {
	expect(commentedAnswers()).toMatch(/^ {2}host:$/mu);
	expect(commentedAnswers()).toMatch(/^database:$/mu);
});
