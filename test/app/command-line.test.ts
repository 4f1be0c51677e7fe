import {type Command, CommanderError} from 'commander';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {commandLine} from '../../source/app/command-line.ts';
import {plans} from '../../source/plans/index.ts';
import {createStage, type Stage} from './stage.ts';

/** What the words ask for: the names of the command, and what it is given. */
const parse = async (...words: readonly string[]): Promise<{readonly command: string; readonly given: unknown}> => {
	let given: unknown;
	let command = '';
	const program = commandLine(
		'1.2.3',
		(request) => {
			({given} = request);
		},
		{out: () => undefined, err: () => undefined},
	).hook('preAction', (_program, action) => {
		command = [action.parent?.name(), action.name()].filter((name) => name !== 'zenml-airgap').join(' ');
	});
	await program.parseAsync([...words], {from: 'user'});
	return {command, given};
};

const defaults = {set: [], nonInteractive: false, plain: false, json: false, logLevel: 'info'};

test('without a word the install is meant, with every default', async () => {
	expect(await parse()).toEqual({command: 'install', given: defaults});
});

test.each(['install', 'verify'] as const)('%s has the same defaults', async (command) => {
	expect(await parse(command)).toEqual({command, given: defaults});
});

test('plan has the same defaults, and opens no change', async () => {
	expect(await parse('plan')).toEqual({command: 'plan', given: {...defaults, details: false}});
});

const everyOption = [
	['--answers', 'a.yaml'],
	['--set', 'registry.host=r:5000'],
	['--set', 'a=b=c'],
	['--bundle', './b'],
	['--state-dir', '/s'],
	['--kubeconfig', 'k'],
	['--context', 'prod'],
	['--from', 'images'],
	['--until', 'dns'],
	['--non-interactive'],
	['--plain'],
	['--json'],
	['--log-level', 'debug'],
];
const everyValue = {
	answers: 'a.yaml',
	set: ['registry.host=r:5000', 'a=b=c'],
	bundle: './b',
	stateDir: '/s',
	kubeconfig: 'k',
	context: 'prod',
	from: 'images',
	until: 'dns',
	nonInteractive: true,
	plain: true,
	json: true,
	logLevel: 'debug',
};

test.each([[], ['install'], ['plan'], ['verify'], ['rehearse']])('%s takes every shared option', async (...command) => {
	const words = command.filter((word) => word !== undefined);
	const {given} = await parse(...words, ...everyOption.flat());
	expect(given).toMatchObject(everyValue);
});

test.each(plans.install.stepIds)('--from and --until know the step %s', async (step) => {
	expect(await parse('--from', step, '--until', step)).toMatchObject({given: {from: step, until: step}});
});

test.each([
	['init', 'target'],
	['validate', 'answers'],
	['show', 'answers'],
] as const)('answers %s takes a file, or none, and what gives answers', async (action, key) => {
	const command = `answers ${action}`;
	const none = {set: [], json: false};
	expect(await parse('answers', action, 'site.yaml')).toEqual({command, given: {...none, [key]: 'site.yaml'}});
	expect(await parse('answers', action)).toEqual({command, given: none});
	const {answers, set, bundle, stateDir, kubeconfig, context} = everyValue;
	const words = everyOption.slice(0, 7).flat();
	expect((await parse('answers', action, ...words)).given).toEqual({
		...none,
		answers,
		set,
		bundle,
		stateDir,
		kubeconfig,
		context,
	});
});

test('answers schema needs no answers', async () => {
	expect(await parse('answers', 'schema')).toEqual({command: 'answers schema', given: undefined});
});

test('rehearse takes a fault, a pace and a fresh start', async () => {
	expect(await parse('rehearse')).toMatchObject({command: 'rehearse', given: {pace: 'real', fresh: false}});
	expect(await parse('rehearse', '--fault', 'wrong-database-password', '--pace', 'fast', '--fresh')).toMatchObject({
		command: 'rehearse',
		given: {fault: 'wrong-database-password', pace: 'fast', fresh: true},
	});
});

test.each(['bash', 'zsh', 'fish'] as const)('completion takes %s', async (shell) => {
	expect(await parse('completion', shell)).toEqual({command: 'completion', given: shell});
});

test.each([
	[['--frobnicate']],
	[['install', '--frobnicate']],
	[['--from', 'nowhere']],
	[['--until', 'Images']],
	[['plan', '--log-level', 'loud']],
	[['--answers']],
	[['unheard-of']],
	[['install', 'site.yaml']],
	[['answers', 'unheard-of']],
	[['answers', 'show', 'a', 'b']],
	[['rehearse', '--fault', 'meteor']],
	[['rehearse', '--pace', 'slow']],
	[['completion', 'tcsh']],
	[['completion']],
])('%j is refused', async (words) => {
	await expect(parse(...words)).rejects.toBeInstanceOf(CommanderError);
});

let stage: Stage;
beforeAll(async () => {
	stage = await createStage();
});
afterAll(async () => stage.remove());

test.each([
	[['--frobnicate'], 'unknown option'],
	[['--stat-dir', 'x'], '--state-dir'],
	[['--from', 'nowhere'], 'bundle, prerequisites, images'],
	[['unheard-of'], 'unheard-of'],
	[['rehearse', '--fault', 'meteor'], 'wrong-database-password'],
])('%j ends with 2, says why, and points to the help', async (words, says) => {
	const {code, out, err} = await stage.run(...words);
	expect(code).toBe(2);
	expect(out).toBe('');
	expect(err).toContain(says);
	expect(err).toContain('--help');
});

