import {formatBytes} from '../../base/units.ts';
import {rateOf} from '../../engine/progress.ts';
import type {Progress} from '../../engine/state.ts';

const two = (value: number): string => String(value).padStart(2, '0');

/**
 * A time that runs, in milliseconds, as a watch shows it: `0:07`, `12:34`, `1:02:03`. It is drawn again each second, in columns:
 * `formatDuration` of the ground floor would change its shape and its unit from one second to the next.
 */
export const watch = (ms: number): string => {
	const seconds = Math.max(0, Math.floor(ms / 1000));
	const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
	return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
};

/** How old something is, in milliseconds, in its largest unit: `8s`, `12m`, `3h`, `4d`. */
export const age = (ms: number): string => {
	const seconds = Math.max(0, Math.floor(ms / 1000));
	if (seconds < 60) return `${seconds}s`;
	if (seconds < 3600) return `${Math.floor(seconds / 60)}m`;
	return seconds < 86_400 ? `${Math.floor(seconds / 3600)}h` : `${Math.floor(seconds / 86_400)}d`;
};

/** A moment (ms since the epoch) as local wall-clock time, `14:03:59`. */
export const clock = (at: number): string => {
	const date = new Date(at);
	return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
};

/** `12.3/55.0 MiB`; each with its own unit where they differ. */
const share = (done: string, total: string): string => {
	const [amount, unit] = done.split(' ');
	return unit !== undefined && total.endsWith(` ${unit}`) ? `${amount}/${total}` : `${done}/${total}`;
};

/** How much of how much: `12.3/55.0 MiB`, `3/14`; without a total, how much. */
export const amount = ({done, total, unit}: Pick<Progress, 'done' | 'total' | 'unit'>): string => {
	const show = unit === 'bytes' ? formatBytes : String;
	return total === undefined ? show(done) : share(show(done), show(total));
};

/** `12.3/55.0 MiB  4.1 MiB/s  0:10 left`; parts that are not known are left out. */
export const amounts = (progress: Progress): string => {
	const {unit} = progress;
	const {rate, leftMs} = rateOf(progress);
	return [
		amount(progress),
		unit === 'bytes' && rate !== undefined ? `${formatBytes(rate)}/s` : '',
		leftMs === undefined ? '' : `${watch(leftMs)} left`,
	]
		.filter((part) => part !== '')
		.join('  ');
};
