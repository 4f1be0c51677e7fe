import {describe, expect, it} from 'vitest';
import {getAt, setAt, suggest, validateDraft} from '../../source/answers/draft.ts';
import {allFields, nodeAt, pathFields} from '../../source/answers/fields.ts';
import {loadDraft} from '../../source/answers/file/load.ts';
import {missingQuestions, topics} from '../../source/answers/questions.ts';
import type {Draft} from '../../source/answers/tree.ts';
import {base, shortest} from './samples.ts';

const all = topics.flatMap((topic) => topic.questions.map((question) => ({topic, question})));

describe('the questionnaire', () => {
	it('asks for every answer of the schema exactly once, but for the version of the file', () => {
		const asked = all.map(({question}) => question.path).filter((path) => nodeAt(path)?.kind === 'field');
		const there = allFields.map(({path}) => path.join('.')).filter((path) => path !== 'version');
		expect([...asked].sort()).toEqual([...there].sort());
	});

	it('asks by yes or no for each group that may be left out, and for nothing else that is no answer', () => {
		const groups = all.filter(({question}) => nodeAt(question.path)?.kind !== 'field');
		expect(groups.map(({question}) => [question.path, question.kind])).toEqual(
			[
				'controlPlane.database.server',
				'controlPlane.database.server.admin',
				'workspaces.*.database.server',
				'workspaces.*.database.server.admin',
				'database.admin',
			].map((path) => [path, 'yes-no']),
		);
	});

	it.each(all.map(({topic, question}) => [question.path, question, topic] as const))(
		'has fitting texts for %s',
		(path, question, topic) => {
			expect(question.label.length).toBeLessThanOrEqual(30);
			expect(question.label).toMatch(/^\S/u);
			expect(question.why).toMatch(/^\S.*\.$/u);
			expect(question.why.match(/\.(\s|$)/gu)?.length).toBeLessThanOrEqual(2);
			expect(question.example).not.toBe('');
			expect(path.includes('*')).toBe(topic.repeat !== undefined);
			if (topic.repeat) expect(path.startsWith(`${topic.repeat}.*.`)).toBe(true);
			if (question.kind === 'choice') expect(question.choices?.length).toBeGreaterThan(0);
			// What is required can be hidden only by the answer that makes it superfluous.
			if (question.advanced) expect(question.optional).toBe(true);
		},
	);

	it('has topics with names of their own', () => {
		expect(new Set(topics.map(({id}) => id)).size).toBe(topics.length);
	});

	it('asks for the parts of the workload manager once it is wanted', () => {
		const namespace = all.find(({question}) => question.path === 'workloadManager.namespace')?.question;
		expect(namespace?.when?.({}, 'workloadManager.namespace')).toBe(false);
		expect(namespace?.when?.({workloadManager: {enabled: true}}, 'workloadManager.namespace')).toBe(true);
	});

	it('asks about a server of its own once it is wanted, for each workspace by itself', () => {
		const host = all.find(({question}) => question.path === 'workspaces.*.database.server.host')?.question;
		const draft = {workspaces: [{}, {database: {server: {}}}]};
		expect(host?.when?.(draft, 'workspaces.0.database.server.host')).toBe(false);
		expect(host?.when?.(draft, 'workspaces.1.database.server.host')).toBe(true);
	});

	it('asks for the key of a client certificate once there is one, and for neither without encryption', () => {
		const of = (key: string) => all.find(({question}) => question.path === `database.${key}`)?.question;
		const asks = (key: string, database: Draft): boolean | undefined => of(key)?.when?.({database}, `database.${key}`);
		expect(asks('clientKey', {})).toBe(false);
		expect(asks('clientKey', {clientCertificate: 'a.crt'})).toBe(true);
		expect(asks('clientCertificate', {tls: 'disable'})).toBe(false);
		expect(asks('clientCertificate', {tls: 'disable', clientCertificate: 'a.crt'})).toBe(true);
		expect(asks('clientCertificate', {})).toBe(true);
	});

	it('knows which answers are files', () => {
		expect(pathFields).toEqual([
			'bundle.path',
			'bundle.signature.publicKey',
			'kubernetes.kubeconfig',
			'registry.ca',
			'registry.clientCertificate',
			'registry.clientKey',
			'tls.certificate',
			'tls.key',
			'tls.ca',
			'database.ca',
			'database.clientCertificate',
			'database.clientKey',
			'controlPlane.database.server.ca',
			'controlPlane.database.server.clientCertificate',
			'controlPlane.database.server.clientKey',
			'controlPlane.helmValues',
			'workspaces.*.database.server.ca',
			'workspaces.*.database.server.clientCertificate',
			'workspaces.*.database.server.clientKey',
			'workspaces.*.helmValues',
			'network.trustStore',
			'helm.binary',
			'artifacts.s3.ca',
			'backup.folder',
			'backup.identity',
			'backup.signingKey',
			'backup.schedule.s3.ca',
			'hooks.ca',
		]);
	});
});

describe('questions that are missing', () => {
	it('are those without default when nothing is answered, of one workspace too', () => {
		expect(missingQuestions({}).map(({path}) => path)).toEqual([
			'registry.host',
			'tls.certificate',
			'tls.key',
			'tls.ca',
			'controlPlane.host',
			'workspaces.0.name',
			'workspaces.0.host',
			'database.host',
		]);
	});

	it('are none for a complete draft', () => {
		expect(missingQuestions(loadDraft({text: shortest, ...base}).draft)).toEqual([]);
	});

	it('are also those with a wrong answer', () => {
		const draft = setAt(loadDraft({text: shortest, ...base}).draft, 'database.port', 0);
		expect(missingQuestions(draft).map(({path, message}) => [path, message])).toEqual([
			['database.port', 'must be between 1 and 65535'],
		]);
	});

	it('lead to complete answers when each is answered', () => {
		let draft: Draft = {};
		for (const {path, question} of missingQuestions(draft))
			draft = setAt(draft, path, suggest(draft, path) ?? question.example);
		expect(getAt(draft, 'workspaces.0.name')).toBe('default');
		expect(missingQuestions(draft)).toEqual([]);
		expect(validateDraft(draft)).toMatchObject({ok: true});
	});
});
