import {createRedactor} from '../base/redact.ts';

/** Keys whose text is a secret; `secretName`, `imagePullSecrets` and `secretsStore.type` only sound like one. */
const secretText =
	/(password|passwd|secret|token|credentials?|(encryption|secret|enrollment|private|api|access)_?key)$/iu;
/** Keys below which every text is a secret. */
const secretTree = /^secretEnvironment$/u;
const inUrl = /^[a-z][a-z0-9+.-]*:\/\/[^:/?#@\s]*:([^@\s]+)@/iu;

const decode = (text: string): string => {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
};

const collect = (value: unknown, secret: boolean, found: string[]): void => {
	if (typeof value === 'string') {
		const password = inUrl.exec(value)?.[1];
		if (password !== undefined) found.push(password, decode(password), value);
		if (secret && value.length > 0) found.push(value);
	} else if (Array.isArray(value)) {
		for (const item of value) collect(item, secret, found);
	} else if (value !== null && typeof value === 'object') {
		for (const [key, inner] of Object.entries(value)) {
			const isText = typeof inner === 'string' || Array.isArray(inner);
			collect(inner, secret || secretTree.test(key) || (isText && secretText.test(key)), found);
		}
	}
};

/**
 * A function that masks, in Helm's output, the secrets of the values given to it: texts under keys that name a secret
 * and passwords inside URLs. Helm and the API server quote values back in some error messages.
 */
export const maskerOf = (values: unknown): ((text: string) => string) => {
	const found: string[] = [];
	collect(values, false, found);
	const redactor = createRedactor();
	for (const secret of found) redactor.register(secret);
	return redactor.redact;
};
