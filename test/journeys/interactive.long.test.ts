import {expect} from 'vitest';
import {takeSeat} from './helpers/seat.ts';
import {journey, type Terminal} from './helpers/terminal.ts';

const seat = takeSeat();

const rehearse = async (...options: readonly string[]): Promise<Terminal> =>
	seat.open(({node, cli}, {state}) => [node, cli, 'rehearse', '--state-dir', state, ...options]);

const topicTitles = [
	'Bundle and cluster',
	'Registry',
	'Certificates and ingress',
	'Control plane',
	'Workspaces',
	'Database',
	'Organization',
	'Users',
	'Optional parts',
	'Network hand-over',
	'Artifact storage',
	'Backup and upgrade',
];

journey('a full install goes from the welcome page over every question to the printed summary', async () => {
	const {waitFor, meet, press, type, alternate, exitCode, frame} = await rehearse('--pace', 'fast');
	const welcome = await waitFor('Kubernetes v1.');
	expect(welcome).toContain('This is a rehearsal');
	expect(welcome).toMatch(/5 images,\s+zenml-pro/u);
	expect(await alternate()).toBe(true);
	await press('2');
	await waitFor('1/13 Bundle and cluster');

	// Forth through every topic by its last question, and back to the sixth.
	for (const [index, title] of topicTitles.entries()) {
		await waitFor(`${index + 1}/13 ${title}`);
		if (index < topicTitles.length - 1) await press('C-n');
	}
	for (const index of [10, 9, 8, 7, 6]) {
		await press('Escape');
		await waitFor(`${index + 1}/13 ${topicTitles[index]}`);
	}
	await press('C-u');
	await type('finance');
	// Another topic and back: what was typed is still there.
	await press('Escape');
	await waitFor('6/13 Database');
	await press('Escape');
	await waitFor('5/13 Workspaces');
	await press('Enter');
	await waitFor('zenml-workspace.rehearsal.internal');
	await press('Tab', 'Tab');
	await waitFor(/── Namespace /u);
	await press('Escape');
	await waitFor('+ Add one');
	await press('C-n');
	await waitFor('6/13 Database');
	await press('C-n');
	expect(await waitFor('7/13 Organization')).toContain('finance');
	await press('Enter');
	await waitFor('8/13 Users');
	await press('C-s');

	const review = await waitFor(/plan: \d+ changes/u);
	expect(review).toContain('Bundle and cluster');
	await press('End');
	expect(await waitFor('Verification')).toContain('Workload manager: not asked for');
	await press('Enter');
	await waitFor(/Installing: \d+ of \d+ steps/u);
	const done = await meet('ZenML Pro is installed and verified', 60_000);
	expect(done).toContain('https://zenml-pro.rehearsal.internal');
	await press('End');
	await waitFor('done: 2 databases, PostgreSQL');
	await press('q');
	expect(await exitCode()).toBe(0);
	expect(await alternate()).toBe(false);
	const printed = await frame(true);
	expect(printed).toContain('ZenML Pro is installed and verified');
	expect(printed).toContain('organization finance');
	expect(printed).not.toContain('Installing:');
});

const smallFrame = (text: string, columns: number): boolean =>
	text.split('\n').every((line) => [...line].length <= columns);

journey('wrong keys and windows of every size change nothing but the picture', async () => {
	const {waitFor, meet, press, type, resize, exitCode, frame} = await rehearse();
	await waitFor('Kubernetes v1.');
	await press('F5', 'x', 'Z', '9', 'IC', 'M-q', '?');
	await waitFor('any other key back');
	await press('Space');
	await waitFor('Go through all questions');
	await press('Down', 'Enter');
	await waitFor('1/13 Bundle and cluster');
	await press('C-n');
	await waitFor('2/13 Registry');
	await press('Tab');
	await type('?/zen');
	// A question mark is text while one types; Ctrl-G is the key for help then.
	await waitFor('?/zen');
	await press('C-g');
	await waitFor('any other key back');
	await press('Escape');
	await waitFor('2/13 Registry');
	await resize(59, 17);
	await waitFor('needs 60x18; this window is 59x17');
	await type('lost in a window that shows nothing');
	await resize(60, 18);
	const small = await waitFor('2/13 Registry');
	expect(small).toContain('?/zen');
	expect(small).not.toContain('lost');
	expect(smallFrame(small, 60)).toBe(true);
	await resize(200, 50);
	expect(await waitFor('Network hand-over')).toContain('2/13 Registry');
	await resize(250, 70);
	await waitFor('2/13 Registry');
	await resize(80, 24);
	await press('C-u');
	await type('zenml');
	await press('C-s');
	await waitFor(/plan: \d+ changes/u);
	await press('Enter');
	await waitFor(/Installing: [1-9]/u);
	await resize(59, 17);
	await waitFor('needs 60x18');
	await resize(200, 50);
	await waitFor(/Installing: \d+ of \d+/u);
	await resize(80, 24);
	await press('Tab', 'Tab');
	await press('/');
	await waitFor(/Search.*:/u);
	await type('MiB) whole');
	await press('Enter');
	await waitFor('/MiB) whole');
	expect(await waitFor('Log, held')).toContain('ok: 5 images');
	await press('G', '?');
	await waitFor('any other key back');
	await press('Escape');
	await waitFor(/Installing: /u);
	await press('C-c');
	await waitFor('Stop at a safe point? y/n');
	await press('x', 'y');
	await meet('Stopped after', 60_000);
	await press('q');
	expect(await exitCode()).toBe(130);
	expect(await frame()).toContain('Go on with');
});
