import path from 'node:path';
import {type Figure, median, spread} from './figures.ts';
import type {Setting} from './setting.ts';
import {openTerminal, plain} from './terminal.ts';

const runs = 9;

/** The last words of the first page: the frame is complete when they are drawn. */
const lastWords = /Ctrl-C quit/u;

const once = async (setting: Setting, environment: NodeJS.ProcessEnv): Promise<number> => {
	const terminal = await openTerminal(
		[...setting.program, 'install', '--state-dir', path.join(setting.folder, 'first-frame')],
		{environment, folder: setting.folder},
	);
	const at = await terminal.until((drawn) => lastWords.test(plain(drawn)), 'the first frame');
	terminal.forget();
	terminal.write('\u0003');
	await terminal.until((drawn) => drawn !== '', 'the question whether to quit');
	terminal.write('y');
	await terminal.end();
	return at - terminal.startedAt;
};

const several = async (setting: Setting, environment: NodeJS.ProcessEnv): Promise<readonly number[]> => {
	const times: number[] = [];
	for (let run = 0; run < runs; run += 1) times.push(await once(setting, environment));
	return times;
};

/** From the start of the process to the first complete frame of `install` in a terminal, with no answers. */
export const firstFrame = async (setting: Setting): Promise<readonly Figure[]> => {
	const cached = {...setting.environment, NODE_COMPILE_CACHE: path.join(setting.folder, 'compile-cache')};
	// The first start fills the compile cache; what it costs is measured with the cache turned off.
	await once(setting, cached);
	const warm = await several(setting, cached);
	const cold = await several(setting, {...setting.environment, NODE_DISABLE_COMPILE_CACHE: '1'});
	return [
		{name: 'First frame', value: median(warm), limit: 300, unit: 'ms', note: `median of ${spread(warm, 'ms')}`},
		{
			name: 'First frame, without compile cache',
			value: median(cold),
			limit: 300,
			unit: 'ms',
			note: `median of ${spread(cold, 'ms')}`,
		},
	];
};
