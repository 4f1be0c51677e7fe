import type {Command} from 'commander';
import {expect, test} from 'vitest';
import {
	answering,
	asCalled,
	calledAs,
	calledBy,
	calledDeep,
	others,
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

const npm = calledBy({answers: 'a.yaml', stateDir: 'D'}, 'npm run cli --');
const world = {state: ['--state-dir', '/s/rehearsal'], mysqlIsPlayed: false};

test('in a rehearsal the plans that come next are rehearsed', () => {
	const inNpm = {...npm, rehearsal: world};
	expect(asCalled('zenml-airgap backup schedule', inNpm)).toBe('npm start -- schedule --answers a.yaml --state-dir D');
	expect(asCalled('zenml-airgap backup', {...calledBy({stateDir: 'D'}), rehearsal: world})).toBe(
		'zenml-airgap rehearse backup --state-dir D',
	);
});

test('where the MySQL of a rehearsal is played, plans with dumps begin a world with a real one', () => {
	const played = {...calledBy({}, 'npm run cli --'), rehearsal: {...world, mysqlIsPlayed: true}};
	expect(asCalled('zenml-airgap backup\nzenml-airgap status', played)).toBe(
		'npm start -- backup --fresh --mysql unpacked --client-tools unpacked\nnpm run cli -- status --state-dir /s/rehearsal',
	);
	expect(asCalled('zenml-airgap install', played)).toBe('npm start --');
});

test('in a rehearsal every other command finds the answers of its world', () => {
	const inWorld = {...called, rehearsal: world};
	for (const command of ['backup escrow --out FILE', 'secrets show users.ada@corp.internal.password', 'status'])
		expect(calledAs({called: inWorld})(`zenml-airgap ${command}`)).toContain(' --state-dir /s/rehearsal');
	expect(asCalled('zenml-airgap handover database --with-passwords', inWorld)).toBe(
		'zenml-airgap handover --state-dir /s/rehearsal database --with-passwords',
	);
	expect(calledAs({})('zenml-airgap backup')).toBe('zenml-airgap backup');
});

test('from a clone every command is spelled as npm takes it', () => {
	expect(asCalled('zenml-airgap explain x; zenml-airgap bundle verify P', npm)).toBe(
		'npm run cli -- explain x; npm run cli -- bundle verify P',
	);
	expect(asCalled('zenml-airgap rehearse --serve', npm)).toBe('npm start -- --serve');
	expect(asCalled('zenml-airgap verify', npm)).toBe('npm run cli -- verify --answers a.yaml --state-dir D');
	expect(calledDeep(['zenml-airgap docs'], calledBy({}, 'npm run cli --'))).toEqual(['npm run cli -- docs']);
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
		// What is printed names all that a command takes before options; a person may leave out what is told then.
		const taken = one?.registeredArguments ?? [];
		expect(operands).toBeGreaterThanOrEqual(taken.filter(({required}) => required).length);
		expect(operands).toBeLessThanOrEqual(taken.length);
	}
	const rest = [...known].filter(
		([path, one]) => takes(one, '--state-dir') && !answering.some(([name]) => name === path),
	);
	// They name their files themselves, or are about a rehearsal.
	const withOwn = /^(?:answers |backup sign|registry push|rehearse)/u;
	const first = program.commands.map((one) => one.name()).filter((name) => name !== 'rehearse');
	const families = [...answering.map(([command]) => command), ...reading, ...others].map((one) => one.split(' ')[0]);
	expect(first.filter((name) => !families.includes(name))).toEqual([]);
	expect(rest.map(([path]) => path).filter((path) => !reading.includes(path) && !withOwn.test(path))).toEqual([]);
});

test('a refusal before a run names its commands so, too', async () => {
	const stage = await createStage();
	await stage.write('site.yaml', 'version: 1\n');
	const {err} = await stage.run('back', 'default', '--non-interactive', '--answers', 'site.yaml', '--state-dir', 'D');
	await stage.remove();
	expect(err).toContain('zenml-airgap back default --answers site.yaml --state-dir D --look');
});
