import {stripVTControlCharacters} from 'node:util';
import {printable} from '../engine/printable.ts';
import type {Problem} from '../engine/problem.ts';
import {rateOf} from '../engine/progress.ts';
import type {Change, Progress} from '../engine/types.ts';

/** Bytes as people read them: `24.1 MiB`; whole numbers below 1 KiB. */
export const formatBytes = (bytes: number): string => {
	const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;
	let value = bytes;
	let unit = 0;
	// 1023.96 KiB would be shown as 1024.0 KiB.
	while (Number(value.toFixed(unit === 0 ? 0 : 1)) >= 1024 && unit < units.length - 1) {
		value /= 1024;
		unit += 1;
	}
	return `${unit === 0 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
};

/** A length of time in ms as people read it: `0.4 s`, `12 s`, `3 min 05 s`, `2 h 10 min`. */
export const formatDuration = (ms: number): string => {
	if (ms < 9950) return `${(Math.max(0, ms) / 1000).toFixed(1)} s`;
	const seconds = Math.round(ms / 1000);
	if (seconds < 60) return `${seconds} s`;
	const minutes = Math.floor(seconds / 60);
	if (minutes < 60) return `${minutes} min ${String(seconds % 60).padStart(2, '0')} s`;
	return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
};

/** One line of progress: `push api: 12.0 of 24.1 MiB, 5.2 MiB/s, 2.3 s left`. */
export const formatProgress = (progress: Progress): string => {
	const {label, done, total, unit} = progress;
	const {rate, leftMs} = rateOf(progress);
	const amount = (value: number): string => (unit === 'bytes' ? formatBytes(value) : String(value));
	return [
		`${label}: ${amount(done)}${total === undefined ? '' : ` of ${amount(total)}`}`,
		...(rate !== undefined && unit === 'bytes' ? [`${formatBytes(rate)}/s`] : []),
		...(leftMs === undefined ? [] : [`${formatDuration(leftMs)} left`]),
	].join(', ');
};

/** `create secret zenml-pro/zenml-tls (tls.crt)`. */
export const formatChange = ({action, target, detail}: Change): string =>
	`${action} ${target}${detail === undefined ? '' : ` (${detail})`}`;

/** Where it is, as a prefix of the message; nothing where the message begins with the file itself. */
const placeOf = ({location, message}: Problem): string => {
	if (!location) return '';
	const {file, line, column} = location;
	if (line === undefined && message.startsWith(file) && !/^[\w./-]/u.test(message.slice(file.length))) return '';
	return `${[file, line, column].filter((part) => part !== undefined).join(':')}: `;
};

/** Lines that somebody else wrote, maybe in colours; each keeps its mark, so that none passes for a line of ours. */
const quoted = (text: string): readonly string[] =>
	text.split(/\r?\n/u).map((line) => `  | ${printable(stripVTControlCharacters(line))}`);

/** A problem as a block of text: what, why, what to do, who, where. Names in it cannot steer a terminal, nor begin a line. */
export const formatProblem = (problem: Problem): readonly string[] => {
	const {message, cause, fix, nextSteps, evidence, who, answers, code} = problem;
	const own = (lines: readonly string[]): readonly string[] => lines.map(printable);
	return [
		...own([
			`${placeOf(problem)}${message}`,
			`  why:   ${cause}`,
			`  do:    ${fix}`,
			...nextSteps.map((step) => `         ${step}`),
			...(who === 'operator' ? [] : [`  who:   ${who === 'bug' ? 'the authors of this tool' : who}`]),
			...(answers && answers.length > 0 ? [`  answers: ${answers.join(', ')}`] : []),
		]),
		...(evidence ?? []).flatMap(quoted),
		`  code:  ${code}`,
	];
};
