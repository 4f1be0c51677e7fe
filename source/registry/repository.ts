import {type Rights, type Scope, scopeOf} from './auth/login.ts';
import type {Context} from './refuse.ts';
import type {Session} from './session.ts';

/** A repository at a registry, as one piece of work sees it. */
export type Repository = {
	/** Its path without host: `zenml/zenml-pro-api`. */
	readonly name: string;
	readonly session: Session;
	readonly context: Context;
	/** What the work needs: a token for reading alone would cost a push a request more. */
	readonly rights: Rights;
	readonly signal: AbortSignal;
};

/** What every request for a repository says. */
export const asking = ({
	name,
	context,
	rights,
	signal,
}: Repository): {readonly scopes: readonly Scope[]; readonly context: Context; readonly signal: AbortSignal} => ({
	scopes: [scopeOf(name, rights)],
	context,
	signal,
});
