import {mkdir, mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect} from 'vitest';
import {earlierVersions, productVersions} from '../../lab/image-bundle.ts';
import {send, targetFromFile} from './api-client.ts';
import {backupsIn, contentsOfSql, decrypted, makeIdentity} from './backup-files.ts';
import {labFacts} from './lab.ts';
import {logIn, make, namesOf, runPipeline, workspace} from './product.ts';
import {install, type Run, type RunOptions, runTool} from './program.ts';
import {clearWorld, enterNames, forgetImages} from './world.ts';

const facts = labFacts();
const cluster = targetFromFile('lab', facts.kubernetes.kubeconfig);

/** So many kills of each command at random moments are asked for; twenty take most of an hour. */
export const killsAsked = Number(process.env.DAY_TWO_KILLS || 0);

/** For a test of them, ms. */
export const killsMs = killsAsked ? 3_600_000 : 600_000;

/** How often a command is killed at most until it has come to its end. */
const kills = killsAsked || 2;

/** Words that stand in what is stored, and in no file that others may read. */
export const canaries = {secret: 'canary-of-a-user-5e1f', word: 'open sesame'};

/** The workspace's database on MySQL. */
export const workspaceDatabase = 'zenml_workspace';

/** A run with another bundle than the newest. */
type SiteRun = RunOptions & {readonly bundle?: string | undefined; readonly state?: string};

/** An installed site with data that its users have made, and its backups. */
export type Site = {
	readonly root: string;
	readonly identity: string;
	readonly project: string;
	/** Runs the tool, with backups encrypted and users told without being waited for. */
	readonly run: (words: readonly string[], options?: SiteRun) => Promise<Run>;
	/**
	 * A command that is killed at random moments and then comes to its end. @param options `anew`: where it ends before it was killed as
	 * often as asked for, it is begun again @return the moments, ms
	 */
	readonly killed: (
		words: readonly string[],
		options: SiteRun & {readonly longestMs: number; readonly anew?: boolean},
	) => Promise<readonly number[]>;
	/** Folder of the newest backup. */
	readonly newest: () => Promise<string>;
	/** The dump of the workspace in a backup. */
	readonly dumpIn: (folder: string) => Promise<readonly string[]>;
	/** The vendor's own API tells the data that was made, and that the secret can still be read. */
	readonly expectData: (version: string) => Promise<void>;
	readonly end: () => Promise<void>;
};

const set = (...words: readonly string[]): readonly string[] => words.flatMap((word) => ['--set', word]);

const runOf =
	(root: string, identity: {readonly file: string; readonly recipient: string}): Site['run'] =>
	(words, {bundle, state = join(root, 'state'), args = [], ...more} = {}) => {
		const backup = [`folder=${join(root, 'backups')}`, `recipients=${identity.recipient}`, `identity=${identity.file}`];
		const told = words[0] === 'upgrade' ? ['upgrade.clients=tell'] : [];
		const all = [...backup.map((one) => `backup.${one}`), ...told];
		const given = [...set(...all, ...(bundle === undefined ? [] : [`bundle.path=${bundle}`])), ...args];
		return runTool(words, state, {...more, args: given});
	};

const killedOf =
	(run: Site['run']): Site['killed'] =>
	async (words, {longestMs, anew = false, ...more}) => {
		const moments: number[] = [];
		for (let tries = 0; tries < kills * 3 && moments.length < kills; tries += 1) {
			const killAfterMs = Math.round(1000 + Math.random() * longestMs);
			const {signal, code, output} = await run(words, {...more, killAfterMs});
			if (signal === 'SIGKILL') {
				moments.push(killAfterMs);
				continue;
			}
			if (code !== 0) throw new Error(`killed after ${moments.join(', ')} ms: ${output.slice(-3000)}`);
			if (!anew) return moments;
		}
		const last = await run(words, more);
		expect(last.code, `killed after ${moments.join(', ')} ms: ${last.output.slice(-3000)}`).toBe(0);
		return moments;
	};

const expectDataOf =
	(project: string): Site['expectData'] =>
	async (version) => {
		expect((await send(workspace, 'GET', '/info')).body).toMatchObject({version});
		const user = await logIn();
		expect(await namesOf(user, `/pipelines?project=${project}`)).toContain('before');
		const secrets = (await send(user, 'GET', '/secrets?name=kept')).body as {items: {id: string}[]};
		const kept = await send(user, 'GET', `/secrets/${secrets.items[0]?.id}`);
		expect(JSON.stringify(kept.body)).toContain(canaries.word);
	};

/** Installs and has a user make a project, a pipeline with a run, and a secret. */
export const madeSite = async (of: 'earlier' | 'newest'): Promise<Site> => {
	await clearWorld();
	await forgetImages();
	await enterNames();
	const root = await mkdtemp(join(tmpdir(), 'lab-day-two-'));
	await mkdir(join(root, 'client'));
	const identity = await makeIdentity(root);
	const bundle = of === 'earlier' ? set(`bundle.path=${facts.earlierBundle}`) : [];
	const first = await install(join(root, 'state'), {args: bundle});
	expect(first.code, first.output.slice(-3000)).toBe(0);
	const user = await logIn();
	const project = await make(user, '/projects', {name: 'first', display_name: 'First'});
	await make(user, '/pipelines', {name: 'before', project});
	await make(user, '/secrets', {name: 'kept', private: false, values: {word: canaries.word, own: canaries.secret}});
	const {workspace: version} = of === 'earlier' ? earlierVersions : productVersions;
	const ran = await runPipeline(user, project, version, join(root, 'client'));
	expect(ran.output).toMatch(/^RUN \S+ completed$/mu);
	const run = runOf(root, identity);
	return {
		...{root, identity: identity.file, project, run, killed: killedOf(run), expectData: expectDataOf(project)},
		newest: async () => (await backupsIn(join(root, 'backups'))).at(-1) ?? '',
		dumpIn: async (folder) => contentsOfSql(await decrypted(join(folder, 'database-default.sql.age'), identity.file)),
		end: async () => {
			await clearWorld();
			await rm(root, {recursive: true, force: true});
		},
	};
};

/** Does something once the output of a run fits. */
export const once = (pattern: RegExp, work: () => Promise<unknown>) => {
	let begun: Promise<unknown> | undefined;
	return {
		heard: (output: string): void => {
			if (pattern.test(output)) begun ??= work();
		},
		done: async (): Promise<void> => {
			if (!begun) throw new Error(`the output never fitted ${pattern}`);
			await begun;
		},
	};
};

/** Lines of one dump that the other does not have, cut to what tells the table. */
export const differing = (one: readonly string[], other: readonly string[]): readonly string[] => {
	const [a, b] = [new Set(one), new Set(other)];
	return [
		...one.filter((line) => !b.has(line)).map((line) => `+ ${line.slice(0, 200)}`),
		...other.filter((line) => !a.has(line)).map((line) => `- ${line.slice(0, 200)}`),
	];
};

/** Jobs of this tool that run programs of databases. */
export const dumpsLeft = async (): Promise<readonly string[]> => {
	const {body} = await send(cluster, 'GET', '/apis/batch/v1/namespaces/zenml-pro/jobs');
	const {items} = body as {items: {metadata: {name: string}}[]};
	return items.map(({metadata}) => metadata.name).filter((name) => name.includes('zenml-airgap-dump'));
};
