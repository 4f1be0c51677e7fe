// Makes the pictures in this folder from the real program: node media/make.mjs (needs tmux, and `npm start` once for the libraries; about two minutes).
// It builds into a folder of its own, runs three rehearsals at 80x24 and removes what they leave.
import {execFile, spawnSync} from 'node:child_process';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {promisify} from 'node:util';
import {findNode, root} from '../scripts/setup.mjs';
import {toSvg} from './svg.mjs';

const [columns, rows] = [80, 24];
const execute = promisify(execFile);
const node = findNode();
const {fetchHelm} = await import('../scripts/fetch-helm.mjs');
const {helm} = await fetchHelm('4.2.3');
// Inside node_modules, so that the built program finds its libraries.
const dist = path.join(root, 'node_modules', '.cache', 'zenml-airgap-media');
await execute(node, [path.join(root, 'scripts', 'build.mjs'), '--out', dist]);

const work = await mkdtemp(path.join(tmpdir(), 'zenml-airgap-media-'));
const server = ['-S', path.join(work, 'tmux'), '-f', '/dev/null'];
const tmux = async (...words) => (await execute('tmux', [...server, ...words])).stdout;
const quoted = (word) => `'${word.replaceAll("'", String.raw`'\''`)}'`;
const worlds = new Set();

/** Runs one rehearsal in a session of its own; `journey` gets the keys and eyes of an operator. */
const rehearse = async (name, options, journey) => {
	const state = path.join(work, name);
	const command = [node, path.join(dist, 'cli.js'), 'rehearse', '--state-dir', state, ...options].map(quoted).join(' ');
	const environment = `env -u NO_COLOR LANG=C.UTF-8 LC_ALL=C.UTF-8 TERM=tmux-256color ZENML_AIRGAP_HELM=${quoted(helm)}`;
	await tmux(
		...['new-session', '-d', '-s', name, '-x', String(columns), '-y', String(rows)],
		`${environment} ${command} 2>${quoted(path.join(work, `${name}.err`))}; sleep 600`,
	);
	const see = async () => tmux('capture-pane', '-p', '-t', name);
	const until = async (wanted, seconds = 90) => {
		for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(150)) {
			const screen = await see();
			for (const [world] of screen.matchAll(/\/var\/tmp\/zenml-airgap-rehearsal-[0-9a-f]{12}/gu)) worlds.add(world);
			if (wanted.test(screen)) return;
		}
		throw new Error(`${name}: ${wanted} did not show within ${seconds} s:\n${await see()}`);
	};
	const press = async (...keys) => {
		for (const key of keys) {
			await tmux('send-keys', '-t', name, key);
			await sleep(400);
		}
	};
	const shoot = async (picture, title) => {
		const capture = await tmux('capture-pane', '-e', '-p', '-t', name);
		await writeFile(path.join(root, 'media', `${picture}.svg`), toSvg(capture, {columns, rows, title}));
		process.stdout.write(`media/${picture}.svg\n`);
	};
	await until(/1 Begin/u);
	await journey({until, press, shoot});
	await tmux('kill-session', '-t', name);
};

try {
	// Between two rehearsals there is no session, and a server that ends just then would take the next one with it.
	await tmux('start-server', ';', 'set-option', '-g', 'exit-empty', 'off');
	await rehearse('install', [], async ({until, press, shoot}) => {
		await until(/Bundle \S+: 4 images|4 images/u);
		await shoot('welcome', 'Welcome page: bundle and cluster were found, nothing is changed yet');
		await press('2');
		await until(/Bundle and cluster/u);
		await press('C-n', 'C-n', 'C-n', 'C-n', 'Tab');
		await shoot('questions', 'A question with its reason, its default and an example');
		await press('C-s');
		await until(/plan: \d+ changes/u);
		await press('End', 'PageUp');
		await shoot('review', 'Review page: every answer, and every change that would be made');
		await press('Enter');
		await until(/❯. Control plane/u);
		await until(/pod zenml-pro\/zenml-pro-\S+\s*\S*\s*Running|Running/u);
		await shoot('run', 'Run page: the steps at the left, the step under way at the right, the log below');
		await until(/ZenML Pro is installed and verified/u);
		await shoot('summary', 'Summary page: what every step found or did');
	});
	await rehearse('hand-over', ['--fault', 'dns-missing'], async ({until, press, shoot}) => {
		await press('1');
		await until(/plan: \d+ changes/u);
		await press('Enter');
		await until(/DNS records for the ingress/u);
		await sleep(1500);
		await shoot('hand-over', 'Hand-over page: the DNS records for the network team, and what is still awaited');
		await until(/ZenML Pro is installed and verified/u);
	});
	await rehearse('problem', ['--fault', 'pod-crash-loop', '--pace', 'fast'], async ({until, press, shoot}) => {
		await press('1');
		await until(/plan: \d+ changes/u);
		await press('Enter');
		await until(/Try again|Retry/u);
		await sleep(1000);
		await shoot('problem', 'Problem page: what happened, why, what to do, and the choices');
	});
} finally {
	// Killing the sessions ends the programs; they save and end their worlds by themselves.
	spawnSync('tmux', [...server, 'kill-server']);
	await sleep(4000);
	for (const folder of [work, ...worlds]) await rm(folder, {recursive: true, force: true});
}
