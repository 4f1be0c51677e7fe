import {createRedactor} from '../../base/redact.ts';

/** The secrets that were sent: a server may send them back, in its words, whole or cut, as they are or encoded. */
export type Secrets = {
	readonly add: (...forms: readonly string[]) => void;
	/** Takes them out of a text. */
	readonly scrub: (text: string) => string;
};

export const createSecrets = (): Secrets => {
	const redactor = createRedactor();
	return {
		add: (...forms) => {
			for (const form of forms) redactor.register(form);
		},
		scrub: redactor.redact,
	};
};
