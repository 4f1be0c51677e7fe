import type {Command} from 'commander';
import {expect, test} from 'vitest';
import {
	answering,
	asCalled,
	askingInstall,
	calledBy,
	calledDeep,
	reading,
} from '../../source/app/base/kept/own-commands.ts';
import {commandLine} from '../../source/app/command-line.ts';
import {planWords} from '../../source/plans/words.ts';
import {createStage} from './stage.ts';

const called = calledBy({answers: 'my site.yaml', set: ['a.b=c'], stateDir: 'D', kubeconfig: 'K'});
const flags = "--answers 'my site.yaml' --set a.b=c --kubeconfig K --state-dir D";

test('commands that are named are called as the program was', () => {
	expect(asCalled('zenml-airgap backup escrow --out FILE', called)).toBe(
		`zenml-airgap backup escrow ${flags} --out FILE`,
	);
	expect(asCalled('later, the command zenml-airgap back default.', called)).toBe(
		`later, the command zenml-airgap back default ${flags}.`,
	);
	expect(asCalled('zenml-airgap backup\nzenml-airgap backup schedule', called)).toBe(
		`zenml-airgap backup ${flags}\nzenml-airgap backup schedule ${flags}`,
	);
	expect(asCalled('zenml-airgap status', called)).toBe('zenml-airgap status --state-dir D');
	expect(asCalled('zenml-airgap explain x', called)).toBe('zenml-airgap explain x');
	const whole = 'zenml-airgap plan --answers a.yaml --state-dir E';
	expect(asCalled(whole, called)).toBe(whole);
	expect(calledDeep({next: ['zenml-airgap backup'], at: 1}, calledBy({options: {stateDir: 'D'}}))).toEqual({
		next: ['zenml-airgap backup --state-dir D'],
		at: 1,
	});
});

test('answers of a pipe cannot be read again, and nothing given changes nothing', () => {
	for (const given of [undefined, {}, {answers: '-'}, {answers: '/dev/fd/63'}])
		expect(calledDeep(planWords, calledBy(given))).toEqual(planWords);
});

test('in a rehearsal the plans that come next are rehearsed', () => {
	const npm = {...calledBy({stateDir: 'D'}), rehearse: 'npm start --'};
	expect(asCalled('zenml-airgap backup schedule', npm)).toBe('npm start -- schedule --state-dir D');
	expect(asCalled('zenml-airgap backup escrow', npm)).toBe('zenml-airgap backup escrow --state-dir D');
	expect(asCalled('zenml-airgap backup', {...npm, rehearse: 'zenml-airgap rehearse'})).toBe(
		'zenml-airgap rehearse backup --state-dir D',
	);
});

test('what asks the install of a run is called with the options of the run, after a rehearsal with its state folder', () => {
	const command = 'zenml-airgap secrets show users.ada@corp.internal.password';
	expect(askingInstall({called}, '/state')(command)).toBe(`${command} ${flags}`);
	expect(askingInstall({called: {...called, rehearse: 'npm start --'}}, '/my state')(command)).toBe(
		`${command} --state-dir '/my state'`,
	);
	expect(askingInstall({}, '/state')(command)).toBe(command);
});

test('every command that finds answers or reads the state folder is known, and takes these options', () => {
	const output = {out: () => undefined, err: () => undefined};
	const program = commandLine('1', () => undefined, output);
	const all = (command: Command, path: string): readonly (readonly [string, Command])[] => [
		[path, command] as const,
		...command.commands.flatMap((one) => all(one, `${path} ${one.name()}`.trim())),
	];
	const takes = (command: Command, flag: string): boolean => command.options.some(({long}) => long === flag);
	const known = new Map(all(program, ''));
	for (const [command, operands] of answering) {
		// A word that `drill` takes, and no command by itself.
		const one = known.get(command === 'drill failover' ? 'drill' : command);
		expect([command, one && takes(one, '--answers') && takes(one, '--state-dir')]).toEqual([command, true]);
		expect([command, one?.registeredArguments.filter(({required}) => required).length]).toEqual([command, operands]);
	}
	const rest = [...known].filter(
		([path, one]) => takes(one, '--state-dir') && !answering.some(([name]) => name === path),
	);
	// They name their files themselves, or are about a rehearsal.
	const withOwn = /^(?:answers |backup sign|registry push|rehearse)/u;
	expect(rest.map(([path]) => path).filter((path) => !reading.includes(path) && !withOwn.test(path))).toEqual([]);
});

test('a refusal before a run names its commands so, too', async () => {
	const stage = await createStage();
	await stage.write('site.yaml', 'version: 1\n');
	const {err} = await stage.run('back', 'default', '--non-interactive', '--answers', 'site.yaml', '--state-dir', 'D');
	await stage.remove();
	expect(err).toContain('zenml-airgap back default --answers site.yaml --state-dir D --look');
});
