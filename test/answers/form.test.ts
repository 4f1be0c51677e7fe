import {expect, test} from 'vitest';
import {type Draft, getAt} from '../../source/answers/draft.ts';
import {agreed, answered, leftOut, optionsOf, proposalInWords, said} from '../../source/answers/form/answering.ts';
import {
	covers,
	firstScope,
	missingPaths,
	pathsNamed,
	type QuestionAt,
	questionsIn,
	type Scope,
	topicsOf,
} from '../../source/answers/form/asking.ts';
import {complaintAt, type Form, judgeForm, openSecrets, withoutMember} from '../../source/answers/form/form.ts';
import {type Topic, topics} from '../../source/answers/questions.ts';

const full: Draft = {
	registry: {host: 'registry.corp.example', username: 'pusher', password: 'env:REGISTRY_PASSWORD'},
	tls: {certificate: '/etc/pki/tls.crt', key: '/etc/pki/tls.key', ca: '/etc/pki/ca.crt'},
	database: {host: 'postgres.corp.example', admin: {username: 'postgres', password: 'file:/run/pg'}},
	controlPlane: {host: 'zenml-pro.corp.example', admin: {username: 'admin'}},
	workspaces: [{name: 'default', host: 'zenml-workspace.corp.example'}],
};
const formOf = (draft: Draft, untyped: readonly string[] = []): Form => ({draft, untyped});

const topicOf = (id: string): Topic => {
	const topic = topics.find((one) => one.id === id);
	if (!topic) throw new Error(`there is no topic ${id}`);
	return topic;
};

const questionAt = (path: string, draft: Draft = full): QuestionAt => {
	const questionnaire = {draft, scope: {kind: 'all'}, advanced: 'all'} as const;
	const found = topics.flatMap((topic) => questionsIn(questionnaire, topic)).find((one) => one.path === path);
	if (!found) throw new Error(`nothing asks for ${path}`);
	return found;
};

const asked = (draft: Draft, scope: Scope, advanced: 'none' | 'given' | 'all' = 'none'): readonly string[] => {
	const questionnaire = {draft, scope, advanced};
	return topicsOf(questionnaire).flatMap((topic) => questionsIn(questionnaire, topic).map(({path}) => path));
};

test('advanced questions are asked where they are wanted, or where they were answered and that is wanted', () => {
	const draft: Draft = {...full, helm: {binary: '/opt/helm'}};
	const cluster = {kind: 'topic', id: 'cluster'} as const;
	expect(asked(draft, cluster)).toEqual(['bundle.path', 'kubernetes.kubeconfig', 'kubernetes.context']);
	expect(asked(draft, cluster, 'given')).toContain('helm.binary');
	expect(asked(draft, cluster, 'given')).not.toContain('helm.timeoutMinutes');
	expect(asked(draft, cluster, 'all')).toContain('helm.timeoutMinutes');
	// As an earlier run keeps them: all of them, defaults too.
	expect(asked({...draft, helm: {binary: 'auto'}}, cluster, 'given')).not.toContain('helm.binary');
});

test('what an answer makes pointless is not asked, unless it was answered and is missing a valid answer', () => {
	const {registry: _registry, ...rest} = full;
	const open: Draft = {...rest, registry: {host: 'r.corp.example'}};
	const missing = {kind: 'missing', paths: ['registry.password']} as const;
	expect(asked(open, {kind: 'topic', id: 'registry'})).not.toContain('registry.password');
	expect(asked(open, missing)).toEqual([]);
	expect(asked({...rest, registry: {password: 'prompt'}}, missing)).toEqual(['registry.password']);
});

test('the first workspace is asked for before it is there, and each that is there', () => {
	const {workspaces: _workspaces, ...none} = full;
	const names = (draft: Draft) => asked(draft, {kind: 'all'}).filter((path) => path.endsWith('.name'));
	expect(names(none)).toContain('workspaces.0.name');
	expect(names({...full, workspaces: [{}, {}]})).toContain('workspaces.1.name');
});

