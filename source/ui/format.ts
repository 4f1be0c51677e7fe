import {rateOf} from '../engine/progress.ts';
import type {Progress} from '../engine/state.ts';

const two = (value: number): string => String(value).padStart(2, '0');

/** A span of milliseconds as `0:07`, `12:34` or `1:02:03`. */
export const duration = (ms: number): string => {
	const seconds = Math.max(0, Math.floor(ms / 1000));
	const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
	return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
};

/** Bytes as MiB with one decimal. */
export const mebibytes = (bytes: number): string => (bytes / 1_048_576).toFixed(1);

/** A moment (ms since the epoch) as local wall-clock time, `14:03:59`. */
export const clock = (at: number): string => {
	const date = new Date(at);
	return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
};

/** A moment as local date and time, `2026-11-22 14:03`. */
export const dateTime = (at: number): string => {
	const date = new Date(at);
	return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${clock(at).slice(0, 5)}`;
};

/** `1 change`, `2 changes`. */
export const count = (value: number, one: string, many = `${one}s`): string => `${value} ${value === 1 ? one : many}`;

/** `12.3/55.0 MiB  4.1 MiB/s  0:10 left`; parts that are not known are left out. */
export const amounts = (progress: Progress): string => {
	const {done, total, unit} = progress;
	const {rate, leftMs} = rateOf(progress);
	const show = unit === 'bytes' ? mebibytes : String;
	const name = unit === 'bytes' ? ' MiB' : '';
	return [
		total === undefined ? `${show(done)}${name}` : `${show(done)}/${show(total)}${name}`,
		unit === 'bytes' && rate !== undefined ? `${mebibytes(rate)} MiB/s` : '',
		leftMs === undefined ? '' : `${duration(leftMs)} left`,
	]
		.filter((part) => part !== '')
		.join('  ');
};
