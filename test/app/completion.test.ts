import {execFile} from 'node:child_process';
import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {promisify} from 'node:util';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {faultNames} from '../../rehearsal/faults.ts';
import {plans} from '../../source/plans/index.ts';
import {createStage, type Stage} from './stage.ts';

const run = promisify(execFile);

let stage: Stage;
let folder = '';
beforeAll(async () => {
	stage = await createStage();
	folder = await mkdtemp(path.join(tmpdir(), 'zenml-airgap-completion-'));
	await writeFile(path.join(folder, 'site answers.yaml'), '');
	await writeFile(path.join(folder, 'site-b.yaml'), '');
	await mkdir(path.join(folder, 'answers'));
	for (const shell of ['bash', 'zsh'])
		await writeFile(path.join(folder, `completion.${shell}`), (await stage.run('completion', shell)).out);
});
afterAll(async () => {
	await stage.remove();
	await rm(folder, {recursive: true, force: true});
});

/** What a real bash would offer after these words, the last of which is being typed. */
const complete = async (...words: readonly string[]): Promise<readonly string[]> => {
	const {stdout, stderr} = await run(
		'bash',
		[
			'--norc',
			'-c',
			`set -u; source ./completion.bash; shift 0; COMP_WORDS=(zenml-airgap "$@"); COMP_CWORD=$#; _zenml_airgap; printf '%s\\n' "\${COMPREPLY[@]}"`,
			'bash',
			...words,
		],
		{cwd: folder},
	);
	expect(stderr).toBe('');
	return stdout.split('\n').filter((line) => line !== '');
};

test.each<readonly [words: readonly string[], offered: readonly string[]]>([
	[['pl'], ['plan']],
	[['a'], ['answers']],
	[
		['answers', ''],
		['init', 'validate', 'schema', 'show'],
	],
	[['answers', 'v'], ['validate']],
	[['answers', 'validate', '--st'], ['--state-dir']],
	[['install', '--non'], ['--non-interactive']],
	[['--non'], ['--non-interactive']],
	[['--plain', 'ver'], ['verify']],
	[['rehearse', '--fa'], ['--fault']],
	[
		['rehearse', '--pace', ''],
		['real', 'fast'],
	],
	[
		['completion', ''],
		['bash', 'zsh', '--help'],
	],
	[['--log-level', 'w'], ['warn']],
	[
		['--from', 'd'],
		['databases', 'dns'],
	],
	[['plan', '--until', ''], plans.install.stepIds],
	[['rehearse', '--fault', ''], faultNames],
	[
		['--answers', 'site'],
		['site answers.yaml', 'site-b.yaml'],
	],
	[['install', '--bundle', 'ans'], ['answers']],
	[['--kubeconfig', 'nothing-there'], []],
	[['zzz'], []],
])('after %j bash offers %j', async (words, offered) => {
	const found = await complete(...words);
	if (words.at(-1) === '' && words[0] === 'answers') expect(found).toEqual(expect.arrayContaining([...offered]));
	else expect([...found].sort()).toEqual([...offered].sort());
});

test('at the start every command and every option of the install is offered', async () => {
	const offered = await complete('');
	expect(offered).toEqual(
		expect.arrayContaining([
			'install',
			'plan',
			'verify',
			'status',
			'answers',
			'rehearse',
			'completion',
			'--help',
			'--version',
			'--answers',
			'--json',
		]),
	);
	expect(new Set(offered).size).toBe(offered.length);
});

test('a folder with the name of a command does not turn the command into a folder', async () => {
	const {stdout} = await run('bash', ['--norc', '-c', 'source ./completion.bash; complete -p zenml-airgap'], {
		cwd: folder,
	});
	expect(stdout).toContain('-F _zenml_airgap zenml-airgap');
	expect(stdout).not.toContain('filenames');
});

const hasZsh = await run('zsh', ['-c', 'true']).then(
	() => true,
	() => false,
);

test.runIf(hasZsh)('zsh takes the script', async () => {
	const {stdout, stderr} = await run(
		'zsh',
		['-f', '-c', 'autoload -Uz compinit && compinit -u -D; source ./completion.zsh; print $_comps[zenml-airgap]'],
		{cwd: folder},
	);
	expect(stderr).toBe('');
	expect(stdout).toContain('_bash_complete');
});

test('the script for zsh begins as its completion system wants it', async () => {
	const {out} = await stage.run('completion', 'zsh');
	expect(out.split('\n')[0]).toBe('#compdef zenml-airgap');
	expect(out).toContain('bashcompinit');
});
