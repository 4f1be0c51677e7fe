import {type Cause, invalidValue} from '../objects/errors.ts';
import type {KindInfo} from '../objects/kinds.ts';
import type {KubeObject} from '../objects/types.ts';
import {dict} from '../objects/values.ts';

/** What a text must look like, and how the real server says so (apimachinery, pkg/util/validation). */
type Rule = {readonly pattern: RegExp; readonly longest: number; readonly help: string};

const alphanumericEnds = 'must start and end with an alphanumeric character';

const rules = {
	subdomain: {
		pattern: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/u,
		longest: 253,
		help: `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and ${alphanumericEnds} (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`,
	},
	label: {
		pattern: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/u,
		longest: 63,
		help: `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and ${alphanumericEnds} (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')`,
	},
	service: {
		pattern: /^[a-z]([-a-z0-9]*[a-z0-9])?$/u,
		longest: 63,
		help: "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')",
	},
	/** Names of RBAC objects are parts of paths and nothing else. */
	path: {pattern: /^[^/%]*$/u, longest: Number.POSITIVE_INFINITY, help: "may not contain '/'"},
} as const satisfies Readonly<Record<string, Rule>>;

const ruleOf = (info: KindInfo): Rule => {
	if (info.group === 'rbac.authorization.k8s.io') return rules.path;
	if (info.id === 'namespaces') return rules.label;
	return info.id === 'services' ? rules.service : rules.subdomain;
};

/** The name of a new object. */
export const nameCauses = (info: KindInfo, name: string): Cause[] => {
	const {pattern, longest, help} = ruleOf(info);
	return pattern.test(name) && name.length <= longest ? [] : [invalidValue('metadata.name', name, help)];
};

const labelName = `name part must consist of alphanumeric characters, '-', '_' or '.', and ${alphanumericEnds} (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`;
const labelValue = `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and ${alphanumericEnds} (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`;
const dataKey =
	"a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

const labelField = 'metadata.labels';

/** The part after the last slash (validation.IsQualifiedName). */
const labelKeyCauses = (key: string): Cause[] =>
	/^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/u.test(key.split('/').at(-1) ?? '')
		? []
		: [invalidValue(labelField, key, labelName)];

const labelValueCauses = (value: unknown): Cause[] => {
	if (typeof value !== 'string') return [];
	if (value.length > 63) return [invalidValue(labelField, value, 'must be no more than 63 bytes')];
	const isRight = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/u.test(value);
	return isRight ? [] : [invalidValue(labelField, value, labelValue)];
};

/** Keys and values of the labels. */
export const labelCauses = ({metadata: {labels = {}}}: KubeObject): Cause[] => [
	...Object.keys(labels).flatMap(labelKeyCauses),
	...Object.values(labels).flatMap(labelValueCauses),
];

/** Keys of ConfigMaps and Secrets (validation.IsConfigMapKey). */
export const dataKeyCauses = (object: KubeObject): Cause[] =>
	Object.keys(dict(object.data)).flatMap((key) =>
		/^[-._a-zA-Z0-9]+$/u.test(key) ? [] : [invalidValue(`data[${key}]`, key, dataKey)],
	);
