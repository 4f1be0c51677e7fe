import {isDefault, rootGroup} from '../fields.ts';
import type {Answers} from '../schema.ts';
import {writeYaml} from './write-yaml.ts';

/**
 * Every answer that counts, as YAML, with `# default` behind those that have their default. Secrets are shown as the
 * references that they are. The text is an answer file again.
 */
export const showAnswers = (answers: Answers): string => {
	const lines = writeYaml(rootGroup, answers, {
		field: (field, value) =>
			value === undefined ? undefined : {value, ...(isDefault(field, value) ? {behind: 'default'} : {})},
		group: (_node, value) => (value === undefined ? undefined : {}),
	});
	return `${lines.join('\n')}\n`;
};
