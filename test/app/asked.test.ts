import {existsSync} from 'node:fs';
import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {askedFile, keepAsked, readAsked} from '../../source/app/base/asked.ts';
import {createStage, type Stage} from './stage.ts';

const given = {
	registry: {host: 'registry.corp', username: 'installer', password: 'env:REGISTRY_PASSWORD'},
	tls: {certificate: 'tls.crt', key: 'tls.key', ca: 'ca.crt'},
	database: {host: 'db.corp'},
	controlPlane: {host: 'zenml-pro.corp.internal'},
	workspaces: [{name: 'default', host: 'zenml.corp.internal'}],
};

let stage: Stage;
let state: string;
beforeEach(async () => {
	stage = await createStage({environment: {KUBECONFIG: '/nonexistent/kubeconfig'}});
	state = path.join(stage.folder, 'state');
	await stage.write('answers.json', JSON.stringify(given));
});
afterEach(() => stage.remove());

const papers = async (...words: readonly string[]) => {
	const ran = await stage.run('handover', 'network', '--answers', 'answers.json', '--state-dir', state, ...words);
	return {...ran, note: await readFile(path.join(state, 'handover', 'network', 'README.txt'), 'utf8').catch(() => '')};
};

test('a date and a contact stand in the notes, and in those that are made again without a word', async () => {
	const first = await papers('--by', 'Friday 18:00', '--contact', 'Ada Lang, ada@corp, CHG-17');
	for (const line of ['By:       Friday 18:00\n', 'Contact:  Ada Lang, ada@corp, CHG-17\n'])
		expect(first.note).toContain(line);
	expect(first.note).toMatch(/\nIssued: {3}\d{4}-\d\d-\d\d by zenml-airgap \S+\n/u);
	const again = await papers();
	expect(again.note).toBe(first.note);
	expect(again.out).toContain(`As given before: --by 'Friday 18:00' (--by - leaves it out).`);
	const other = await papers('--by', '-');
	expect(other.note).toContain('By:       ____');
	expect(other.note).toContain('Ada Lang');
});

test('without a contact there is a blank for it, and the command says so', async () => {
	const {note, out} = await papers();
	expect(note).toContain('Contact:  ____________________ (name, mail or phone, ticket)');
	expect(out).toContain('--contact says whom to ask');
});

test('what is said stays one line that steers no terminal', async () => {
	await keepAsked(state, {by: 'Friday\n\u001b[31mnow', contact: 'x'.repeat(5000)});
	const kept = readAsked(state);
	expect(kept.by).toBe('Friday [31mnow');
	expect(kept.contact?.length).toBeLessThanOrEqual(201);
});

test('a broken file is refused by name, with the way out', async () => {
	await keepAsked(state, {by: 'Friday'});
	await writeFile(askedFile(state), '{"by": 3}');
	expect(() => readAsked(state)).toThrow(askedFile(state));
	const {err, code} = await papers();
	expect(code).not.toBe(0);
	expect(err).toContain('--contact');
	expect(err).toContain('asked-unreadable');
});

test('a run refuses a broken file before it looks at anything', async () => {
	await keepAsked(state, {by: 'Friday'});
	await writeFile(askedFile(state), '{"by": 3}');
	const ran = await stage.run('install', '--non-interactive', '--answers', 'answers.json', '--state-dir', state);
	expect(ran.code).toBe(2);
	expect(ran.err).toContain('asked-unreadable');
	expect(ran.out).not.toContain('Bundle');
	expect(existsSync(path.join(state, 'state.json'))).toBe(false);
});
