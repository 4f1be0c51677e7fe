import {badRequest} from './errors.ts';
import type {KindInfo} from './kinds.ts';
import type {KubeObject, LabelSelector} from './types.ts';
import {textAt} from './values.ts';

type Requirement = {
	readonly key: string;
	readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';
	readonly values: readonly string[];
};
export type Predicate = (object: KubeObject) => boolean;

const meets = (labels: Readonly<Record<string, string>>, {key, operator, values}: Requirement): boolean => {
	const value = labels[key];
	if (value === undefined) return operator === 'DoesNotExist' || operator === 'NotIn';
	switch (operator) {
		case 'In':
			return values.includes(value);
		case 'NotIn':
			return !values.includes(value);
		case 'Gt':
			return Number(value) > Number(values[0]);
		case 'Lt':
			return Number(value) < Number(values[0]);
		default:
			return operator === 'Exists';
	}
};

const key = '([^\\s!=<>(),]+)';
const setForm = new RegExp(`^${key}\\s+(in|notin)\\s*\\(([^)]*)\\)$`, 'u');
const comparison = new RegExp(`^${key}\\s*(==|=|!=|>|<)\\s*([^\\s!=<>(),]*)$`, 'u');
const existence = new RegExp(`^(!?)\\s*${key}$`, 'u');

const operators: Readonly<Record<string, Requirement['operator']>> = {
	in: 'In',
	notin: 'NotIn',
	'=': 'In',
	'==': 'In',
	'!=': 'NotIn',
	'>': 'Gt',
	'<': 'Lt',
};

const parseOne = (part: string): Requirement => {
	const [, of, word = '', inside] = setForm.exec(part) ?? [];
	if (of !== undefined) {
		const values = (inside ?? '').split(',').map((value) => value.trim());
		return {key: of, operator: operators[word] ?? 'In', values};
	}
	const [, left, sign = '', right = ''] = comparison.exec(part) ?? [];
	if (left !== undefined) return {key: left, operator: operators[sign] ?? 'In', values: [right]};
	const [, not, name] = existence.exec(part) ?? [];
	if (name !== undefined) return {key: name, operator: not ? 'DoesNotExist' : 'Exists', values: []};
	throw badRequest(`unable to parse requirement: found '${part}', expected: label selector`);
};

/**
 * A predicate for a `labelSelector` query parameter, all forms: `a=b`, `a==b`, `a!=b`, `a in (b,c)`, `a notin (b)`,
 * `a`, `!a`, `a>1`, `a<1` (k8s.io/apimachinery/pkg/labels). Throws a 400 for text that does not parse.
 */
export const labelPredicate = (selector: string): Predicate => {
	// A comma inside brackets belongs to the value list, not between requirements.
	const parts = selector.split(/,(?![^(]*\))/).map((part) => part.trim());
	const requirements = parts.filter((part) => part !== '').map(parseOne);
	return (object) => requirements.every((requirement) => meets(object.metadata.labels ?? {}, requirement));
};

/** True when a LabelSelector object (matchLabels, matchExpressions) accepts these labels; an empty one accepts all. */
export const selects = (selector: LabelSelector | undefined, labels: Readonly<Record<string, string>> = {}): boolean =>
	Object.entries(selector?.matchLabels ?? {}).every(([key, value]) => labels[key] === value) &&
	(selector?.matchExpressions ?? []).every(({key, operator, values}) =>
		meets(labels, {key, operator: operator as Requirement['operator'], values: values ?? []}),
	);

const fieldsOf: Readonly<Record<string, readonly string[]>> = {
	pods: [
		'spec.nodeName',
		'spec.restartPolicy',
		'spec.schedulerName',
		'spec.serviceAccountName',
		'status.phase',
		'status.podIP',
	],
	events: [
		'involvedObject.kind',
		'involvedObject.namespace',
		'involvedObject.name',
		'involvedObject.uid',
		'involvedObject.apiVersion',
		'involvedObject.resourceVersion',
		'involvedObject.fieldPath',
		'reason',
		'reportingComponent',
		'source',
		'type',
	],
	secrets: ['type'],
	namespaces: ['status.phase'],
	nodes: ['spec.unschedulable'],
	services: ['spec.clusterIP', 'spec.type'],
	'jobs.batch': ['status.successful'],
	'replicasets.apps': ['status.replicas'],
};

type FieldTest = {readonly field: string; readonly negated: boolean; readonly value: string};

const parseFieldTest = (part: string): FieldTest => {
	const [, field, operator, value = ''] = /^([^=!]+)(==|=|!=)(.*)$/u.exec(part) ?? [];
	if (field === undefined) throw badRequest(`invalid selector: '${part}'; can't understand '${part}'`);
	return {field, negated: operator === '!=', value};
};

const refuseUnknownField = ({id, group, version, kind}: KindInfo, field: string, selector: string): void => {
	const own = fieldsOf[id];
	if (['metadata.name', 'metadata.namespace', ...(own ?? [])].includes(field)) return;
	throw badRequest(
		own
			? `Unable to find "${group}/${version}, Kind=${kind}" that match label selector "", field selector "${selector}": field label not supported: ${field}`
			: `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`,
	);
};

/**
 * A predicate for a `fieldSelector` query parameter on the fields that the kind supports. Throws a 400 worded like the
 * real server for any other field.
 */
export const fieldPredicate = (info: KindInfo, selector: string): Predicate => {
	const tests = selector
		.split(',')
		.filter((part) => part !== '')
		.map(parseFieldTest);
	for (const {field} of tests) refuseUnknownField(info, field, selector);
	return (object) => tests.every(({field, negated, value}) => (textAt(object, field) === value) !== negated);
};
