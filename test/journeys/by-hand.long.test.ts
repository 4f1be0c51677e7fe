import {readFile, stat} from 'node:fs/promises';
import path from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {afterAll, beforeAll, expect} from 'vitest';
import {type Rehearsal, startRehearsal} from '../../rehearsal/index.ts';
import {answersSchema} from '../../source/answers/schema.ts';
import {builtProgram, type Program} from '../helpers/built-program.ts';
import {makePlace, type Place, textsIn} from './helpers/place.ts';
import {journey, openTerminal, type Terminal} from './helpers/terminal.ts';

let program: Program;
let place: Place;
let world: Rehearsal;
let terminal: Terminal | undefined;

beforeAll(async () => {
	program = await builtProgram();
	place = await makePlace(program);
	world = await startRehearsal({
		directory: path.join(place.folder, 'world'),
		pace: 'fast',
		bundleBytes: 240_000,
		log: () => undefined,
	});
});
afterAll(async () => {
	await terminal?.close();
	await world?.stop();
	await place.remove();
});

const secretIn = async (reference: string | undefined): Promise<string> =>
	(await readFile((reference ?? '').replace('file:', ''), 'utf8')).trim();

journey(
	'without any answers everything is typed by hand, secrets stay hidden, and the install comes to its end',
	async () => {
		const given = answersSchema.parse(world.answers);
		const [registryPassword, databasePassword] = (await Promise.all(
			[given.registry.password, given.database.admin?.password].map(secretIn),
		)) as [string, string];
		terminal = await openTerminal([program.node, program.cli, 'install', '--state-dir', place.state], place);
		const {waitFor, meet, press, type, exitCode, frame, written} = terminal;

		const asked = async (): Promise<string> => /── (\S.*?) ─{3,}/u.exec(await frame())?.[1] ?? '';
		/** Goes on with Tab to the question with this label. */
		const goTo = async (label: string): Promise<void> => {
			for (let at = await asked(); at !== label; at = await asked()) {
				await press('Tab');
				// Behind a path Tab first completes it, then lists what lies there.
				for (let tries = 0; tries < 100 && (await asked()) === at; tries += 1) {
					if (tries % 25 === 24) await press('Tab');
					await sleep(30);
				}
				if ((await asked()) === at) throw new Error(`no question "${label}":\n${await frame()}`);
			}
		};
		const answer = async (label: string, text: string): Promise<void> => {
			await goTo(label);
			await press('C-e', 'C-u');
			await type(text);
		};
		const page = async (title: RegExp): Promise<string> => waitFor(title);

		await waitFor('1 Begin');
		await press('1');
		await page(/1\/\d+ Bundle and cluster/u);
		// What an expert sets stands among the advanced questions: the rehearsed site is no ordinary one.
		await press('C-a');
		await waitFor('helm program');
		await answer('Bundle', given.bundle.path);
		await answer('kubeconfig', given.kubernetes.kubeconfig ?? '');
		await press('C-n');
		await page(/2\/\d+ Registry/u);
		await answer('Registry host', given.registry.host);
		await answer('Login', given.registry.username ?? '');
		await answer('Password or token', registryPassword);
		await goTo('Speak HTTP without TLS');
		await press('1');
		await waitFor(/── Name of the pull secret/u);
		await press('C-n');
		await page(/3\/\d+ Certificates/u);
		await answer('Certificate', given.tls.certificate);
		await answer('Private key', given.tls.key);
		await answer('CA certificate', given.tls.ca);
		await answer('HTTPS port', String(given.ingress.httpsPort));
		await press('C-n');
		await page(/4\/\d+ Control plane/u);
		await answer('Host name', given.controlPlane.host);
		await press('C-n');
		await page(/5\/\d+ Workspaces/u);
		if (!(await frame()).includes('1 default')) {
			await press('+');
			await waitFor(/── Workspace name/u);
			await answer('Workspace name', 'default');
		} else {
			await press('1');
			await waitFor(/── Workspace name/u);
		}
		const workspaceHost = given.workspaces[0]?.host ?? '';
		await answer('Host name', workspaceHost);
		await press('Escape');
		await waitFor('1 default');
		await press('C-n');
		await page(/6\/\d+ Database/u);
		await answer('Database server', given.database.host ?? '');
		await answer('Port', String(given.database.port));
		await goTo('Create databases here');
		await press('1');
		await waitFor(/── Database admin login/u);
		await answer('Database admin login', given.database.admin?.username ?? '');
		await answer('Database admin password', databasePassword);
		await press('C-n');
		await page(/7\/\d+ Organization/u);
		for (const title of [/8\/\d+ Users/u, /9\/\d+ Optional/u, /10\/\d+ Network/u]) {
			await press('C-n');
			await page(title);
		}
		await answer('Name server', given.network.nameServer ?? '');
		await answer('Trusted CA file', given.network.trustStore ?? '');
		await press('C-s');

		await waitFor(/plan: \d+ changes/u);
		await press('3');
		await waitFor('saved:');
		const file = path.join(place.work, 'zenml-airgap-answers.yaml');
		expect((await stat(file)).mode & 0o777).toBe(0o600);
		const saved = await readFile(file, 'utf8');
		expect(saved).toContain('password: env:ZENML_AIRGAP_REGISTRY_PASSWORD');
		expect(saved).toContain('password: env:ZENML_AIRGAP_DATABASE_ADMIN_PASSWORD');
		await press('1');
		await meet('ZenML Pro is installed and verified', 90_000);
		await press('q');
		expect(await exitCode()).toBe(0);
		expect(await frame(true)).toContain('ZenML Pro is installed and verified');

		const files = new Map([
			...(await textsIn(place.state)),
			...(await textsIn(place.work)),
			['terminal', await written()],
		]);
		expect(files.size).toBeGreaterThan(3);
		for (const [name, text] of files) {
			expect(text.includes(registryPassword), `${name} holds the password of the registry`).toBe(false);
			expect(text.includes(databasePassword), `${name} holds the password of the database`).toBe(false);
		}
	},
);
