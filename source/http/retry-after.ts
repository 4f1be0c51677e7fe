/**
 * How long a server asks to wait, ms: `Retry-After` as seconds or as a date (RFC 9110 section 10.2.3).
 * @returns undefined where it asks for nothing, or for a time that has passed
 */
export const retryAfterOf = (header: unknown, now: number): number | undefined => {
	if (typeof header !== 'string') return undefined;
	const ms = /^\d+$/u.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
	return Number.isFinite(ms) && ms >= 0 ? ms : undefined;
};
