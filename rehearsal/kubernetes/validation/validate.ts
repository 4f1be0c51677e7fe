import {ApiError, type Cause, invalid, invalidValue, required} from '../objects/errors.ts';
import {apiVersionOf, type KindInfo} from '../objects/kinds.ts';
import {selects} from '../objects/selectors.ts';
import type {KubeObject, LabelSelector} from '../objects/types.ts';
import {type Dict, dict, isDict, list, same, text} from '../objects/values.ts';
import {
	containerValueCauses,
	dataKeyCauses,
	hasBadQuantity,
	labelKeyCauses,
	portCauses,
	roleRefCauses,
} from './values.ts';

const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const service = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const subdomainHelp =
	"a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const labelHelp =
	"a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const serviceHelp =
	"a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
const valueHelp =
	"a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

const nameCauses = (info: KindInfo, name: string): Cause[] => {
	if (info.group === 'rbac.authorization.k8s.io')
		return /[/%]/.test(name) ? [invalidValue('metadata.name', name, "may not contain '/'")] : [];
	if (info.plural === 'namespaces')
		return label.test(name) && name.length <= 63 ? [] : [invalidValue('metadata.name', name, labelHelp)];
	if (info.id === 'services')
		return service.test(name) && name.length <= 63 ? [] : [invalidValue('metadata.name', name, serviceHelp)];
	return subdomain.test(name) && name.length <= 253 ? [] : [invalidValue('metadata.name', name, subdomainHelp)];
};

const labelCauses = (labels: Readonly<Record<string, unknown>> | undefined, field: string): Cause[] =>
	Object.values(labels ?? {}).flatMap((value) => {
		if (typeof value !== 'string') return [];
		if (value.length > 63) return [invalidValue(field, value, 'must be no more than 63 bytes')];
		return /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/.test(value) ? [] : [invalidValue(field, value, valueHelp)];
	});

const containerCauses = (spec: Dict, field: string, volumes: ReadonlySet<string>): Cause[] =>
	(['initContainers', 'containers'] as const).flatMap((group) =>
		list(spec[group]).flatMap((item, index) => {
			const container = dict(item);
			const at = `${field}.${group}[${index}]`;
			return [
				...(container.name ? [] : [required(`${at}.name`)]),
				...(container.image ? [] : [required(`${at}.image`)]),
				...list(container.env).flatMap((variable, position) =>
					dict(variable).name ? [] : [required(`${at}.env[${position}].name`)],
				),
				...list(container.volumeMounts).flatMap((mount, position) => {
					const name = text(dict(mount).name) ?? '';
					return volumes.has(name)
						? []
						: [
								{
									reason: 'FieldValueNotFound',
									message: `Not found: ${JSON.stringify(name)}`,
									field: `${at}.volumeMounts[${position}].name`,
								},
							];
				}),
			];
		}),
	);

const podCauses = (spec: Dict, field: string): Cause[] => {
	const volumes = new Set(list(spec.volumes).map((volume) => String(dict(volume).name)));
	return [
		...(list(spec.containers).length > 0 ? [] : [required(`${field}.containers`)]),
		...containerCauses(spec, field, volumes),
		...containerValueCauses(list(spec.containers), `${field}.containers`),
		...containerValueCauses(list(spec.initContainers), `${field}.initContainers`),
	];
};

const templateCauses = (spec: Dict): Cause[] => podCauses(dict(dict(spec.template).spec), 'spec.template.spec');

const workloadCauses = (object: KubeObject): Cause[] => {
	const spec = dict(object.spec);
	const labels = dict(dict(dict(spec.template).metadata).labels) as Record<string, string>;
	const selector = spec.selector;
	const mismatch = !isDict(selector) || !selects(selector as LabelSelector, labels);
	return [
		...(isDict(selector) && Object.keys(selector).length > 0 ? [] : [required('spec.selector')]),
		...(mismatch
			? [invalidValue('spec.template.metadata.labels', labels, '`selector` does not match template `labels`')]
			: []),
		...templateCauses(spec),
	];
};

