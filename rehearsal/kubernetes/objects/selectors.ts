import {badRequest} from './errors.ts';
import type {KubeObject, LabelSelector} from './types.ts';
import {isDict} from './values.ts';

type Requirement = {
	readonly key: string;
	readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';
	readonly values: readonly string[];
};
export type Predicate = (object: KubeObject) => boolean;

const meets = (labels: Readonly<Record<string, string>>, {key, operator, values}: Requirement): boolean => {
	const value = labels[key];
	if (operator === 'Exists') return value !== undefined;
	if (operator === 'DoesNotExist') return value === undefined;
	if (operator === 'NotIn') return value === undefined || !values.includes(value);
	if (value === undefined) return false;
	if (operator === 'In') return values.includes(value);
	return operator === 'Gt' ? Number(value) > Number(values[0]) : Number(value) < Number(values[0]);
};

const parseOne = (part: string): Requirement => {
	const set = /^([^\s!=<>(),]+)\s+(in|notin)\s*\(([^)]*)\)$/.exec(part);
	if (set) {
		return {
			key: set[1] ?? '',
			operator: set[2] === 'in' ? 'In' : 'NotIn',
			values: (set[3] ?? '').split(',').map((value) => value.trim()),
		};
	}
	const compare = /^([^\s!=<>(),]+)\s*(==|=|!=|>|<)\s*([^\s!=<>(),]*)$/.exec(part);
	if (compare) {
		const operators = {'=': 'In', '==': 'In', '!=': 'NotIn', '>': 'Gt', '<': 'Lt'} as const;
		return {
			key: compare[1] ?? '',
			operator: operators[compare[2] as keyof typeof operators],
			values: [compare[3] ?? ''],
		};
	}
	const exists = /^(!?)\s*([^\s!=<>(),]+)$/.exec(part);
	if (exists) return {key: exists[2] ?? '', operator: exists[1] ? 'DoesNotExist' : 'Exists', values: []};
	throw badRequest(`unable to parse requirement: found '${part}', expected: label selector`);
};

/**
 * A predicate for a `labelSelector` query parameter, all forms: `a=b`, `a==b`, `a!=b`, `a in (b,c)`, `a notin (b)`, `a`,
 * `!a`, `a>1`, `a<1` (k8s.io/apimachinery/pkg/labels). Throws a 400 for text that does not parse.
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

const read = (object: unknown, path: string): string => {
	let value: unknown = object;
	for (const step of path.split('.')) value = isDict(value) ? value[step] : undefined;
	return value === undefined || value === null ? '' : String(value);
};

/**
 * A predicate for a `fieldSelector` query parameter on the fields that the kind supports. Throws a 400 worded like the
 * real server for any other field.
 */
export const fieldPredicate = (shelf: string, kind: string, selector: string): Predicate => {
	const known = ['metadata.name', 'metadata.namespace', ...(fieldsOf[shelf] ?? [])];
	const tests = selector
		.split(',')
		.filter((part) => part !== '')
		.map((part) => {
			const match = /^([^=!]+)(==|=|!=)(.*)$/.exec(part);
			const field = match?.[1] ?? part;
			if (!match) throw badRequest(`invalid selector: '${part}'; can't understand '${part}'`);
			if (!known.includes(field)) {
				throw badRequest(
					fieldsOf[shelf]
						? `Unable to find "${kind}" that match label selector "", field selector "${selector}": field label not supported: ${field}`
						: `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`,
				);
			}
			return {field, negated: match[2] === '!=', value: match[3] ?? ''};
		});
	return (object) => tests.every(({field, negated, value}) => (read(object, field) === value) !== negated);
};
