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

/** A moment (ms since the epoch) as people read it: `2026-11-29 19:06 UTC`, or with `:SS`; the same for everybody who reads it. */
export const formatMoment = (at: number, to: 'minutes' | 'seconds' = 'minutes'): string =>
	`${new Date(at)
		.toISOString()
		.slice(0, to === 'minutes' ? 16 : 19)
		.replace('T', ' ')} UTC`;

/** The sizes of all of them together; bytes, where the sizes are bytes. */
export const totalSize = (items: Iterable<{readonly size: number}>): number =>
	[...items].reduce((sum, {size}) => sum + size, 0);
