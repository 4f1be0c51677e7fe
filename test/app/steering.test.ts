import {mkdir, rename, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {PassThrough, Writable} from 'node:stream';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {progressLines} from '../../source/app/commands/progress.ts';
import {createPlainLines} from '../../source/app/plain/lines.ts';
import {plainReport} from '../../source/report/plain.ts';
import {indexOf, madeBundle, rewriteIndex} from '../bundle/made.ts';
import {createStage, type Stage} from './stage.ts';

/** Sets the title of a terminal, rings, clears it, begins a line, turns letters round. */
const evil = 'a\u001b]0;x\u0007\u009b2J\nforged: whole\r\u202e';
const steers = /(?!\n)\p{Cc}|\u202e|^forged/mu;

let stage: Stage;
beforeEach(async () => {
	stage = await createStage();
});
afterEach(async () => stage.remove());

test('what bundle.json and a folder are called does not steer the terminal of bundle verify and bundle diff', async () => {
	const made = await madeBundle();
	await rewriteIndex(made, (index) => {
		index.madeBy = evil;
	});
	expect((await indexOf(made)).madeBy).toBe(evil);
	const folder = path.join(stage.folder, evil);
	await rename(made, folder);
	const verified = await stage.run('bundle', 'verify', folder);
	expect(verified.code).toBe(0);
	expect(verified.out).toContain('a\\u{1b}]0;x');
	const compared = await stage.run('bundle', 'diff', folder, folder);
	expect(compared.code).toBe(0);
	const sheet = await stage.run('bundle', 'custody', folder);
	expect(sheet.code).toBe(0);
	await writeFile(path.join(folder, 'images', evil.replaceAll('/', '')), 'x');
	const refused = await stage.run('bundle', 'verify', folder);
	expect(refused.code).toBe(5);
	for (const {out, err} of [verified, compared, sheet, refused]) {
		expect(out).not.toMatch(steers);
		expect(err).not.toMatch(steers);
	}
});

test('results as JSON are the data as they are', async () => {
	const folder = await madeBundle();
	const named = path.join(stage.folder, `é${evil}`);
	await mkdir(stage.folder, {recursive: true});
	await rename(folder, named);
	const {out} = await stage.run('bundle', 'verify', named, '--json');
	expect(JSON.parse(out)).toMatchObject({whole: true, path: named});
});

test('lines of progress and of a plain conversation and report steer no terminal', () => {
	let shown = '';
	const lines = progressLines({
		err: (text) => {
			shown += text;
		},
		clock: {now: () => 0, sleep: () => Promise.resolve()},
		stderr: {isTTY: true, columns: 200},
	});
	lines.say(evil);
	expect(shown).not.toMatch(steers);
	shown = '';
	lines.move(evil, 1, 2);
	expect(shown).toContain('forged');
	expect(shown).not.toMatch(steers);
	shown = '';
	const output = new Writable({
		write: (chunk, _encoding, done) => {
			shown += String(chunk);
			done();
		},
	});
	const talk = createPlainLines({input: new PassThrough(), output, onInterrupt: () => undefined});
	talk.say(evil.replace('\n', ' '));
	talk.close();
	plainReport(
		(text) => {
			shown += text;
		},
		{level: 'debug'},
	)({type: 'stopping', at: 0, reason: evil});
	expect(shown).toContain('Stopping');
	expect(shown).not.toMatch(steers);
});
