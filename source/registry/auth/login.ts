/** What an operator gave to log in. */
export type Login = {
	readonly username?: string | undefined;
	/** Asked for when it is needed, never earlier. */
	readonly password?: (() => Promise<string>) | undefined;
	/** A refresh token (OAuth2) in place of user name and password, as `docker login` keeps it; it goes to the token server alone. */
	readonly identityToken?: (() => Promise<string>) | undefined;
};

/** `repository:<name>:<actions>` of the distribution token specification. */
export type Scope = string;

/** What may be done with a repository. */
export type Rights = 'pull' | 'pull,push';

export const scopeOf = (repository: string, rights: Rights): Scope => `repository:${repository}:${rights}`;
