const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

const parts = (large: number, largeUnit: string, small: number, smallUnit: string): string =>
	small > 0 ? `${large}${largeUnit}${small}${smallUnit}` : `${large}${largeUnit}`;

/** A time in ms, as people say it: 5s, 3m12s, 4h, 2d (apimachinery, `duration.HumanDuration`). */
export const duration = (milliseconds: number): string => {
	const seconds = Math.max(0, Math.floor(milliseconds / 1000));
	if (seconds < 2 * minute) return `${seconds}s`;
	if (seconds < 10 * minute) return parts(Math.floor(seconds / minute), 'm', seconds % minute, 's');
	if (seconds < 3 * hour) return `${Math.floor(seconds / minute)}m`;
	if (seconds < 8 * hour) return parts(Math.floor(seconds / hour), 'h', Math.floor((seconds % hour) / minute), 'm');
	if (seconds < 2 * day) return `${Math.floor(seconds / hour)}h`;
	if (seconds < 8 * day) return parts(Math.floor(seconds / day), 'd', Math.floor((seconds % day) / hour), 'h');
	return `${Math.floor(seconds / day)}d`;
};

/** How long ago that was. @param from an RFC 3339 time; anything else is `<unknown>`, as the real server says */
export const age = (from: unknown, now: Date): string => {
	const at = typeof from === 'string' ? Date.parse(from) : Number.NaN;
	return Number.isNaN(at) ? '<unknown>' : duration(now.getTime() - at);
};
