// The program in a terminal of tmux: keys, eyes, and a record of what was seen.
import {execFile, spawnSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import path from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {promisify} from 'node:util';

const execute = promisify(execFile);
const quoted = (word) => `'${word.replaceAll("'", String.raw`'\''`)}'`;

/** How often a page is looked at that changes by itself, ms. */
const lookMs = 1200;
/** How long a page needs after a key, ms. */
const keyMs = 400;
/** How long a program may take to end its world, ms. */
const leaveMs = 60_000;
/** How long programs have to save when their terminal is gone, ms. */
const saveMs = 4000;

/** What is seen of one program: captures in order, each with why it was taken. */
const openEyes = (capture) => {
	const frames = [];
	const see = async (why, title) => {
		const frame = {why, title, capture: await capture()};
		if (why !== 'shown' && frames.at(-1)?.capture === frame.capture) return;
		frames.push(frame);
	};
	return {frames, see};
};

/**
 * Waits for words on the screen, and looks at what passes meanwhile.
 * @throws Error after the time-out, and where the program ends before
 */
const waitFor = async ({text, see, hasEnded}, wanted, seconds = 180) => {
	let looked = Date.now();
	for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(150)) {
		const screen = await text();
		if (wanted.test(screen)) return;
		if (hasEnded()) throw new Error(`It ended before ${wanted} showed:\n${screen}`);
		if (Date.now() - looked < lookMs) continue;
		looked = Date.now();
		await see('passing');
	}
	throw new Error(`${wanted} did not show within ${seconds} s:\n${await text()}`);
};

/** Keys and eyes of the operator of one program. */
const operatorOf = (tmux, name, ended) => {
	const {frames, see} = openEyes(() => tmux('capture-pane', '-e', '-p', '-t', name));
	const text = async () => tmux('capture-pane', '-p', '-t', name);
	const hasEnded = () => existsSync(ended);
	const press = async (...keys) => {
		for (const key of keys) {
			await tmux('send-keys', '-t', name, key);
			await sleep(keyMs);
			await see('key');
		}
	};
	/** Presses keys that end the program, and waits until it has. */
	const leave = async (...keys) => {
		for (const key of keys) {
			await tmux('send-keys', '-t', name, key);
			await sleep(keyMs);
		}
		for (const end = Date.now() + leaveMs; !hasEnded(); await sleep(200))
			if (Date.now() > end) throw new Error(`It did not end:\n${await text()}`);
	};
	const until = async (wanted, seconds) => waitFor({text, see, hasEnded}, wanted, seconds);
	const show = async (title) => see('shown', title);
	return {frames, until, press, leave, show};
};

/**
 * A terminal that programs are started in, one after the other.
 * @param {{folder: string, columns: number, rows: number, environment: Record<string, string>}} options an own folder; size in cells; all
 * that programs know of their surroundings
 */
export const openTerminal = ({folder, columns, rows, environment}) => {
	const server = ['-S', path.join(folder, 'tmux'), '-f', '/dev/null'];
	const tmux = async (...words) => (await execute('tmux', [...server, ...words])).stdout;
	const settings = Object.entries(environment).map(([name, value]) => `${name}=${value}`);

	/** Starts a program; hands back its operator. */
	const start = async (name, command) => {
		const ended = path.join(folder, `${name}.ended`);
		const line = ['env', '-i', ...settings, ...command].map(quoted).join(' ');
		await tmux(
			...['new-session', '-d', '-s', name, '-x', String(columns), '-y', String(rows)],
			`${line} 2>${quoted(path.join(folder, `${name}.err`))}; touch ${quoted(ended)}; sleep 600`,
		);
		return operatorOf(tmux, name, ended);
	};

	/** Ends what still runs: programs hear that their terminal is gone, save, and end their worlds by themselves. */
	const close = async () => {
		spawnSync('tmux', [...server, 'kill-server']);
		await sleep(saveMs);
	};
	// Between two programs there is no session, and a server that ends just then would take the next one with it.
	const open = async () => tmux('start-server', ';', 'set-option', '-g', 'exit-empty', 'off');
	return {open, start, close};
};