test('a range of steps that ends before it begins ends with 2', async () => {
	const {code, err} = await stage.run('plan', '--from', 'dns', '--until', 'images');
	expect(code).toBe(2);
	expect(err).toContain('No step lies between --from dns and --until images.');
	expect(err).toContain('steps-empty-range');
});

/** Every command that does something, as its words. */
const leaves = (command = commandLine('1.2.3', () => undefined, {out: () => undefined, err: () => undefined})) => {
	const below = (one: Command, words: readonly string[]): ReadonlyArray<readonly string[]> => {
		const own = one.commands.flatMap((child) => below(child, [...words, child.name()]));
		const isGroup = ['answers', 'bundle', 'registry', 'secrets'].includes(words.join(' '));
		return isGroup ? own : [words, ...own];
	};
	return below(command, []);
};

/** The words of an example, as the shell hands them over. */
const wordsOf = (example: string): readonly string[] =>
	[
		...example
			.replace(/ {3,}.*$/u, '')
			.replace(/ [|>] .*/u, '')
			.matchAll(/'([^']*)'|(\S+)/gu),
	].map(([, quoted, bare]) => quoted ?? bare ?? '');

test.each(leaves())('the help of %j %j has examples that are command lines of this program', async (...given) => {
	const command = given.filter((word) => typeof word === 'string');
	const {code, out, err} = await stage.run(...command, '--help');
	expect([code, err]).toEqual([0, '']);
	expect(out).toContain('Usage: zenml-airgap');
	const lines = (out.split(/Examples:\n/u)[1] ?? '').split('\n');
	const examples = lines.flatMap((line) => /zenml-airgap ?([^)]*)\)?/u.exec(line)?.[1] ?? []);
	expect(examples.length).toBeGreaterThan(0);
	for (const example of examples) {
		const words = wordsOf(example);
		expect((await parse(...words)).command.startsWith(command.join(' ')), example).toBe(true);
	}
});

test('each argument and each option of the help says what it is', () => {
	const told = (command: Command): readonly string[] => [
		...command.registeredArguments
			.filter(({description}) => !description)
			.map((one) => `${command.name()} ${one.name()}`),
		...command.options.filter(({description, hidden}) => !(description || hidden)).map(({flags}) => flags),
		...command.commands.flatMap(told),
	];
	expect(told(commandLine('1.2.3', () => undefined, {out: () => undefined, err: () => undefined}))).toEqual([]);
});

test.each([
	[['registry', 'push', '--to', 'r.example.com/zenml'], {registry: 'r.example.com/zenml'}],
	[['registry', 'push', '--limit-rate', '5MiB'], {bandwidth: '5MiB'}],
	[['bundle', 'verify', 'b', '--jobs', '2'], {concurrency: 2}],
	[['self-check', '--key', 'release.pub'], {publicKey: 'release.pub'}],
])('%j, as it was spelled before, is still taken, and not on the help page', async (words, given) => {
	expect((await parse(...words)).given).toMatchObject(given);
	const old = words.find((word) => word.startsWith('--')) ?? '';
	expect((await stage.run(...words.slice(0, 2).filter((word) => word !== old), '--help')).out).not.toMatch(
		new RegExp(`${old}\\b`, 'u'),
	);
});

test('with --json what is wrong with the command line is JSON, too', async () => {
	for (const words of [
		['verfy', '--json'],
		['plan', '--frobnicate', '--json'],
		['backup', 'verify', '--json'],
	]) {
		const {code, out, err} = await stage.run(...words);
		expect([code, out]).toEqual([2, '']);
		const refused = JSON.parse(err) as unknown;
		expect(refused).toMatchObject({type: 'refused', problem: {code: 'command-line-invalid', area: 'usage'}});
	}
});

test.each([['verify'], ['status'], ['answers'], ['answers', 'init'], ['completion']])(
	'%s %s has a help',
	async (...words) => {
		const {code, out} = await stage.run(...words.filter((word) => word !== undefined), '--help');
		expect(code).toBe(0);
		expect(out).toContain(`Usage: zenml-airgap ${words.filter((word) => word !== undefined).join(' ')}`);
	},
);

test('the help names every command', async () => {
	const {out} = await stage.run('--help');
	for (const name of ['install', 'plan', 'verify', 'status', 'answers', 'rehearse', 'completion'])
		expect(out).toMatch(new RegExp(`^ {2}${name}\\b`, 'mu'));
});

test('the version is printed alone', async () => {
	expect(await stage.run('--version')).toEqual({code: 0, out: '0.0.0-source\n', err: ''});
});

test('help names only what a command takes, and no empty default', async () => {
	const help = async (...words: readonly string[]): Promise<string> => (await stage.run(...words, '--help')).out;
	expect(await help('install')).not.toMatch(/\(default: (\[\]|false)\)/u);
	const [status = ''] = (await help('status')).split('Examples:');
	expect(status.match(/--[a-z-]+/gu)).toEqual(['--state-dir', '--json', '--help']);
	expect(await help('answers', 'show')).not.toMatch(/--(from|until|non-interactive|plain|log-level)/u);
	expect((await help('answers', 'schema')).match(/--[a-z-]+/gu)).toEqual(['--help']);
});
