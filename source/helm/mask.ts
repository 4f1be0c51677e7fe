import {createRedactor} from '../engine/redact.ts';

const secretName =
	/password|passwd|secret|token|credential|encryptionkey|enrollmentkey|privatekey|apikey|certificate$/iu;
const reference = /ref$|refs$/iu;
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
			collect(inner, !reference.test(key) && (secret || secretName.test(key)), found);
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
