/** The secrets that were sent: a server may send them back, in its words. */
export type Secrets = {
	readonly add: (...forms: readonly string[]) => void;
	/** Takes them out of a text. */
	readonly scrub: (text: string) => string;
};

export const createSecrets = (): Secrets => {
	const known = new Set<string>();
	return {
		add: (...forms) => {
			for (const form of forms) if (form !== '') known.add(form);
		},
		scrub: (text) => [...known].reduce((clean, secret) => clean.replaceAll(secret, '***'), text),
	};
};
