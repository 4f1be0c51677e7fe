import {readFileSync} from 'node:fs';
import {mkdtemp, readdir, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, it} from 'vitest';
import {runCommand} from '../../lab/commands.ts';
import {earlierVersions, productVersions} from '../../lab/image-bundle.ts';
import {inPool} from '../../source/base/pool.ts';
import {until} from '../cluster/rehearsal.ts';
import {send} from './api-client.ts';
import {makeIdentity} from './backup-files.ts';
import {labFacts} from './lab.ts';
import {type Many, manyWorkspaces, type OneOfMany} from './many.ts';
import {helm, type Run, type RunOptions, runTool} from './program.ts';
import {once} from './site.ts';
import {clearCluster, clearWorld, forgetImages, mysqlRows} from './world.ts';

const facts = labFacts();
/** So many real servers; five take ten minutes and twenty nearly an hour, so only who names a number gets them. */
const asked = Number(process.env.FLEET || 0);
const count = asked || 5;
const atOnce = 3;
const earlier = ['--set', `bundle.path=${facts.earlierBundle}`];

let folder = '';
let many: Many;
let run: (words: readonly string[], options?: RunOptions) => Promise<Run>;

/** All anew, of the earlier version; images stay where they are. */
const installed = async (): Promise<void> => {
	await many.clear();
	await clearCluster();
	await rm(join(folder, 'state'), {recursive: true, force: true});
	const first = await run(['install'], {args: earlier});
	expect(first.code, first.output.slice(-3000)).toBe(0);
};

beforeAll(async () => {
	await clearWorld();
	await forgetImages();
	folder = await mkdtemp(join(tmpdir(), 'lab-fleet-'));
	many = await manyWorkspaces('fleet', count, folder);
	const {recipient, file} = await makeIdentity(folder);
	const own = [
		...[`backup.folder=${join(folder, 'backups')}`, `backup.recipients=${recipient}`, `backup.identity=${file}`],
		`upgrade.atOnce=${atOnce}`,
	];
	const given = ['--answers', many.answers, ...own.flatMap((one) => ['--set', one])];
	run = (words, {args = [], ...more} = {}) => {
		const told = words[0] === 'upgrade' ? ['--set', 'upgrade.clients=tell'] : [];
		return runTool(words, join(folder, 'state'), {...more, args: [...given, ...told, ...args]});
	};
});
afterAll(async () => {
	await many.end();
	await clearWorld();
	await rm(folder, {recursive: true, force: true});
}, 600_000);

/** What the real server of a workspace says of itself. */
const versionOf = async ({name, host}: OneOfMany): Promise<unknown> => {
	const ca = readFileSync(facts.ca, 'utf8');
	const {body} = await send({name, url: `https://${host}/api/v1`, ca}, 'GET', '/info');
	return (body as {version?: unknown} | null)?.version;
};
const versions = (): Promise<readonly unknown[]> => Promise.all(many.workspaces.map(versionOf));

/** Seconds that a step took, as the run told. */
const secondsOf = ({output}: Run, title: string): number => {
	const took = new RegExp(`\\] ${title}: done\\b.*\\((?:(?<minutes>\\d+) min )?(?<seconds>[\\d.]+) s\\)$`, 'mu');
	const {minutes = '0', seconds = ''} = took.exec(output)?.groups ?? {};
	return Number(minutes) * 60 + Number(seconds);
};

/** A finished upgrade that is started again. */
const nothingToDo = async (): Promise<void> => {
	const begun = performance.now();
	const again = await run(['upgrade']);
	expect(again.code, again.output.slice(-3000)).toBe(0);
	expect(again.output).not.toMatch(/\d\/\d+\] .*: done/u);
	const slow = [...again.output.matchAll(/\] (.*: .* \((?:[1-9]\S*|0\.[2-9]\S*) s\))/gu)].map(([, step]) => step);
	const seconds = ((performance.now() - begun) / 1000).toFixed(1);
	console.log(`a finished upgrade of ${count} workspaces again: ${seconds} s; ${slow.join(', ')}`);
};

