import {createRedactor} from '../base/redact.ts';
import {isMap} from '../base/text.ts';

/** Keys whose text is a secret; `secretName`, `imagePullSecrets` and `secretsStore.type` only sound like one. */
const secretText =
	/(password|passwd|secret|token|credentials?|(encryption|secret|enrollment|private|api|access)_?key)$/iu;
/** Keys below which every text is a secret. */
const secretTree = /^secretEnvironment$/u;
const privateKey = /-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----/u;
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
		...((secret && text !== '') || privateKey.test(text) ? [text] : []),
	];
};

const isSecretKey = (key: string, value: unknown): boolean =>
	secretTree.test(key) || (!isMap(value) && secretText.test(key));

/** A text in values that holds a secret: where it stands, and what of it is secret. */
type SecretText = {readonly path: readonly string[]; readonly secrets: readonly string[]};

const secretTextsBelow = (value: unknown, path: readonly string[], secret: boolean): readonly SecretText[] => {
	if (typeof value === 'string') {
		const secrets = secretsIn(value, secret);
		return secrets.length === 0 ? [] : [{path, secrets}];
	}
	if (Array.isArray(value))
		return value.flatMap((item: unknown, index) => secretTextsBelow(item, [...path, String(index)], secret));
	if (!isMap(value)) return [];
	// In a reference to a Secret its key is a name: {name, secretName, secretKey}.
	const isName = (key: string): boolean => key === 'secretKey' && Object.hasOwn(value, 'secretName');
	// A variable of a container: {name: SOME_PASSWORD, value}.
	const {name} = value;
	const isVariable = (key: string): boolean =>
		key === 'value' && typeof name === 'string' && isSecretKey(name, value.value);
	return Object.entries(value).flatMap(([key, inner]) =>
		secretTextsBelow(inner, [...path, key], secret || isVariable(key) || (isSecretKey(key, inner) && !isName(key))),
	);
};

/** Every text in values that holds a secret: what stands below a key that names one, passwords in URLs, private keys. */
export const secretTexts = (values: unknown): readonly SecretText[] => secretTextsBelow(values, [], false);

/**
 * A function that masks, in Helm's output, the secrets of the values given to it: texts under keys that name a secret
 * and passwords inside URLs. Helm and the API server quote values back in some error messages.
 */
export const maskerOf = (values: unknown): ((text: string) => string) => {
	const redactor = createRedactor();
	for (const secret of secretTexts(values).flatMap(({secrets}) => secrets)) redactor.register(secret);
	return redactor.redact;
};
