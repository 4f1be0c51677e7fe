import type {Context} from './context.ts';

/** Variables by which somebody turned off the check of certificates for every program started from a shell (nodejs.org, CLI). */
const switches: readonly (readonly [name: string, off: string])[] = [['NODE_TLS_REJECT_UNAUTHORIZED', '0']];

/**
 * The context without what turns off the check of certificates from outside: neither this program nor those it starts send a login
 * to a server that nobody vouches for. What was left out is told.
 */
export const checkedContext = (context: Context): Context => {
	const off = switches.filter(([name, value]) => context.environment[name] === value);
	if (off.length === 0) return context;
	for (const [name, value] of off)
		context.err(
			`${name}=${value} would turn off the check of certificates; it does not count here. Name your CA in the answers instead.\n`,
		);
	const names = new Set(off.map(([name]) => name));
	const kept = Object.entries(context.environment).filter(([name]) => !names.has(name));
	return {...context, environment: Object.fromEntries(kept)};
};
