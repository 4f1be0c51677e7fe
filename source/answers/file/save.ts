import {isDefault, rootGroup} from '../fields.ts';
import type {Path} from '../rules/rules.ts';
import type {Answers} from '../schema.ts';
import type {Draft} from '../tree.ts';
import {usablePart} from './complete.ts';
import {writeYaml} from './write-yaml.ts';

/** The environment variable for a secret that was typed: `registry.password` gives `ZENML_AIRGAP_REGISTRY_PASSWORD`. */
export const secretVariable = (path: Path): string =>
	`ZENML_AIRGAP_${path
		.map((key) => String(key).replaceAll(/([a-z0-9])([A-Z])/gu, '$1_$2'))
		.join('_')
		.toUpperCase()}`;

const heading = [
	'# Answers for zenml-airgap. What is not here has its default; "zenml-airgap answers show" lists every answer.',
	'# Secrets are not in this file: each line says where to find one.',
];

/**
 * Answers or a draft as the text of an answer file: what differs from the defaults and what is required, secrets as
 * references. A secret that was typed at a screen becomes an environment variable, and a comment says so. Values that
 * no answer file may hold, such as a secret written out, are left out.
 */
export const serializeAnswers = (answers: Answers | Draft): string => {
	const lines = writeYaml(rootGroup, usablePart(answers), {
		field: (field, value, path) => {
			if (field.path[0] === 'version') return {value: value ?? field.default};
			if (value === undefined || isDefault(field, value)) return undefined;
			if (field.type !== 'secret' || value !== 'prompt') return {value};
			const name = secretVariable(path);
			return {value: `env:${name}`, above: [`It was typed and is not saved. Set it before a run: export ${name}`]};
		},
		group: (node, value) =>
			value === undefined || (node.kind === 'list' && Array.isArray(value) && value.length === 0) ? undefined : {},
	});
	return `${[...heading, ...lines].join('\n')}\n`;
};
