import {execFileSync} from 'node:child_process';
import {afterEach, expect, test} from 'vitest';
import {problem} from '../../source/base/problem.ts';
import {ancestorsOf} from '../../source/base/programs/ancestors.ts';
import {copySequence, multiplexerOf} from '../../source/ui/terminal/clipboard.ts';
import {isCommand, wrapCommands} from '../../source/ui/terminal/command.ts';
import {fullDraft} from './helpers/answers.ts';
import {fakeSession, started, type Untimed} from './helpers/fake-session.ts';
import {keys, type OpenApp, openApp, settle} from './helpers/screen.tsx';

let app: OpenApp;
afterEach(() => app?.close());

const long = `kubectl --kubeconfig /home/operator/.kube/config --context production -n zenml-pro get secret zenml-airgap-generated -o jsonpath='{.data.controlPlane\\.admin\\.password}' | base64 -d`;

const broken: Untimed = {
	type: 'step-problem',
	step: 'images',
	choices: ['retry', 'quit'],
	problem: problem({
		code: 'time-out',
		area: 'registry',
		message: 'It took too long.',
		cause: 'c',
		fix: 'f',
		nextSteps: [long, 'Ask somebody.', 'curl -v https://registry.corp.example'],
	}),
};

const inRun = async (size: readonly [number, number] = [80, 24]) => {
	const fake = fakeSession({
		draft: fullDraft,
		given: ['registry.host'],
		plan: async () => ({title: '', steps: []}),
		start: async () => {},
		decide: () => {},
		saveCopy: async () => '/state/copied.txt',
		summary: () => ({
			urls: [{label: 'Dashboard', url: 'https://zenml.corp'}],
			next: [long],
			files: ['/state/report.txt'],
		}),
	});
	app = await openApp(fake.session, ...size);
	await app.press(keys.enter, keys.enter);
	fake.emit(started, {type: 'step-started', step: 'images', stale: false});
	return fake;
};

test.each([
	[80, 24],
	[60, 18],
	[200, 50],
] as const)(
	'at %ix%i y lists the commands of a problem, copies one whole and says what is known of it',
	async (...size) => {
		const fake = await inRun(size);
		fake.emit(broken);
		await app.press('y');
		expect(app.frame()).toContain('What is to be copied?');
		expect(app.frame()).toContain('2 curl -v https://registry.corp.example');
		expect(app.frame()).toContain('3 This whole page');
		await app.press(keys.enter);
		expect(app.copied).toEqual([long]);
		expect(fake.calls.at(-1)).toEqual(['saveCopy', long]);
		expect(app.frame().replaceAll(/\s+/gu, ' ')).toContain(
			'Copied to the clipboard of your terminal, if it allows it; also in /state/copied.txt',
		);
		await app.press('y', '2', 'y', keys.end, 'y', 'y');
		expect(app.copied[1]).toBe('curl -v https://registry.corp.example');
	},
);

test('commands that begin alike are told apart by their ends', async () => {
	const fake = await inRun();
	const commands = ['describe pod zenml-0', 'logs zenml-0 --previous'].map((end) => long.replace(/get .*/u, end));
	fake.emit({...broken, problem: problem({...broken.problem, nextSteps: commands})});
	await app.press('y');
	expect(app.frame()).toContain('describe pod zenml-0\n');
	expect(app.frame()).toContain('logs zenml-0 --previous\n');
});

test('the whole page is copied as it would stand in a window of any width', async () => {
	const fake = await inRun([60, 18]);
	fake.emit(broken);
	await app.press('y', '3');
	expect(app.copied[0]).toContain(`${long}\n`);
	expect(app.copied[0]).toContain('It took too long.');
	await app.press('y', keys.escape, 'q', 'n');
	expect(app.copied).toHaveLength(1);
	expect(fake.calls.map(([name]) => name)).not.toContain('decide');
});

test('addresses, commands and files are copied from the last page, and y is a yes where one is asked for', async () => {
	const fake = await inRun();
	fake.emit({type: 'run-finished', outcome: 'done', exitCode: 0});
	await settle();
	await app.press('y', '1', 'y', '2', 'y', '3');
	expect(app.copied).toEqual(['https://zenml.corp', long, '/state/report.txt']);
	expect(app.results).toEqual([]);
});

