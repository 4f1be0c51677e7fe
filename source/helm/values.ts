/**
 * Values in the JSON subset of YAML: Helm reads YAML 1.1, where a plain `on`, `y`, `010` or `1e3` is not text. The
 * line breaks and control characters that JSON allows and YAML does not are escaped.
 */
export const toYaml = (values: unknown): string =>
	JSON.stringify(values ?? {}).replaceAll(
		/[\u007f-\u009f\u2028\u2029\ufeff]/gu,
		(character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
	);
