import type {Context} from '../base/context.ts';

/** Names of the variables that `env:` references in the answers point to. */
const secretVariables = (value: unknown): readonly string[] => {
	if (typeof value === 'string') return value.startsWith('env:') ? [value.slice('env:'.length)] : [];
	return value !== null && typeof value === 'object' ? Object.values(value).flatMap(secretVariables) : [];
};

/**
 * The environment for child processes (helm, plug-ins that log in), which have no business with the secrets that the operator put there.
 * @param answers whole, or as far as they are written
 */
export const childEnvironment = (environment: Context['environment'], answers: unknown): Context['environment'] => {
	const hidden = new Set(secretVariables(answers));
	return Object.fromEntries(Object.entries(environment).filter(([name]) => !hidden.has(name)));
};
