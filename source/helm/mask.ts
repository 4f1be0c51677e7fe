import {createRedactor} from '../base/redact.ts';
import {isMap} from '../base/text.ts';

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

/** What is secret in one text: the password in a URL, as it is written and as it is meant, or all of it. */
const secretsIn = (text: string, secret: boolean): readonly string[] => {
	const password = inUrl.exec(text)?.[1];
	return [
		...(password === undefined ? [] : [password, decode(password), text]),
		...(secret && text !== '' ? [text] : []),
	];
};

const isSecretKey = (key: string, value: unknown): boolean =>
	secretTree.test(key) || (!isMap(value) && secretText.test(key));

/** Every secret in the values; `secret` below a key that makes all texts secret. */
const secretsOf = (value: unknown, secret: boolean): readonly string[] => {
	if (typeof value === 'string') return secretsIn(value, secret);
	if (Array.isArray(value)) return value.flatMap((item) => secretsOf(item, secret));
	if (!isMap(value)) return [];
	return Object.entries(value).flatMap(([key, inner]) => secretsOf(inner, secret || isSecretKey(key, inner)));
};

/**
 * A function that masks, in Helm's output, the secrets of the values given to it: texts under keys that name a secret
 * and passwords inside URLs. Helm and the API server quote values back in some error messages.
 */
export const maskerOf = (values: unknown): ((text: string) => string) => {
	const redactor = createRedactor();
	for (const secret of secretsOf(values, false)) redactor.register(secret);
	return redactor.redact;
};
