import {type Cause, invalidValue, required} from '../objects/errors.ts';
import {selects} from '../objects/selectors.ts';
import type {KubeObject, LabelSelector} from '../objects/types.ts';
import {type Dict, dict, isDict, list, text} from '../objects/values.ts';
import {addedRules} from './added.ts';
import {dataKeyCauses} from './names.ts';
import {podSpecCauses} from './pods.ts';

const templateCauses = (spec: Dict): Cause[] => podSpecCauses(dict(dict(spec.template).spec), 'spec.template.spec');

const selectorCauses = (spec: Dict): Cause[] => {
	const {selector} = spec;
	const labels = dict(dict(dict(spec.template).metadata).labels) as Record<string, string>;
	const fits = isDict(selector) && selects(selector as LabelSelector, labels);
	return [
		...(isDict(selector) && Object.keys(selector).length > 0 ? [] : [required('spec.selector')]),
		...(fits
			? []
			: [invalidValue('spec.template.metadata.labels', labels, '`selector` does not match template `labels`')]),
	];
};

const workloadCauses = ({spec}: KubeObject): Cause[] => [...selectorCauses(dict(spec)), ...templateCauses(dict(spec))];

const jobCauses = (object: KubeObject): Cause[] => {
	const spec = dict(object.spec);
	const policy = text(dict(dict(spec.template).spec).restartPolicy) ?? '';
	return [
		...templateCauses(spec),
		...(['Never', 'OnFailure'].includes(policy)
			? []
			: [required('spec.template.spec.restartPolicy', 'valid values: "OnFailure", "Never"')]),
	];
};

const secretKeys: Readonly<Record<string, readonly string[]>> = {
	'kubernetes.io/tls': ['tls.crt', 'tls.key'],
	'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
	'kubernetes.io/dockercfg': ['.dockercfg'],
	'kubernetes.io/ssh-auth': ['ssh-privatekey'],
};

const isJson = (encoded: string): boolean => {
	try {
		JSON.parse(Buffer.from(encoded, 'base64').toString('utf8'));
		return true;
	} catch {
		return false;
	}
};

const pullSecretCauses = ({type, data}: KubeObject): Cause[] => {
	const config = dict(data)['.dockerconfigjson'];
	if (type !== 'kubernetes.io/dockerconfigjson' || typeof config !== 'string' || isJson(config)) return [];
	const why = 'invalid character in the configuration';
	return [invalidValue('data[.dockerconfigjson]', '<secret contents redacted>', why)];
};

const secretCauses = (object: KubeObject): Cause[] => [
	...dataKeyCauses(object),
	...(secretKeys[String(object.type)] ?? [])
		.filter((key) => dict(object.data)[key] === undefined)
		.map((key) => required(`data[${key}]`)),
	...pullSecretCauses(object),
];

const ingressCauses = (object: KubeObject): Cause[] => {
	const spec = dict(object.spec);
	const rules = list(spec.rules);
	if (rules.length === 0 && !spec.defaultBackend)
		return [invalidValue('spec', [], 'either `defaultBackend` or `rules` must be specified')];
	return rules.flatMap((rule, index) =>
		list(dict(dict(rule).http).paths).flatMap((path, position) =>
			dict(path).pathType
				? []
				: [required(`spec.rules[${index}].http.paths[${position}].pathType`, 'pathType must be specified')],
		),
	);
};

const portCauses = (port: unknown, index: number): Cause[] =>
	(['port', 'targetPort'] as const).flatMap((name) => {
		const value = dict(port)[name];
		const isWrong = typeof value === 'number' && (value < 1 || value > 65_535);
		const field = `spec.ports[${index}].${name}`;
		return isWrong ? [invalidValue(field, value, 'must be between 1 and 65535, inclusive')] : [];
	});

/** Ports of a Service (core validation, ValidateService). */
const serviceCauses = (object: KubeObject): Cause[] => {
	const spec = dict(object.spec);
	const ports = list(spec.ports);
	const needsPorts = spec.type !== 'ExternalName' && spec.clusterIP !== 'None';
	return [...(needsPorts && ports.length === 0 ? [required('spec.ports')] : []), ...ports.flatMap(portCauses)];
};

/** The role of a binding (rbac validation, ValidateRoleBinding). */
const bindingCauses = (object: KubeObject): Cause[] => {
	const {kind = '', name} = dict(object.roleRef);
	const kinds = object.kind === 'ClusterRoleBinding' ? ['ClusterRole'] : ['Role', 'ClusterRole'];
	const supported = kinds.map((one) => `"${one}"`).join(', ');
	const unsupported: Cause = {
		reason: 'FieldValueNotSupported',
		message: `Unsupported value: "${String(kind)}": supported values: ${supported}`,
		field: 'roleRef.kind',
	};
	return [...(kinds.includes(String(kind)) ? [] : [unsupported]), ...(name ? [] : [required('roleRef.name')])];
};

const claimCauses = (object: KubeObject): Cause[] => {
	const spec = dict(object.spec);
	const hasModes = list(spec.accessModes).length > 0;
	const {storage} = dict(dict(spec.resources).requests);
	return [
		...(hasModes ? [] : [required('spec.accessModes', 'at least 1 access mode is required')]),
		...(storage ? [] : [required('spec.resources[storage]')]),
	];
};

/** What is wrong with an object of a kind, beyond its metadata; by the id of the kind. */
export const kindRules: Readonly<Record<string, (object: KubeObject) => Cause[]>> = {
	pods: ({spec}) => podSpecCauses(dict(spec), 'spec'),
	'deployments.apps': workloadCauses,
	'replicasets.apps': workloadCauses,
	'jobs.batch': jobCauses,
	secrets: secretCauses,
	configmaps: dataKeyCauses,
	services: serviceCauses,
	persistentvolumeclaims: claimCauses,
	'ingresses.networking.k8s.io': ingressCauses,
	...addedRules,
	'rolebindings.rbac.authorization.k8s.io': bindingCauses,
	'clusterrolebindings.rbac.authorization.k8s.io': bindingCauses,
};
