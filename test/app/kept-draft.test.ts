import {chmod, mkdir, readFile, rm, stat, symlink, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import type {AnswerSource} from '../../source/app/answers/inputs.ts';
import {createDraftKeeper, draftFile, keptWords, offeredDraft, readDraft} from '../../source/app/answers/kept-draft.ts';
import {createStage, type Stage} from './stage.ts';

let stage: Stage;
let file = '';
beforeEach(async () => {
	stage = await createStage();
	file = draftFile(stage.stateDirectory, 'install');
});
afterEach(async () => stage.remove());

const source = (more: Partial<AnswerSource> = {}): AnswerSource => ({
	from: 'nothing',
	answers: {kind: 'values', values: {}, file: '(none)'},
	baseDirectory: stage.folder,
	overrides: [],
	overrideDirectory: stage.folder,
	homeDirectory: stage.context.homeDirectory,
	...more,
});

test('answers of a sitting lie on the disk for this user alone, and are offered with their number and time', async () => {
	const keeper = createDraftKeeper(stage.context, file);
	const before = Date.now();
	await keeper.keep({registry: {host: 'r.corp.example', password: 'prompt'}, tls: {ca: 'ca.crt'}});
	expect((await stat(file)).mode & 0o777).toBe(0o600);
	const {kept} = await offeredDraft(file, source(), undefined);
	expect(kept?.count).toBe(3);
	expect(kept?.at).toBeGreaterThanOrEqual(before);
	// The next start may be in another folder.
	expect(kept?.draft).toEqual({
		registry: {host: 'r.corp.example', password: 'prompt'},
		tls: {ca: path.join(stage.folder, 'ca.crt')},
	});
	expect(keptWords(await keeper.kept()).join()).toContain(`3 answers kept in ${file}`);
});

test('what was typed and not entered is offered again, also alone', async () => {
	const halfTyped = {path: 'registry.host', text: 'r.co'};
	const keeper = createDraftKeeper(stage.context, file);
	await keeper.keep({}, halfTyped);
	expect((await offeredDraft(file, source(), undefined)).kept).toMatchObject({draft: {}, count: 0, halfTyped});
	await keeper.keep({});
	expect(await offeredDraft(file, source(), undefined)).toEqual({});
});

test('of many answers in a row the last are on the disk when the sitting ends', async () => {
	const keeper = createDraftKeeper(stage.context, file);
	const all = Array.from({length: 30}, async (_one, index) =>
		keeper.keep({registry: {host: `r${index}.corp.example`}}),
	);
	await keeper.kept();
	await Promise.all(all);
	expect((await readDraft(file)).kept?.draft).toEqual({registry: {host: 'r29.corp.example'}});
});

test('answers that a run took over are not offered again, also where the run was killed before it could take them away', async () => {
	const keeper = createDraftKeeper(stage.context, file);
	await keeper.keep({registry: {host: 'r.corp.example'}});
	expect(await offeredDraft(file, source(), {startedAt: Date.now() + 1})).toEqual({});
	expect((await offeredDraft(file, source(), {startedAt: 1})).kept?.count).toBe(1);
	await keeper.forget();
	expect(await readDraft(file)).toEqual({});
	expect(await keeper.kept()).toBeUndefined();
	expect(keptWords(await keeper.kept())).toEqual([]);
});

test('what the command line gives counts more than what an earlier sitting left', async () => {
	await createDraftKeeper(stage.context, file).keep({registry: {host: 'old.corp.example'}});
	const overrides = [{path: 'registry.host', value: 'new.corp.example', source: '--set registry.host'}];
	expect((await offeredDraft(file, source({overrides}), undefined)).kept?.draft).toEqual({
		registry: {host: 'new.corp.example'},
	});
});

test('a secret written into the file by hand is not taken, nor what no answer may hold', async () => {
	await mkdir(path.dirname(file), {recursive: true, mode: 0o700});
	const answers = {registry: {host: 'r', password: 'hunter2'}, strange: {deep: 1}};
	await writeFile(file, JSON.stringify({schema: 1, savedAt: 5, answers}), {mode: 0o600});
	expect((await readDraft(file)).kept?.draft).toEqual({registry: {host: 'r'}});
});

test('a file that is damaged, of another version or no file of this user says so, and stops nothing', async () => {
	await mkdir(path.dirname(file), {recursive: true, mode: 0o700});
	await writeFile(file, '{"schema": 1, "saved');
	expect((await readDraft(file)).fault).toContain('it is damaged');
	await writeFile(file, JSON.stringify({schema: 2, savedAt: 5, answers: {}}));
	expect((await readDraft(file)).fault).toContain('another version');
	await rm(file);
	await symlink('/dev/zero', file);
	expect((await readDraft(file)).fault).toContain('no file of this user');
});

test('a folder that cannot be written to is told once, and again only after it could be', async () => {
	const folder = path.dirname(file);
	await mkdir(path.dirname(folder), {recursive: true});
	// A file in the place of the folder: no right of any user helps.
	await writeFile(folder, '');
	const keeper = createDraftKeeper(stage.context, file);
	await expect(keeper.keep({registry: {host: 'a'}})).rejects.toThrow();
	await keeper.keep({registry: {host: 'b'}});
	expect(await keeper.kept()).toBeUndefined();
	await rm(folder);
	await keeper.keep({registry: {host: 'c'}});
	expect(JSON.parse(await readFile(file, 'utf8')).answers).toEqual({registry: {host: 'c'}});
	await chmod(folder, 0o700);
});
