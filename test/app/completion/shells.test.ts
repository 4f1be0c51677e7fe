import {execFile} from 'node:child_process';
import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {promisify} from 'node:util';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {createStage} from '../stage.ts';
import {shellAt, type TypedShell} from './typed.ts';

const run = promisify(execFile);

const has = (program: string, ...words: readonly string[]): Promise<boolean> =>
	run(program, words).then(
		() => true,
		() => false,
	);

const there = {
	bash: await has('bash', '--version'),
	zsh: await has('zsh', '--version'),
	fish: await has('fish', '--version'),
	script: await has('script', '--version'),
};

let folder = '';
beforeAll(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'zenml-airgap-completion-'));
	const stage = await createStage();
	for (const shell of ['bash', 'zsh', 'fish'])
		await writeFile(path.join(folder, `completion.${shell}`), (await stage.run('completion', shell)).out);
	await stage.remove();
	await writeFile(path.join(folder, 'okay site.yaml'), '');
	await mkdir(path.join(folder, 'bundles'));
	await mkdir(path.join(folder, 'plan'));
});
afterAll(async () => rm(folder, {recursive: true, force: true}));

/** What is typed before Tab, and what stands there after it. */
const typed: ReadonlyArray<readonly [before: string, after: string]> = [
	['ans', 'answers '],
	['answers va', 'answers validate '],
	['--non', '--non-interactive '],
	['install --an', 'install --answers '],
	['--plain ver', '--plain verify '],
	['--context plan ver', '--context plan verify '],
	['rehearse --fault wrong-d', 'rehearse --fault wrong-database-password '],
	['--set registry.pre', '--set registry.prefix='],
	['plan --set workspaces.0.ho', 'plan --set workspaces.0.host='],
	['--set registry.prefix=zenml --answers ok', '--set registry.prefix=zenml --answers okay\\ site.yaml '],
	['answers validate ok', 'answers validate okay\\ site.yaml '],
	['answers show ok', 'answers show okay\\ site.yaml '],
	['bundle verify bun', 'bundle verify bundles/'],
	['docs runb', 'docs runbook '],
	['explain registry-unt', 'explain registry-untrusted '],
	['explain registry.pre', 'explain registry.prefix '],
	['completion f', 'completion fish '],
	['handover cert', 'handover certificate '],
	['handover dns cert', 'handover dns certificate '],
	['handover dns network --out bundles cert', 'handover dns network --out bundles certificate '],
	['completion fish z', 'completion fish z'],
	['zzz', 'zzz'],
	['answers validate --from', 'answers validate --from'],
];

/** Lines that make each shell know the program: by its name, and by the aliases that the README names. */
const known: Readonly<Record<TypedShell, readonly string[]>> = {
	bash: ['source ./completion.bash'],
	zsh: ['autoload -Uz compinit && compinit -u -D', 'source ./completion.zsh'],
};
const aliases: ReadonlyArray<readonly [what: string, lines: readonly string[]]> = [
	['no alias', []],
	['an alias of the executable', ['alias zenml-airgap=/opt/zenml-airgap-linux-x64']],
	['an alias of Node', ['alias zenml-airgap="/opt/node/bin/node /opt/dist/cli.js"']],
];

for (const shell of ['bash', 'zsh'] as const)
	describe.skipIf(!there[shell] || !there.script).each(aliases)(`${shell} with %s`, (_what, lines) => {
		test('completes what is typed', async () => {
			const terminal = await shellAt(shell, folder, [...lines, ...known[shell]]);
			const found: Array<readonly [string, string]> = [];
			for (const [before] of typed)
				found.push([before, (await terminal.type(`zenml-airgap ${before}\t`)).replace('zenml-airgap ', '')]);
			await terminal.end();
			expect(found).toEqual(typed);
		}, 60_000);
	});

test.skipIf(!there.bash || !there.script)('the executable is completed by its path, too', async () => {
	const terminal = await shellAt('bash', folder, known.bash);
	expect(await terminal.type('/opt/zenml-airgap-linux-x64 ans\t')).toBe('/opt/zenml-airgap-linux-x64 answers ');
	await terminal.end();
});

test.skipIf(!there.zsh)('zsh without its completion says what to do, and nothing else', async () => {
	const {stdout, stderr} = await run('zsh', ['-f', '-c', 'source ./completion.zsh'], {cwd: folder});
	expect(stdout).toBe('');
	expect(stderr).toBe(
		'zenml-airgap: the completion of zsh is not on. Put this line before: autoload -Uz compinit && compinit\n',
	);
});

/** What fish offers after a line. */
const fishOffers = async (line: string): Promise<readonly string[]> => {
	const words = ['--no-config', '-c', 'source ./completion.fish; complete -C $argv[1]', line];
	const {stdout, stderr} = await run('fish', words, {cwd: folder, env: {...process.env, HOME: folder}});
	expect(stderr).toBe('');
	return stdout.split('\n').flatMap((row) => row.split('\t')[0] || []);
};

test.skipIf(!there.fish).each(typed)('after %j fish offers the same', async (before, after) => {
	const typedWord = before.split(' ').at(-1) ?? '';
	const whole = after.replaceAll('\\ ', '\u0000').trim().split(' ').at(-1)?.replaceAll('\u0000', ' ');
	expect(await fishOffers(`zenml-airgap ${before}`)).toEqual(whole === typedWord ? [] : [whole]);
});
