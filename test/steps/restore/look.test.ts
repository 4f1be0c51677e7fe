import {expect, test} from 'vitest';
import type {BackupSummary, ReadBackup} from '../../../source/backup/types.ts';
import {ageOf, refuseUnfitServer} from '../../../source/steps/restore/fit.ts';
import {noFlags} from '../../../source/steps/restore/options.ts';
import {createSource, restoringOf} from '../../../source/steps/restore/source.ts';
import {writeRestoreMark} from '../../../source/steps/shared/marks/restore-mark.ts';
import {refusal} from '../parts.ts';
import {code, type Given, look, refusalOf} from '../world.ts';
import {id, manifestOf, ownSteps, restoreSite, stepNamed} from './site.ts';

const database = {kind: 'database', name: 'default'} as const;

test.each<[string, ReadBackup['signer'], string]>([
	['that was checked', {keyId: 'K1', comment: '', proven: true}, 'signed by key K1'],
	['that nobody could check', {keyId: 'K1', comment: '', proven: false}, 'signed by key K1, not checked'],
	['that is not there', undefined, 'not signed'],
])('a signature %s is told with the backup', async (_what, signer, words) => {
	const site = restoreSite();
	const manifest = manifestOf({finishedAt: undefined, parts: manifestOf().parts.slice(1)});
	const open = async (): Promise<ReadBackup> => ({
		...{folder: '/backups', manifest, signer},
		read: async () => Promise.reject(new Error('nothing is read')),
	});
	const world = site.world({backups: {...site.given().backups, open}});
	const found = await look(stepNamed(ownSteps(database), 'restore-backup'), world);
	expect(found).toMatchObject({note: `backup ${id} of 2026-11-29 01:00 UTC, 1 database, 9 B, ${words}`});
});

test('what a scheduled backup has not is told before anything is changed, and keeps nobody from restoring it', async () => {
	const site = restoreSite();
	const warnings = async (lacks?: readonly string[]) => {
		const manifest = manifestOf({purpose: 'scheduled', ...(lacks && {lacks})});
		const {backups = {}} = site.given();
		const open: typeof backups.open = async (...given) => {
			if (!backups.open) throw new Error('there are no backups');
			return {...(await backups.open(...given)), manifest};
		};
		const found = await look(stepNamed(ownSteps(), 'restore-backup'), site.world({backups: {...backups, open}}));
		return found.status === 'ok' ? found.warnings : [found];
	};
	expect(await warnings(['journal', 'values default'])).toContain(
		'The backup does not hold: journal, values default. A restore needs none of it; what of it is in the cluster stays as it is.',
	);
	expect(JSON.stringify(await warnings([]))).not.toContain('does not hold');
	expect(JSON.stringify(await warnings())).not.toContain('does not hold');
});

const unreadable = async () => {
	throw refusal('database-unreachable', 'Nobody answers at db.corp.');
};

test.each<[string, Given['helm'], string]>([
	[
		'installed',
		undefined,
		'What was written since and is lost cannot be told, as the database cannot be read: Nobody answers at db.corp.',
	],
	[
		'not installed',
		{release: async () => undefined},
		'It is not installed here, and its database cannot be read: nothing is known that would be lost.',
	],
])('of a component that is %s and cannot be read it is said what is not known', async (_what, helm, words) => {
	const site = restoreSite();
	const {helm: usual, databases} = site.given();
	const world = site.world({
		helm: helm ?? usual ?? {},
		databases: {postgresql: {...databases?.postgresql, contents: unreadable}},
	});
	const found = await look(stepNamed(ownSteps(), 'restore-backup'), world);
	expect(found.status === 'ok' && found.warnings).toEqual([
		expect.stringMatching(/^The database "zenml_pro" of the control plane is replaced/u),
		expect.stringContaining(words),
	]);
});

test('who stops the look at what is lost is heard', async () => {
	const site = restoreSite();
	const stop = new AbortController();
	const contents = async () => {
		stop.abort(new Error('stopped'));
		return unreadable();
	};
	const world = site.world({
		signal: stop.signal,
		databases: {postgresql: {...site.given().databases?.postgresql, contents}},
	});
	await expect(stepNamed(ownSteps(database), 'restore-backup').check(world)).rejects.toThrow('stopped');
});