it.skipIf(!asked)(
	`of ${count} workspaces one that cannot migrate stops the others, comes back, and is upgraded with them later; then there is nothing to do`,
	async () => {
		await installed();
		const bad = many.workspaces[2];
		if (!bad) throw new Error('FLEET must be 3 or more');
		// As somebody's own script would: the migration meets a table that it wants to make itself.
		const meddle = once(/Backup: proof: done/u, () =>
			mysqlRows(`create table ${bad.database}.webhook (id int primary key)`),
		);
		const failed = await run(['upgrade'], {heard: meddle.heard});
		await meddle.done();
		expect(failed.code, failed.output.slice(-3000)).not.toBe(0);
		expect(failed.output).toContain(`zenml-airgap back ${bad.name}`);
		expect(failed.output).toMatch(new RegExp(`workspaces upgraded and verified: ${many.workspaces[0]?.name}\\b`, 'u'));
		expect(failed.output).toMatch(new RegExp(`workspaces not upgraded: .*\\b${bad.name}\\b`, 'u'));
		const returned = await run(['back', bad.name, '--accept-loss']);
		expect(returned.code, returned.output.slice(-3000)).toBe(0);
		expect(await versionOf(bad)).toBe(earlierVersions.workspace);
		const upgraded = await run(['upgrade']);
		expect(upgraded.code, upgraded.output.slice(-3000)).toBe(0);
		expect(new Set(await versions())).toEqual(new Set([productVersions.workspace]));
		await nothingToDo();
	},
	1_800_000,
);

const helmOf = (...words: readonly string[]): Promise<string> =>
	runCommand(helm, [...words], {timeoutMs: 1_000_000, env: {...process.env, KUBECONFIG: facts.kubernetes.kubeconfig}});

/** Bare Helm over the same releases, with the values that they have and the new image, so many at once. @return seconds */
const bareUpgrade = async (): Promise<number> => {
	const {bundle} = /path: (?<bundle>\S+)/u.exec(readFileSync(many.answers, 'utf8'))?.groups ?? {};
	const charts = join(bundle ?? '', 'charts');
	const chart = (await readdir(charts)).find((one) => /^zenml-\d/u.test(one));
	for (const {name} of many.workspaces) {
		const given = await helmOf('get', 'values', 'zenml', '--namespace', name, '--output', 'yaml');
		await writeFile(join(folder, `${name}.yaml`), given, {mode: 0o600});
	}
	const begun = performance.now();
	await inPool(many.workspaces, atOnce, async ({name}) => {
		const tag = `server.image.tag=${productVersions.workspace}`;
		const given = [
			'--namespace',
			name,
			'--values',
			join(folder, `${name}.yaml`),
			'--set',
			tag,
			'--wait',
			'--timeout',
			'15m',
		];
		await helmOf('upgrade', 'zenml', join(charts, chart ?? ''), ...given);
	});
	return (performance.now() - begun) / 1000;
};

it.skipIf(!asked)(
	'an upgrade of the workspaces is timed beside bare Helm',
	async () => {
		await installed();
		const ours = await run(['upgrade']);
		expect(ours.code, ours.output.slice(-3000)).toBe(0);
		await nothingToDo();
		await installed();
		const bare = await bareUpgrade();
		const step = secondsOf(ours, 'Workspaces');
		const told = `${step.toFixed(1)} s in step Workspaces, ${bare.toFixed(1)} s by helm upgrade --wait, ${(step / bare).toFixed(2)}x`;
		console.log(`an upgrade of ${count} workspaces, ${atOnce} at once: ${told}`);
		// Helm does not wait until the way in leads to the new pods.
		const isNew = async () => (await versions()).every((version) => version === productVersions.workspace);
		await until(isNew, 'every workspace is upgraded by Helm too');
		expect(step).toBeGreaterThan(0);
	},
	5_400_000,
);
