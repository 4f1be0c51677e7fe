import {Command, Option} from 'commander';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {faultNames} from '../../../rehearsal/faults.ts';
import {commandLine} from '../../../source/app/command-line.ts';
import {completionLists} from '../../../source/app/commands/completion/lists.ts';
import {completionTable} from '../../../source/app/commands/completion/table.ts';
import {topics} from '../../../source/handover/topics.ts';
import {plans} from '../../../source/plans/index.ts';
import {createStage, type Stage} from '../stage.ts';

let stage: Stage;
beforeAll(async () => {
	stage = await createStage();
});
afterAll(async () => stage.remove());

const quiet = {out: () => undefined, err: () => undefined};
const table = completionTable(commandLine('1.2.3', () => undefined, quiet));

const valuesOf = (start: string): string | undefined => table.find((row) => row.startsWith(`${start}|`))?.split('|')[3];

test.each([
	['|command|plan', ''],
	['answers|command|validate', ''],
	['|option|--version', ''],
	['|option|--answers', '@files'],
	['answers validate|argument|1', '@files'],
	['bundle verify|argument|1', '@files'],
	['install|option|--set', '@answers'],
	['docs|argument|1', '@topics'],
	['handover|argument|1+', topics.map(({id}) => id).join(' ')],
	['explain|argument|1', '@names'],
	['install|option|--context', '@any'],
	['install|option|--json', ''],
	['plan|option|--until', plans.install.stepIds.join(' ')],
	['upgrade|option|--until', plans.upgrade.stepIds.join(' ')],
	['rehearse|option|--fault', faultNames.join(' ')],
	['completion|argument|1', 'bash zsh fish'],
])('%s takes %j', (start, values) => {
	expect(valuesOf(start)).toBe(values);
});

test('what is hidden is not offered', () => {
	const program = new Command('x');
	program.command('seen').addOption(new Option('--old <file>').hideHelp());
	program.command('unseen', {hidden: true});
	expect(completionTable(program).join('\n')).not.toMatch(/old|unseen/u);
});

test('a description may hold the mark that parts the fields', () => {
	const program = new Command('x');
	program.command('seen').description("one|two, and Debian's");
	expect(completionTable(program)[0]).toBe("|command|seen||one|two, and Debian's");
});

test('answers, topics and names are those that the commands take', async () => {
	const {answers, topics, names} = await completionLists();
	for (const path of ['registry.host', 'workspaces.0.host', 'controlPlane.replicas']) expect(answers).toContain(path);
	expect(topics).toEqual(expect.arrayContaining(['runbook', 'network', 'problems']));
	expect(names).toEqual(expect.arrayContaining(['registry-unauthorized', 'registry.host', 'images']));
	for (const word of [...answers, ...topics, ...names]) expect(word).toMatch(/^[\w.-]+$/u);
	for (const name of ['workspaces.0.host', 'images']) expect((await stage.run('explain', name)).code, name).toBe(0);
});

test('no text has a backslash, which fish would take for more than itself', () => {
	expect(table.filter((row) => row.includes('\\'))).toEqual([]);
});

test.each(['bash', 'zsh', 'fish'])('the script for %s begins with what that shell looks for', async (shell) => {
	const {code, out} = await stage.run('completion', shell);
	expect(code).toBe(0);
	expect(out.split('\n')[0]).toBe(
		shell === 'zsh'
			? '#compdef zenml-airgap zenml-airgap-linux-x64 zenml-airgap-linux-arm64'
			: `# ${shell} completion of zenml-airgap`,
	);
});