test.each([
	['zenml-0.95.1', 'zenml-0.95.1', 'same'],
	['zenml-0.95.1', 'zenml-v0.95.1', 'same'],
	['zenml-0.95.1', 'zenml-0.95.0', 'older'],
	['zenml-0.95.1', 'zenml-0.96.0', 'newer'],
	['zenml-0.95.1', 'zenml-main', 'unknown'],
	['zenml-main', 'zenml-0.95.1', 'unknown'],
] as const)('on data of %s servers of %s are: %s', (data, servers, age) => {
	expect(ageOf(data, servers)).toBe(age);
});

test.each([
	['MySQL', '8.4.3', 'MySQL', '8.0.40', true],
	['MySQL', '8.0.40', 'MySQL', '8.4.3', false],
	['MySQL', '8.4.3', 'MySQL', '8', true],
	['PostgreSQL', '15.18', 'PostgreSQL', '15.2', false],
	['PostgreSQL', '15.18', 'PostgreSQL', 'devel', false],
] as const)(
	'a dump of %s %s on a server of %s %s is refused: %s',
	async (thenProduct, then, product, version, isRefused) => {
		const [one] = restoringOf(restoreSite().world(), {only: database, flags: noFlags}, manifestOf());
		if (!one) throw new Error('nothing is restored');
		const dumped = {...one, part: {...one.part, database: {...one.part.database, product: thenProduct, version: then}}};
		const refuse = () => refuseUnfitServer(id, dumped, {product, version});
		if (!isRefused) return expect(refuse).not.toThrow();
		expect(await refusalOf((async () => refuse())())).toMatchObject({
			code: code('restore-database-unfit'),
			cause: `It is ${product} ${version}, older than ${thenProduct} ${then}, which the dump is of.`,
		});
	},
);

test('where no backup is named the newest whole one is taken', async () => {
	const site = restoreSite();
	const {backups} = site.given();
	const asked: string[] = [];
	const summary = (name: string, state: BackupSummary['state']) => ({id: name, state}) as BackupSummary;
	const world = site.world({
		backups: {
			...backups,
			list: async () => [summary('unfinished', 'unfinished'), summary('whole', 'whole'), summary('older', 'whole')],
			open: async (named) => {
				asked.push(named);
				return {folder: '/backups', manifest: manifestOf(), read: async () => Promise.reject(new Error('not read'))};
			},
		},
	});
	await createSource({only: {kind: 'whole'}, flags: noFlags}).open(world);
	expect(asked).toEqual(['whole']);
});

test.each([
	['restoring', id],
	['restored', id],
	['opened', 'newer'],
	['done', 'newer'],
] as const)('where none is named and a restore is %s, that of %s is taken', async (phase, expected) => {
	const site = restoreSite();
	const asked: string[] = [];
	const world = site.world({
		backups: {
			...site.given().backups,
			list: async () => [{id: 'newer', state: 'whole'} as BackupSummary],
			open: async (named) => {
				asked.push(named);
				return {folder: '/backups', manifest: manifestOf(), read: async () => Promise.reject(new Error('not read'))};
			},
		},
	});
	const mark = {phase, component: 'default', backup: id, run: 'r1', at: '2026-11-29T01:00:00Z', command: 'restore'};
	await writeRestoreMark(world, {name: 'zenml', namespace: 'zenml-workspace'}, mark);
	await createSource({only: {kind: 'whole'}, flags: noFlags}).open(world);
	expect(asked).toEqual([expected]);
	await createSource({backup: 'named', only: {kind: 'whole'}, flags: noFlags}).open(world);
	expect(asked).toEqual([expected, 'named']);
});

test('a backup without any database, and a name that nobody has, are refused', async () => {
	const site = restoreSite();
	site.state.manifest = manifestOf({parts: []});
	expect(await refusalOf(look(stepNamed(ownSteps(), 'restore-backup'), site.world()))).toMatchObject({
		code: code('restore-part-missing'),
		message: `The backup ${id} lacks what is to be restored: the database of any component of these answers.`,
		cause: 'It has none.',
	});
	const other = ownSteps({kind: 'database', name: 'other'});
	expect(await refusalOf(look(stepNamed(other, 'restore-backup'), site.world()))).toMatchObject({
		code: code('restore-component'),
		message: 'There is no component "other" in these answers.',
		cause: 'They have: controlPlane, default.',
	});
});