test('a command is broken so that a shell reads the same words from it', () => {
	const words = (text: string) => execFileSync('sh', ['-c', `set -- ${text}\nprintf '%s\\n' "$@"`], {encoding: 'utf8'});
	const command = `kubectl -n zenml-pro get secret 'a name with many spaces in it that is long' --output "and one more"`;
	for (const width of [50, 60, 70]) {
		const lines = wrapCommands(command, width);
		expect(lines.length).toBeGreaterThan(1);
		expect(words(lines.join('\n'))).toBe(words(command));
	}
	expect(wrapCommands(command, 200)).toEqual([command]);
	expect(isCommand('kubectl get pods')).toBe(true);
	expect(isCommand('kubectl')).toBe(false);
	expect(isCommand('Ask for kubectl get pods')).toBe(false);
});

test('a command that does not fit is shown with a backslash at each break', async () => {
	const fake = await inRun();
	fake.emit({type: 'run-finished', outcome: 'done', exitCode: 0});
	await settle();
	const rows = app.frame().split('\n');
	const at = rows.findIndex((one) => one.includes('kubectl --kubeconfig'));
	const shown = rows.slice(at, at + 4).map((one) => one.trim().replace(/^1\. /u, ''));
	expect(shown[0]).toMatch(/ \\$/u);
	expect(shown.join(' ').replaceAll(' \\ ', ' ')).toContain(long);
});

const [esc, bell] = ['\u001B', '\u0007'];

/** What stands between two texts of a sequence. */
const between = (bytes: string, from: string, to: string): string => {
	const begin = bytes.indexOf(from) + from.length;
	return bytes.slice(begin, bytes.indexOf(to, begin));
};

const payload = (bytes: string): string => Buffer.from(between(bytes, '52;c;', bell), 'base64').toString();

test('the sequence for the clipboard holds the exact text, also through tmux and screen', () => {
	const text = 'SELECT 1;\nCREATE ROLE "zenml" – ünï\n'.repeat(100);
	expect(payload(copySequence(text, undefined))).toBe(text);
	const inTmux = copySequence(text, 'tmux');
	expect(payload(inTmux)).toBe(text);
	const passed = between(inTmux, `${esc}Ptmux;`, `${bell}${esc}\\`).replaceAll(esc.repeat(2), esc);
	expect(payload(`${passed}${bell}`)).toBe(text);
	const inScreen = copySequence(text, 'screen');
	const parts = inScreen.split(`${esc}\\`).filter((part) => part !== '');
	expect(parts.every((part) => part.startsWith(`${esc}P`) && part.length < 768)).toBe(true);
	expect(payload(parts.map((part) => part.slice(2)).join(''))).toBe(text);
	const inBoth = copySequence(text, 'tmux in screen');
	expect(inBoth.startsWith(copySequence(text, undefined))).toBe(true);
	const toScreen = inBoth.slice(inBoth.indexOf(`${esc}Ptmux;`) + 7, -2).replaceAll(esc.repeat(2), esc);
	expect(toScreen).toBe(inScreen);
});

test('what stands between is told by the environment', () => {
	expect(multiplexerOf({TMUX: '/tmp/x,1,0', TERM: 'screen-256color'})).toBe('tmux');
	expect(multiplexerOf({STY: '1.pts', TERM: 'xterm'})).toBe('screen');
	expect(multiplexerOf({TERM: 'screen'})).toBe('screen');
	expect(multiplexerOf({TERM: 'xterm-256color'})).toBeUndefined();
});

const [tmuxServer, screenServer] = [4711, 815];
const inBoth = {TMUX: `/tmp/tmux, of mine,${tmuxServer},0`, STY: `${screenServer}.pts-0.jump`};

test.each([
	['screen', 'screen', [90, screenServer, 80, tmuxServer, 1]],
	['screen-256color', 'screen', [screenServer]],
	['screen', 'tmux in screen', [90, tmuxServer, 1]],
	['tmux-256color', 'tmux in screen', [90, tmuxServer, 80, screenServer, 1]],
	['screen.xterm-256color', 'screen', [90, 1]],
	['tmux-256color', 'tmux in screen', [90, 1]],
	['screen', 'screen', []],
] as const)('of tmux and screen at once the inner one counts: %s is %s', (TERM, inner, ancestors) => {
	expect(multiplexerOf({...inBoth, TERM}, () => ancestors)).toBe(inner);
});

test('what started this program is found, and nothing for a process that is gone', () => {
	expect(ancestorsOf()[0]).toBe(process.ppid);
	expect(ancestorsOf(process.ppid)).toEqual(ancestorsOf().slice(1));
	expect(ancestorsOf(2 ** 30)).toEqual([]);
	expect(multiplexerOf({...inBoth, TMUX: `/s,${process.ppid},0`, TERM: 'screen'})).toBe('tmux in screen');
});