test('mending opens the topics of the answers that are named, with those answers among their questions', () => {
	const scope = {kind: 'mend', paths: ['registry.pushHost', 'workspaces.0.replicas', 'organization.users']} as const;
	const questionnaire = {draft: full, scope, advanced: 'none'} as const;
	expect(topicsOf(questionnaire).map(({id}) => id)).toEqual(['registry', 'workspaces', 'users']);
	expect(asked(full, scope)).toEqual(
		expect.arrayContaining(['registry.host', 'registry.pushHost', 'workspaces.0.replicas']),
	);
	expect(asked(full, scope)).not.toContain('registry.clientKey');
});

test('a topic covers its answers, the groups they are in, and what lies in them', () => {
	expect(covers(topicOf('database'), ['database.admin'])).toBe(true);
	expect(covers(topicOf('tls'), ['ingress.annotations.some/key'])).toBe(true);
	expect(covers(topicOf('workspaces'), ['workspaces.3.host'])).toBe(true);
	expect(covers(topicOf('workspaces'), ['workspaces'])).toBe(true);
	expect(covers(topicOf('workspaces'), ['registry.host'])).toBe(false);
});

test.each([
	['database.admin.password', ['database.admin.password']],
	['workspaces.0.host', ['workspaces.0.host']],
	['bundle.path.deeper', ['bundle.path']],
	['nowhere', []],
])('the name %s means the questions %j', (name, paths) => {
	expect(pathsNamed(full, [name])).toEqual(paths);
});

test('a group means every question in it', () => {
	expect(pathsNamed(full, ['database.admin'])).toEqual([
		'database.admin',
		'database.admin.username',
		'database.admin.password',
		'database.admin.database',
	]);
});

test('missing is what has no valid answer and what must be typed again, each once', () => {
	const form = formOf({...full, registry: {username: 'u', password: 'prompt'}}, ['registry.password']);
	expect(missingPaths(form)).toEqual(['registry.host', 'registry.password']);
	expect(firstScope(form, ['registry.username'])).toEqual({
		kind: 'missing',
		paths: ['registry.host', 'registry.password'],
	});
	expect(firstScope(form, [])).toEqual({kind: 'all'});
});

test('a secret of an earlier run is open until it is typed or a reference takes its place', () => {
	const draft = {...full, registry: {host: 'r.corp', username: 'u', password: 'prompt'}};
	const form = formOf(draft, ['registry.password']);
	const at = questionAt('registry.password', draft);
	expect(complaintAt(form, at.path)).toContain('type it again');
	expect(judgeForm(form)).toMatchObject({ok: false, issues: [{path: at.path}]});
	expect(answered(form, at, ' ')).toEqual({form});
	const typed = answered(form, at, 'hunter2 ');
	expect(typed.secret).toBe('hunter2 ');
	expect(JSON.stringify(typed.form)).not.toContain('hunter2');
	for (const {form: next} of [typed, answered(form, at, 'env:TOKEN')]) {
		expect(openSecrets(next)).toEqual([]);
		expect(judgeForm(next).ok).toBe(true);
	}
});

test('all that is wrong with a form is told together', () => {
	const judged = judgeForm(formOf({...full, registry: {username: 'u', password: 'prompt'}}, ['registry.password']));
	expect(judged.ok ? [] : judged.issues.map(({path}) => path)).toEqual(['registry.host', 'registry.password']);
});

test('when a member leaves its list, the secrets typed for those behind it are to be typed again', () => {
	const user = (username: string) => ({username, password: 'prompt'});
	const draft: Draft = {...full, organization: {users: [user('a'), user('b'), user('c')]}};
	const form = formOf(draft, ['organization.users.0.password', 'organization.users.2.password']);
	const shorter = withoutMember(form, 'organization.users', 1);
	expect(getAt(shorter.draft, 'organization.users.1.username')).toBe('c');
	expect(shorter.untyped).toEqual([
		'organization.users.0.password',
		'organization.users.2.password',
		'organization.users.1.password',
	]);
	expect(openSecrets(shorter)).toEqual(['organization.users.0.password', 'organization.users.1.password']);
	expect(withoutMember(formOf(full), 'workspaces', 0)).toEqual(formOf({...full, workspaces: []}));
});

