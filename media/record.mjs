// One rehearsal with its fault and its hand-over, and the plan of an upgrade in the same world; what is seen of them.
import {execFile} from 'node:child_process';
import {copyFile, mkdir, mkdtemp, rm} from 'node:fs/promises';
import {homedir, hostname, tmpdir} from 'node:os';
import path from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {promisify} from 'node:util';
import {fetchHelm} from '../scripts/fetch-helm.mjs';
import {findNode, root} from '../scripts/setup.mjs';
import {openTerminal} from './terminal.mjs';

const execute = promisify(execFile);

export const [columns, rows] = [80, 24];

/** The home of the operator in the pictures: it says nothing of this machine. */
const home = '/var/tmp/zenml-airgap';

const install = async ({until, press, leave, show}) => {
	await until(/❯ 1 Begin/u);
	await until(/Bundle \S+: \d+ images/u);
	await show('welcome');
	await press('2');
	await until(/Bundle and cluster/u);
	await press('C-n', 'C-n', 'C-n', 'Tab');
	await show('questions');
	await press('C-s');
	await until(/plan: \d+ changes/u);
	await press('End', 'PageUp');
	await show('review');
	await press('End', 'Enter');
	await until(/❯. Control plane/u);
	await until(/Running/u);
	await show('run');
	await until(/DNS records for the ingress/u);
	await sleep(1500);
	await show('hand-over');
	await until(/1 Retry/u);
	await sleep(1000);
	await show('problem');
	await press('r');
	await until(/ZenML Pro is installed and verified/u);
	await sleep(1000);
	await show('summary');
	await leave('q');
};

const upgrade = async ({until, press, leave, show}) => {
	await until(/❯ 1 /u);
	await press('1');
	await until(/plan: \d+ changes/u);
	// The button in focus is the one that reads on, as long as the plan was not on the screen.
	await press('Enter');
	await until(/What changes/u);
	await press('PageDown');
	await show('upgrade-page');
	await press('Escape', 'End', 'PageUp');
	await show('upgrade');
	await leave('C-c', 'C-c');
};

/** What a page says, without colours. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what is looked for
const wordsOf = ({capture}) => capture.replaceAll(/\u001B\[[\d;]*m/gu, '');

/** Refuses what would show this machine: its folders, also over the end of a line, and its name as a word. @throws Error */
const refuseOwn = (frames, folders) => {
	for (const text of frames.map(wordsOf)) {
		const joined = text.replaceAll(/\s+/gu, '');
		const shown = folders.find((folder) => folder !== '/' && joined.includes(folder));
		const named = hostname() !== 'localhost' && text.split(/[^\w.-]+/u).includes(hostname());
		if (named || shown !== undefined) throw new Error(`A picture would show ${shown ?? hostname()}:\n${text}`);
	}
};

/** What lets a program see another name of this host, where this user may do that. */
const underOtherName = async () => {
	const asked = await execute('unshare', ['--uts', 'true']).catch(() => undefined);
	return asked === undefined ? [] : ['unshare', '--uts', 'sh', '-c', 'hostname jump-host && exec "$@"', 'sh'];
};

const worldsOf = (frames) =>
	new Set(frames.flatMap(({capture}) => capture.match(/\/var\/tmp\/zenml-airgap-rehearsal-[\da-f]{12}/gu) ?? []));

/** Inside node_modules, so that the built program finds its libraries. */
const buildProgram = async (node) => {
	const dist = path.join(root, 'node_modules', '.cache', 'zenml-airgap-media');
	await execute(node, [path.join(root, 'scripts', 'build.mjs'), '--out', dist]);
	return path.join(dist, 'cli.js');
};

/**
 * Goes through it all at 80x24.
 * @returns frames of the install and of the upgrade: `{why, title, capture}`, why being `shown` for pictures, `key` or `passing`
 * @throws Error where a page does not come, or shows this machine
 */
export const record = async () => {
	const node = findNode();
	const cache = process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache');
	const rehearse = [...(await underOtherName()), node, await buildProgram(node), 'rehearse'];
	// A second one at the same time would share the world.
	await mkdir(home, {mode: 0o711}).catch((error) => {
		if (error.code !== 'EEXIST') throw error;
		throw new Error(`${home} is there: another recording is under way, or was killed. In the second case remove it.`);
	});
	const folder = await mkdtemp(path.join(tmpdir(), 'zenml-airgap-media-'));
	const environment = {
		...{HOME: home, USER: 'operator', LOGNAME: 'operator', PATH: process.env.PATH, TZ: 'UTC'},
		...{LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8', TERM: 'tmux-256color', COLORTERM: ''},
		...{XDG_CACHE_HOME: cache, ZENML_AIRGAP_HELM: path.join(home, 'helm')},
	};
	const terminal = openTerminal({folder, columns, rows, environment});
	const seen = [];
	try {
		// The review page names the helm program: it lies in that home, too.
		await copyFile((await fetchHelm('4.2.3')).helm, environment.ZENML_AIRGAP_HELM);
		await terminal.open();
		const options = ['--state-dir', path.join(home, 'state'), '--mysql', 'unpacked'];
		for (const [name, words, journey] of [
			['install', ['--sample', 'older', '--fault', 'pod-crash-loop', ...options], install],
			['upgrade', ['upgrade', ...options], upgrade],
		]) {
			const operator = await terminal.start(name, [...rehearse, ...words]);
			seen.push({name, frames: operator.frames});
			await journey(operator);
		}
	} finally {
		await terminal.close();
		const worlds = worldsOf(seen.flatMap(({frames}) => frames));
		for (const own of [folder, home, ...worlds]) await rm(own, {recursive: true, force: true});
	}
	for (const {name, frames} of seen) {
		const drawn = frames.filter(({why}) => name === 'install' || why === 'shown');
		refuseOwn(drawn, [folder, cache, root, homedir()]);
	}
	return Object.fromEntries(seen.map(({name, frames}) => [name, frames]));
};
