// Makes the pictures in this folder from the real program: node media/make.mjs [CAPTURES]. Needs tmux, apt-get (or MySQL unpacked
// earlier) and `npm start` once for the libraries; some three minutes. It builds into a folder of its own and removes what it leaves.
// With a file named, what was seen is kept there; where that file is there already, pictures are drawn from it, after a change of the
// drawing alone.
import {existsSync} from 'node:fs';
import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {root} from '../scripts/setup.mjs';
import {columns, record, rows} from './record.mjs';
import {toMovingSvg, toSvg} from './svg.mjs';

const titles = {
	welcome: 'Welcome page: bundle and cluster were found, nothing is changed yet',
	questions: 'A question with its reason and its default',
	review: 'Review page: every answer, and every change that would be made',
	run: 'Run page: the steps at the left, the step under way at the right, the log below',
	'hand-over': 'Hand-over page: the DNS records for the network team, and what is still awaited',
	problem: 'Problem page: what happened, why, what to do, and the choices',
	summary: 'Summary page: what every step found or did',
	upgrade: 'Plan of an upgrade: what is pushed, which releases are updated, what is checked in between',
	'upgrade-page': 'What an upgrade changes: images to push, databases, what restarts, how to get back',
};

/** Seconds of the recording: what is shown, what a key does, and all the rest together, which takes minutes. */
const seconds = {shown: 0.9, key: 0.2, passing: 3, last: 2};
const largest = 400_000;

const timed = (frames) => {
	const passing = frames.filter(({why}) => why === 'passing').length;
	return frames.map(({why, capture}, index) => {
		if (index === frames.length - 1) return {capture, seconds: seconds.last};
		return {capture, seconds: why === 'passing' ? seconds.passing / passing : seconds[why]};
	});
};

const save = async (name, picture) => {
	if (picture.length > largest) throw new Error(`${name}.svg has ${picture.length} bytes; ${largest} are the most`);
	await writeFile(path.join(root, 'media', `${name}.svg`), picture);
	process.stdout.write(`media/${name}.svg\n`);
};

const seen = async (file) => {
	if (file !== undefined && existsSync(file)) return JSON.parse(await readFile(file, 'utf8'));
	const recorded = await record();
	if (file !== undefined) await writeFile(file, JSON.stringify(recorded));
	return recorded;
};

const {install, upgrade} = await seen(process.argv[2]);
for (const {why, title, capture} of [...install, ...upgrade])
	if (why === 'shown') await save(title, toSvg(capture, {columns, rows, title: titles[title]}));
const story = 'A rehearsal: questions, plan, run, DNS records that are awaited, a pod that crashes, retry, done';
await save('recording', toMovingSvg(timed(install), {columns, rows, title: story}));
