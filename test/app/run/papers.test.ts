import {mkdir, readdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import {PassThrough} from 'node:stream';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {resolvePaths} from '../../../source/answers/resolve-paths.ts';
import {answersSchema} from '../../../source/answers/schema.ts';
import {writePapers} from '../../../source/app/run/papers.ts';
import {createSession, type Session} from '../../../source/app/session/session.ts';
import {acquireFileLock} from '../../../source/base/lock/lock.ts';
import {type Journal, writeJournal} from '../../../source/engine/journal.ts';
import type {TopicId} from '../../../source/handover/topics.ts';
import {plans} from '../../../source/plans/index.ts';
import {createStage, type Stage} from '../stage.ts';

const given = {
	registry: {host: 'registry.corp', username: 'installer', password: 'env:REGISTRY_PASSWORD'},
	tls: {certificate: 'tls.crt', key: 'tls.key', ca: 'ca.crt'},
	database: {host: 'db.corp'},
	controlPlane: {host: 'zenml-pro.corp.internal'},
	workspaces: [{name: 'default', host: 'zenml.corp.internal'}],
};
const topics: readonly TopicId[] = ['network', 'certificate', 'cluster', 'database', 'storage', 'ca'];

let stage: Stage;
let session: Session;
const never = new AbortController().signal;
beforeEach(async () => {
	stage = await createStage({environment: {KUBECONFIG: '/nonexistent/kubeconfig'}});
	const stateDirectory = path.join(stage.folder, 'sat');
	session = createSession(stage.context, {stateDirectory, plan: plans.install, resumeCommand: 'again'});
});
afterEach(() => stage.remove());

const textsIn = async (folder: string): Promise<Readonly<Record<string, string>>> => {
	const names = (await readdir(folder, {recursive: true, withFileTypes: true})).filter((one) => one.isFile());
	const files = names.map(({parentPath, name}) => path.join(parentPath, name));
	return Object.fromEntries(
		await Promise.all(files.map(async (file) => [path.relative(folder, file), await readFile(file, 'utf8')])),
	);
};

test('papers of a sitting are those of the command: the same files, with the same words', async () => {
	const {written: made, told: said} = await session.makePapers(answersSchema.parse(given), topics, never);
	expect(said[0]).toBe('Each README.txt has blanks: --contact says whom to ask, --by until when it is needed.');
	await stage.write('answers.json', JSON.stringify(given));
	const {out, code} = await stage.run(
		'handover',
		...topics,
		'--answers',
		'answers.json',
		'--state-dir',
		'told',
		'--json',
	);
	const told = out
		.trim()
		.split('\n')
		.map((line) => JSON.parse(line));
	expect(code).not.toBe(0);
	// The commands in them are called as each was itself: the sitting without options.
	const options = '--answers answers.json --state-dir told';
	const called = `zenml-airgap install ${options} --until secrets`;
	expect(out).toContain(called);
	const sat = JSON.stringify(made)
		.replaceAll(path.join(stage.folder, 'sat'), path.join(stage.folder, 'told'))
		.replace('zenml-airgap install --until secrets', called)
		.replace(' handover database --with-passwords --answers FILE', ` handover ${options} database --with-passwords`);
	expect(JSON.parse(sat)).toEqual(told);
	expect(made.map(({folder, problem}) => folder ?? problem?.code ?? 'none')).toEqual([
		...['network', 'certificate', 'cluster', 'database'].map((id) => path.join(stage.folder, 'sat', 'handover', id)),
		'none',
		'tls-file-unreadable',
	]);
	const texts = await textsIn(path.join(stage.folder, 'sat', 'handover'));
	expect(texts).toEqual(await textsIn(path.join(stage.folder, 'told', 'handover')));
	expect(texts['network/connections.txt']).toContain('zenml-pro.corp.internal');
});

test('papers that hold more than a cluster that does not answer lets be known are left as they are, and that is told', async () => {
	const make = async (more: object) => {
		const {written} = await session.makePapers(answersSchema.parse({...given, ...more}), ['dns'], never);
		return {lacks: written.flatMap(({lacks}) => lacks).join(' '), texts: await textsIn(path.join(stage.folder, 'sat'))};
	};
	expect((await make({})).lacks).toContain('The records stand without an address');
	const whole = await make({ingress: {address: '10.20.30.40'}});
	expect(Object.keys(whole.texts)).toContain('handover/dns/dns-bind.zone');
	const later = await make({});
	expect(later.lacks).toMatch(/^Left as they were made before, for they hold more than can be known now: /u);
	expect(later.texts).toEqual(whole.texts);
});

test('a command that goes with papers finds answers: in what was saved before the start, by itself after it', async () => {
	const sat = path.join(stage.folder, 'sat');
	const toldNow = async (): Promise<readonly string[]> => {
		const {written: made, told} = await session.makePapers(answersSchema.parse(given), ['database'], never);
		return [...told, ...made.flatMap(({lacks}) => lacks)].flatMap((text) => text.split('\n'));
	};
	const commands = (lines: readonly string[]) => lines.filter((line) => line.startsWith('zenml-airgap handover'));
	const before = await toldNow();
	expect(commands(before)).toEqual([
		'zenml-airgap handover database --answers FILE',
		'zenml-airgap handover database --with-passwords --answers FILE',
	]);
	expect(before.join(' ')).toContain('FILE stands for them: save the answers, and write the file that is named then.');
	const file = await session.saveAnswers(given);
	const saved = await toldNow();
	expect(commands(saved)).toEqual([
		`zenml-airgap handover database --answers ${file}`,
		`zenml-airgap handover database --with-passwords --answers ${file}`,
	]);
	expect(saved.join(' ')).not.toContain('stands for them');
	const ran = await stage.run(...(commands(saved)[0] ?? '').split(' ').slice(1), '--contact', 'Ada');
	expect(ran).toMatchObject({code: 0, out: expect.stringMatching(/^database /u)});
	await writeJournal(path.join(sat, 'state.json'), {
		...{schema: 3, plan: 'install', tool: '1', runId: 'abcd1234', savedAt: 1, startedAt: 1, host: 'jump-1', pid: 1},
		...{steps: [], acknowledged: [], answers: given},
	});
	expect(commands(await toldNow())).toEqual([
		'zenml-airgap handover database',
		'zenml-airgap handover database --with-passwords',
	]);
});

test('papers that are made beside an installation under way are needed now; beside another run, or after it, later', async () => {
	const sat = path.join(stage.folder, 'sat');
	const byOf = async (): Promise<string | undefined> => {
		await session.makePapers(answersSchema.parse(given), ['network'], never);
		const note = await readFile(path.join(sat, 'handover', 'network', 'README.txt'), 'utf8');
		return /^By: +(.*)$/mu.exec(note)?.[1];
	};
	const taker = {pid: process.pid, host: stage.context.hostName, user: 'ada', startedAt: 1};
	const journal: Journal = {
		...{schema: 3, plan: 'install', tool: '1', runId: 'abcd1234', savedAt: 1, startedAt: 1, host: 'jump-1', pid: 1},
		...{steps: [], acknowledged: [], answers: given},
	};
	await writeJournal(path.join(sat, 'state.json'), journal);
	expect(await byOf()).toContain('the operator knows the day');
	for (const [runId, by] of [
		['abcd1234', 'now: the installation is under way'],
		['another1', 'the operator knows the day'],
	] as const) {
		const unlock = await acquireFileLock(path.join(sat, 'lock'), {...taker, runId});
		expect(await byOf()).toContain(by);
		await unlock();
	}
});

test('papers that are made after the install did its part say so: nobody is waited for, and no password is still to be made', async () => {
	const state = path.join(stage.folder, 'done');
	const answers = await stage.write('answers.json', JSON.stringify(given));
	const {workingDirectory: baseDirectory, homeDirectory} = stage.context;
	const day = Date.UTC(2026, 10, 29, 12);
	const at = (id: string, outcome: 'already' | 'applied' | 'skipped') => ({id, outcome, finishedAt: day});
	const journal: Journal = {
		...{schema: 3, plan: 'install', tool: '1', runId: 'abcd1234', savedAt: 1, startedAt: 1, host: 'jump-1', pid: 1},
		steps: [at('prerequisites', 'already'), at('databases', 'applied'), at('dns', 'skipped'), at('ca', 'already')],
		...{
			outcome: 'done',
			acknowledged: [],
			answers: resolvePaths(answersSchema.parse(given), {baseDirectory, homeDirectory}),
		},
	};
	const told = async (answersOfRun: unknown = undefined, ...more: readonly string[]) => {
		await writeJournal(path.join(state, 'state.json'), {
			...journal,
			...(answersOfRun !== undefined && {answers: answersOfRun}),
		});
		const words = ['network', 'database', 'certificate', '--answers', answers, '--state-dir', state, ...more];
		const {out} = await stage.run('handover', ...words);
		const noteOf = async (id: string) => readFile(path.join(state, 'handover', id, 'README.txt'), 'utf8');
		return {
			out,
			network: await noteOf('network'),
			database: await noteOf('database'),
			certificate: await noteOf('certificate'),
		};
	};
	const made = await told();
	expect(made.network).toContain('By:       nothing waits for it: the installation found it done on 2026-11-29\n');
	expect(made.database).toMatch(/found it done on\n2026-11-29: this is for your records/u);
	expect(made.database).not.toMatch(/waits until it was done|before that there is none/u);
	expect(made.out).not.toContain('they exist after');
	// The step that brings the certificate was not gone through.
	expect(made.certificate).toContain('the operator knows the day');
	expect(made.out).toContain('--by until when it is needed');
	// Where all that are written are done, there is no blank for a day, whatever these answers need no papers for.
	const {out: noBlank} = await stage.run('handover', 'network', 'storage', '--answers', answers, '--state-dir', state);
	expect(noBlank).toContain('has a blank for whom to ask');
	const again = await told(undefined, '--by', 'Friday', '--contact', 'Ada');
	expect(again.network).toContain('By:       Friday (the installation found it done on 2026-11-29)\n');
	const others = await told({...given, database: {host: 'other.corp'}}, '--by', '-');
	expect(others.network).toContain('the operator knows the day');
	expect(others.database).toContain('waits until it was done');
});

test('at a terminal sentences are broken between words; which of two teams gets the folder of the network is said', async () => {
	const stdout = Object.assign(new PassThrough(), {isTTY: true, columns: 80}) as unknown as Stage['context']['stdout'];
	const terminal = await createStage({environment: {KUBECONFIG: '/nonexistent/kubeconfig'}, stdout});
	try {
		await terminal.write('answers.json', JSON.stringify(given));
		const flags = ['--answers', 'answers.json', '--out', 'papers'];
		const {out} = await terminal.run('handover', 'network', 'dns', 'database', ...flags);
		const isCommand = (line: string): boolean => line.startsWith('  zenml-airgap ');
		expect(out.split('\n').filter((line) => line.length > 80 && !isCommand(line))).toEqual([]);
		expect(out.split('\n').filter(isCommand)).toHaveLength(2);
		expect(out).toContain('The folder "network" is for the firewall team');
		expect((await terminal.run('handover', 'network', ...flags)).out).not.toContain('The folder "network"');
	} finally {
		await terminal.remove();
	}
});

test('whoever leaves while papers are made gets none', async () => {
	const left = new AbortController();
	left.abort(new Error('left'));
	await expect(session.makePapers(answersSchema.parse(given), topics, left.signal)).rejects.toThrow('left');
	await expect(readdir(path.join(stage.folder, 'sat'))).rejects.toThrow('ENOENT');
});

const written = async (...words: readonly string[]) => {
	await stage.write('answers.json', JSON.stringify(given));
	return stage.run('handover', ...words, '--answers', 'answers.json', '--state-dir', 'told');
};

test('a file of somebody else in the folder of --out is named, and nothing is written', async () => {
	await mkdir(path.join(stage.folder, 'papers', 'network'), {recursive: true});
	await stage.write('papers/network/README.txt', 'theirs');
	const refused = await written('cluster', 'network', '--out', 'papers');
	expect(refused.code).not.toBe(0);
	expect(refused.err).toContain('papers-in-the-way');
	expect(refused.err).toContain('network/README.txt');
	expect(await textsIn(path.join(stage.folder, 'papers'))).toEqual({'network/README.txt': 'theirs'});
});

test('written again for other answers, files of the earlier ones are removed and told; twice the same is once', async () => {
	const sql = async () =>
		(await readdir(path.join(stage.folder, 'papers/database'))).filter((name) => /sql$/u.test(name));
	await written('database', '--out', 'papers');
	const [before = ''] = await sql();
	const again = await written('database', 'database', '--out', 'papers', '--set', 'database.host=neu.corp');
	expect(again.out.match(/^database /gmu)).toHaveLength(1);
	expect(again.out).toContain(`Removed, since these papers have them no more: ${before}.`);
	expect(await sql()).toEqual([before.replace('db.corp', 'neu.corp')]);
});

test('a place that cannot be written to is told as that of --out, with what was written before', async () => {
	await stage.write('file', '');
	const ran = await written('network', '--out', 'file');
	expect(ran.err).toContain('papers-unwritable');
	expect(ran.err).not.toContain('--state-dir');
	// A file in the place of the second folder.
	await mkdir(path.join(stage.folder, 'half'));
	await stage.write('half/cluster', '');
	const half = await written('network', 'cluster', 'certificate', '--out', 'half');
	expect(half.err).toContain('papers-unwritable');
	expect(half.out).toContain(path.join(stage.folder, 'half', 'network'));
	expect(half.out).toMatch(/^certificate .*nothing written\n {2}Not tried after that\.$/mu);
});

test('of papers that could not be written whole the files that are there are named', async () => {
	const target = {folder: path.join(stage.folder, 'broken'), isShared: false};
	const section = (fileName: string) => ({title: fileName, fileName, lines: [fileName]});
	const pack = {id: 'dns', title: '', who: 'network team' as const, intro: ''};
	// In the state folder nobody looks what is in the way: a folder in the place of a file is met on the way.
	await mkdir(path.join(target.folder, 'dns', 'two.txt'), {recursive: true, mode: 0o700});
	const sections = ['one.txt', 'two.txt'].map(section);
	const [told] = await writePapers([{topic: 'dns', gathered: {pack: {...pack, sections}, lacks: []}}], target);
	expect(told).toMatchObject({files: ['one.txt'], problem: {code: 'state-unwritable'}});
	expect(told?.lacks).toEqual(['Not whole, only these are there: one.txt.']);
});