const jobCauses = (object: KubeObject): Cause[] => {
	const spec = dict(object.spec);
	const policy = text(dict(dict(spec.template).spec).restartPolicy);
	return [
		...templateCauses(spec),
		...(policy === 'Never' || policy === 'OnFailure'
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

const secretCauses = (object: KubeObject): Cause[] => {
	const data = dict(object.data);
	const wanted = secretKeys[String(object.type)] ?? [];
	const causes = [
		...dataKeyCauses(object),
		...wanted.filter((key) => data[key] === undefined).map((key) => required(`data[${key}]`)),
	];
	const docker = data['.dockerconfigjson'];
	if (object.type === 'kubernetes.io/dockerconfigjson' && typeof docker === 'string') {
		try {
			JSON.parse(Buffer.from(docker, 'base64').toString('utf8'));
		} catch {
			causes.push(
				invalidValue('data[.dockerconfigjson]', '<secret contents redacted>', 'invalid character in the configuration'),
			);
		}
	}
	return causes;
};

const ingressCauses = (object: KubeObject): Cause[] => {
	const spec = dict(object.spec);
	const rules = list(spec.rules);
	if (rules.length === 0 && !spec.defaultBackend) {
		return [invalidValue('spec', [], 'either `defaultBackend` or `rules` must be specified')];
	}
	return rules.flatMap((rule, index) =>
		list(dict(dict(rule).http).paths).flatMap((path, position) =>
			dict(path).pathType
				? []
				: [required(`spec.rules[${index}].http.paths[${position}].pathType`, 'pathType must be specified')],
		),
	);
};

const rules: Readonly<Record<string, (object: KubeObject) => Cause[]>> = {
	pods: (object) => podCauses(dict(object.spec), 'spec'),
	'deployments.apps': workloadCauses,
	'replicasets.apps': workloadCauses,
	'jobs.batch': jobCauses,
	secrets: secretCauses,
	'ingresses.networking.k8s.io': ingressCauses,
	services: (object) => {
		const spec = dict(object.spec);
		const needsPorts = spec.type !== 'ExternalName' && spec.clusterIP !== 'None';
		return [...(needsPorts && list(spec.ports).length === 0 ? [required('spec.ports')] : []), ...portCauses(spec)];
	},
	configmaps: dataKeyCauses,
	'rolebindings.rbac.authorization.k8s.io': roleRefCauses,
	'clusterrolebindings.rbac.authorization.k8s.io': roleRefCauses,
	persistentvolumeclaims: (object) => {
		const spec = dict(object.spec);
		return [
			...(list(spec.accessModes).length > 0
				? []
				: [required('spec.accessModes', 'at least 1 access mode is required')]),
			...(dict(dict(spec.resources).requests).storage ? [] : [required('spec.resources[storage]')]),
		];
	},
};

const immutable = (field: string, value: unknown): Cause => invalidValue(field, value, 'field is immutable');

const changes = (info: KindInfo, before: KubeObject, after: KubeObject): Cause[] => {
	const [old, now] = [dict(before.spec), dict(after.spec)];
	if (['deployments.apps', 'replicasets.apps'].includes(info.id)) {
		return same(old.selector, now.selector) ? [] : [immutable('spec.selector', now.selector)];
	}
	if (info.id === 'jobs.batch') {
		return ['completions', 'selector', 'template']
			.filter((field) => !same(old[field], now[field]))
			.map((field) => immutable(`spec.${field}`, now[field]));
	}
	if (info.id === 'secrets' || info.id === 'configmaps') {
		const causes = info.id === 'secrets' && before.type !== after.type ? [immutable('type', after.type)] : [];
		if (before.immutable === true && (after.immutable !== true || !same(before.data, after.data))) {
			causes.push({
				reason: 'FieldValueForbidden',
				message: 'Forbidden: field is immutable when `immutable` is set',
				field: 'data',
			});
		}
		return causes;
	}
	if (info.id === 'services' && old.clusterIP && old.clusterIP !== now.clusterIP && now.type !== 'ExternalName') {
		return [invalidValue('spec.clusterIPs[0]', [now.clusterIP], 'may not change once set')];
	}
	if (info.plural.endsWith('rolebindings') && !same(before.roleRef, after.roleRef)) {
		return [invalidValue('roleRef', after.roleRef, 'cannot change roleRef')];
	}
	return [];
};

const finalizerCauses = (before: KubeObject, after: KubeObject): Cause[] => {
	const added = (after.metadata.finalizers ?? []).filter((one) => !before.metadata.finalizers?.includes(one));
	if (!before.metadata.deletionTimestamp || added.length === 0) return [];
	const list = `[]string{${added.map((one) => JSON.stringify(one)).join(', ')}}`;
	const message = `Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers ${list}`;
	return [{reason: 'FieldValueForbidden', message, field: 'metadata.finalizers'}];
};

/** Refuse (422) an object whose name, required fields or unchangeable fields are wrong, worded like the real server. */
export const validateObject = (info: KindInfo, object: KubeObject, before?: KubeObject): void => {
	const name = object.metadata.name;
	const causes = [
		...(before ? [] : nameCauses(info, name)),
		...labelKeyCauses(object.metadata.labels, 'metadata.labels'),
		...labelCauses(object.metadata.labels, 'metadata.labels'),
		...(before ? finalizerCauses(before, object) : []),
		...(rules[info.id]?.(object) ?? []),
		...(before ? changes(info, before, object) : []),
	];
	if (causes.length > 0) throw invalid(info, name, causes);
};

/** Refuse (400) what would not even decode: values of the wrong type in Secrets, ConfigMaps, labels and annotations. */
export const validateShape = (info: KindInfo, object: KubeObject): void => {
	const fail = (why: string): ApiError =>
		new ApiError(
			400,
			'BadRequest',
			`${info.kind} in version "${apiVersionOf(info).split('/').pop()}" cannot be handled as a ${info.kind}: ${why}`,
		);
	const strings = (value: unknown, path: string): void => {
		for (const inner of Object.values(dict(value))) {
			if (typeof inner === 'string' || inner === null) continue;
			const type =
				typeof inner === 'object'
					? Array.isArray(inner)
						? 'array'
						: 'object'
					: typeof inner === 'boolean'
						? 'bool'
						: typeof inner;
			throw fail(`json: cannot unmarshal ${type} into Go struct field ${path} of type string`);
		}
	};
	strings(object.metadata?.labels, 'ObjectMeta.metadata.labels');
	strings(object.metadata?.annotations, 'ObjectMeta.metadata.annotations');
	const podSpec = info.id === 'pods' ? object.spec : dict(dict(object.spec).template).spec;
	if (hasBadQuantity(podSpec))
		throw fail("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
	if (info.id === 'configmaps') strings(object.data, `${info.kind}.data`);
	if (info.id === 'secrets') {
		strings(object.stringData, 'Secret.stringData');
		for (const value of Object.values(dict(object.data))) {
			if (value !== null && (typeof value !== 'string' || !/^[A-Za-z0-9+/\s]*={0,2}$/.test(value))) {
				throw fail('illegal base64 data at input byte 0');
			}
		}
	}
};