test.each<[string, string, Draft, string, string]>([
	['a given answer', 'registry.host', full, 'registry.corp.example', 'given'],
	['a default', 'ingress.httpsPort', full, '443', 'default'],
	['a secret by its reference', 'database.admin.password', full, 'from file:/run/pg', 'given'],
	['a secret that is made', 'controlPlane.admin.password', full, 'made by this tool', 'default'],
	['a group that is there', 'database.admin', full, 'yes', 'given'],
	['a group that is not', 'database.admin', {}, 'no', 'default'],
	['what may be left out', 'ingress.address', full, 'not set', 'left out'],
	['what must be answered', 'registry.host', {}, 'missing', 'missing'],
])('%s is told as %s', (_name, path, draft, text, state) => {
	expect(said(formOf(draft), questionAt(path, draft))).toEqual({text, state});
});

test('a typed secret is told as such, and as one to be typed again when nobody holds it', () => {
	const draft = {...full, registry: {host: 'r.corp', username: 'u', password: 'prompt'}};
	const at = questionAt('registry.password', draft);
	expect(said(formOf(draft), at).text).toBe('typed in, kept in memory');
	// It may be the first time: the answer file says prompt.
	expect(said(formOf(draft, [at.path]), at)).toEqual({text: 'to be typed', state: 'to be typed again'});
});

test('a default that is agreed to stays a default; another answer is written down', () => {
	const at = questionAt('ingress.httpsPort');
	expect(agreed(formOf(full), at)).toEqual(formOf(full));
	expect(answered(formOf(full), at, '443').form).toEqual(formOf(full));
	expect(getAt(answered(formOf(full), at, '5433').form.draft, at.path)).toBe(5433);
});

test('a proposal that is better than the default is written down when it is agreed to', () => {
	const {tls: _tls, ...rest} = full;
	const draft: Draft = {...rest, tls: {certificate: '/pki/tls.crt'}};
	expect(proposalInWords(draft, questionAt('tls.key', draft))).toBe('/pki/tls.key');
	expect(getAt(agreed(formOf(draft), questionAt('tls.key', draft)).draft, 'tls.key')).toBe('/pki/tls.key');
	expect(agreed(formOf({}), questionAt('registry.host', {}))).toEqual(formOf({}));
	expect(proposalInWords({}, questionAt('registry.host', {}))).toBe('');
});

test('agreeing keeps what was given, as it was given', () => {
	const draft: Draft = {...full, registry: {host: 'Not A Host', username: 'u', password: 'prompt'}};
	for (const path of ['registry.host', 'registry.password'])
		expect(agreed(formOf(draft), questionAt(path, draft))).toEqual(formOf(draft));
});

test('a map is told by its entries, not as a yes', () => {
	const draft: Draft = {...full, ingress: {annotations: {a: 'b'}}};
	expect(proposalInWords(draft, questionAt('ingress.annotations', draft))).toBe('a=b');
});

test('yes adds a group and no takes it out; an answer that is left out is gone', () => {
	const {database: _database, ...rest} = full;
	const draft: Draft = {...rest, database: {host: 'pg.corp.example'}};
	const admin = questionAt('database.admin', draft);
	expect(optionsOf(admin.question)).toEqual(['yes', 'no']);
	const added = answered(formOf(draft), admin, 'yes').form;
	expect(getAt(added.draft, 'database.admin')).toEqual({});
	expect(getAt(answered(added, admin, 'no').form.draft, 'database.admin')).toBeUndefined();
	expect(getAt(leftOut(added, admin).draft, 'database.admin')).toBeUndefined();
	expect(getAt(leftOut(formOf(full), questionAt('registry.password')).draft, 'registry.password')).toBeUndefined();
});

test('a refusal names other answers as their questions are called, counted from one', () => {
	const workspaces = [
		{name: 'a', host: 'a.corp'},
		{name: 'b', host: 'a.corp'},
	];
	const draft = {workspaces, registry: {plainHttp: true, ca: '/ca.crt'}};
	expect(complaintAt({draft, untyped: []}, 'workspaces.1.host')).toMatch(
		/is the same host name as "[A-Z][^"]*" \(1\)/u,
	);
	expect(complaintAt({draft, untyped: []}, 'registry.ca')).toBe(
		'has no effect without TLS, which "Speak HTTP without TLS" turns off',
	);
});
