import {rm} from 'node:fs/promises';
import path from 'node:path';
import {type Figure, median, spread} from './figures.ts';
import {runProgram, type Setting} from './setting.ts';

const runs = 3;

/** The folder of the rehearsed world, which lies outside the state folder when root rehearses. */
const worldOf = (stderr: string): string | undefined => /^rehearsal: Rehearsal in (.+)$/mu.exec(stderr)?.[1];

/** A complete rehearsal, from the start of its process to its end: world, install, verification, end of the world. */
export const rehearsal = async (setting: Setting): Promise<readonly Figure[]> => {
	const state = path.join(setting.folder, 'rehearsal');
	const words = ['rehearse', '--non-interactive', '--pace', 'fast', '--state-dir', state];
	const fresh: number[] = [];
	const again: number[] = [];
	let world: string | undefined;
	try {
		for (let run = 0; run < runs; run += 1) {
			const {stderr, wallMs} = await runProgram(setting, [...words, '--fresh'], 180_000);
			world = worldOf(stderr);
			fresh.push(wallMs / 1000);
		}
		for (let run = 0; run < runs; run += 1) again.push((await runProgram(setting, words, 180_000)).wallMs / 1000);
	} finally {
		if (world !== undefined) await rm(world, {recursive: true, force: true});
	}
	return [
		{name: 'Complete rehearsal', value: median(fresh), limit: 60, unit: 's', note: `median of ${spread(fresh, 's')}`},
		{
			name: 'The same once more, with the start of its world',
			value: median(again),
			unit: 's',
			note: `median of ${spread(again, 's')}`,
		},
	];
};
