/** Secret with everything this tool generated, in the control plane's namespace; losing it loses the encryption keys. */
export const generatedSecretName = 'zenml-airgap-generated';

/** The key of a generated value in it. Keys of a Secret may hold letters, digits, `-`, `_` and `.` only; other characters are written as their code point. */
export const keyInGenerated = (name: string): string =>
	name.replaceAll(/[^\w.-]/gu, (character) => `_${character.codePointAt(0)?.toString(16)}_`);
