import {describe, expect, it} from 'vitest';
import {parse, stringify} from 'yaml';
import * as z from 'zod';
import {setAt} from '../../source/answers/draft.ts';
import {allFields} from '../../source/answers/fields.ts';
import {commentedAnswers} from '../../source/answers/file/init.ts';
import {answersJsonSchema} from '../../source/answers/file/json-schema.ts';
import {loadDraft} from '../../source/answers/file/load.ts';
import {serializeAnswers} from '../../source/answers/file/save.ts';
import {showAnswers} from '../../source/answers/file/show.ts';
import {answersSchema} from '../../source/answers/schema.ts';
import {base, load, problemsOf, shortest} from './samples.ts';

const draft = loadDraft({text: shortest, ...base}).draft;
const changed = load(`${shortest}    environment: {A: "yes", B: "1", C: "two\\nlines", D: "# no comment", E: ""}
    resources: {limits: {cpu: "3"}}
  - name: second
    host: second.corp.internal
    namespace: second
    database: {name: second, username: second, password: k8s:a/b/c}
ingress: {annotations: {}, address: "::1"}
organization: {users: [{username: "007", password: file:~/u, role: viewer}]}
workloadManager: {enabled: true, podResources: {limits: {cpu: "1"}}}
`);

describe('a new answer file', () => {
	it('needs the required answers and nothing else', () => {
		expect(problemsOf(commentedAnswers()).map(({code, answers}) => [code, answers?.[0]])).toEqual(
			[
				'registry.host',
				'tls.certificate',
				'tls.key',
				'tls.ca',
				'database.host',
				'controlPlane.host',
				'workspaces.0.name',
				'workspaces.0.host',
			].map((path) => ['answers-missing', path]),
		);
	});

	it('loads once those are filled in, as the same answers', () => {
		expect(load(commentedAnswers(draft))).toEqual(load(shortest));
	});

	it('loads when every comment sign is taken away', () => {
		const admin = {password: 'env:A'};
		const filled = [
			['database.admin', admin],
			['controlPlane.database.server', {host: 'pg.corp', admin}],
			['workspaces.0.database.server', {host: 'my.corp', admin}],
			['organization.users', [{username: 'ada'}]],
			['ingress.kind', 'gateway'],
		].reduce((before, [at, value]) => setAt(before, at as string, value), draft);
		const live = commentedAnswers(filled).replaceAll(/^( *)#(?=[^ #\n])/gmu, '$1');
		const given = parse(live) as {controlPlane: {database: object}};
		// The server of all is of use only where a component names none of its own.
		const {server: _own, ...ofControlPlane} = given.controlPlane.database as {server: object};
		const shared = {...given, controlPlane: {...given.controlPlane, database: ofControlPlane}};
		const answers = load(stringify(shared));
		expect(answers.registry.username).toBe('zenml-installer');
		for (const {path} of allFields.filter((field) => !field.path.includes('*'))) {
			const value = path.reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], given);
			expect(value, path.join('.')).not.toBeUndefined();
		}
	});

	it('describes every answer', () => {
		const text = commentedAnswers();
		for (const {path, description} of allFields) {
			expect(description, path.join('.')).toMatch(/^\S/u);
			expect(text).toContain(`# ${description}`);
		}
	});

	it('fills in what it is given and leaves a secret that is written out alone', () => {
		const text = commentedAnswers({registry: {host: 'r', username: 'u', password: 'CANARY'}});
		expect(text).toMatch(/^ {2}host: r$/mu);
		expect(text).toMatch(/^ {2}username: u$/mu);
		expect(text).not.toContain('CANARY');
	});
});

describe('a saved answer file', () => {
	it('holds what differs from the defaults and loads as the same answers', () => {
		const text = serializeAnswers(changed);
		expect(load(text)).toEqual(changed);
		expect(text).not.toContain('zenml-pro\n');
		expect(text).not.toContain('prefix');
	});

	it('takes a draft that is not complete', () => {
		const text = serializeAnswers({registry: {host: 'r'}});
		expect(parse(text)).toEqual({version: 1, registry: {host: 'r'}});
	});

	it('turns typed secrets into environment variables and says so', () => {
		const text = serializeAnswers(
			setAt(
				setAt(setAt(draft, 'registry.username', 'u'), 'registry.password', 'prompt'),
				'workspaces.0.database.password',
				'prompt',
			),
		);
		expect(load(text).registry.password).toBe('env:ZENML_AIRGAP_REGISTRY_PASSWORD');
		expect(load(text).workspaces[0]?.database.password).toBe('env:ZENML_AIRGAP_WORKSPACES_0_DATABASE_PASSWORD');
		expect(text).toContain(
			'  # It was typed and is not saved. Set it before a run: export ZENML_AIRGAP_REGISTRY_PASSWORD\n',
		);
		expect(serializeAnswers(setAt(draft, 'controlPlane.admin.password', 'prompt'))).toContain(
			'ZENML_AIRGAP_CONTROL_PLANE_ADMIN_PASSWORD',
		);
	});

	it('leaves out a secret that is written out', () => {
		expect(serializeAnswers(setAt(draft, 'registry.password', 'CANARY'))).not.toContain('CANARY');
	});
});

describe('showing answers', () => {
	it('shows all of them, marks the defaults, and is an answer file', () => {
		const text = showAnswers(changed);
		expect(load(text)).toEqual(changed);
		expect(text).toContain('prefix: zenml # default\n');
		expect(text).toContain('host: registry.corp.internal:5000\n');
		expect(text).toContain('cpu: "3"\n');
		expect(showAnswers(load(shortest))).toContain('annotations: # default\n');
	});
});

describe('the JSON schema', () => {
	const schema = answersJsonSchema();
	const check = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);

	it('accepts what the loader accepts', () => {
		expect(check.safeParse(parse(shortest)).error).toBeUndefined();
		expect(check.safeParse(changed).error).toBeUndefined();
	});

	it.each([
		['an unknown key', {...(parse(shortest) as object), colour: 'red'}],
		['a wrong type', {...(parse(shortest) as object), network: {waitMinutes: 'x'}}],
		['a literal secret', {...(parse(shortest) as object), controlPlane: {host: 'a.b', admin: {password: 'x'}}}],
		['a missing answer', {version: 1}],
	])('refuses %s', (_title, value) => {
		expect(check.safeParse(value).success).toBe(false);
		expect(answersSchema.safeParse(value).success).toBe(false);
	});

	it('has a name, and descriptions, defaults and examples of the answers', () => {
		expect(schema).toMatchObject({
			$id: 'urn:zenml-airgap:answers:1',
			title: 'Answers for zenml-airgap',
			properties: {
				registry: {
					properties: {
						prefix: {default: 'zenml', description: expect.any(String)},
						host: {examples: ['internal-registry.mycompany.com']},
					},
				},
			},
		});
	});
});
