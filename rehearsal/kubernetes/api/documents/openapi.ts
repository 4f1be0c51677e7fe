import {apiVersionOf, type KindInfo} from '../../objects/kinds.ts';
import type {Dict} from '../../objects/values.ts';

// Helm asks here, before it installs, whether the server validates fields itself; nothing else reads these documents.

const pathOf = (info: KindInfo): string => {
	const root = info.group ? `/apis/${info.group}/${info.version}` : `/api/${info.version}`;
	return `${root}${info.namespaced ? '/namespaces/{namespace}' : ''}/${info.plural}/{name}`;
};

const query = (name: string): Dict => ({name, in: 'query', schema: {type: 'string', uniqueItems: true}});

/** `/openapi/v3`: where the document of each group and version lies. */
export const openApiIndex = (kinds: readonly KindInfo[]): Dict => ({
	paths: Object.fromEntries(
		[...new Set(kinds.map((info) => (info.group ? `apis/${info.group}/${info.version}` : `api/${info.version}`)))].map(
			(path) => [path, {serverRelativeURL: `/openapi/v3/${path}?hash=1`}],
		),
	),
});

/**
 * The document of one group and version: its kinds with open schemas, and the PATCH operations whose `fieldValidation`
 * parameter tells Helm that this server validates fields itself, so that they need no schema.
 * Undefined when nothing is served there.
 */
export const openApiDocument = (
	{kinds, version: gitVersion}: {readonly kinds: readonly KindInfo[]; readonly version: string},
	group: string,
	version: string,
): Dict | undefined => {
	const served = kinds.filter((info) => info.group === group && info.version === version);
	if (served.length === 0) return undefined;
	const gvk = (info: KindInfo): Dict => ({group: info.group, version: info.version, kind: info.kind});
	const name = (info: KindInfo): string =>
		`io.k8s.api.${(info.group || 'core').split('.')[0]}.${info.version}.${info.kind}`;
	return {
		openapi: '3.0.0',
		info: {title: 'Kubernetes', version: gitVersion},
		paths: Object.fromEntries(
			served
				.filter((info) => info.verbs.includes('patch'))
				.map((info) => [
					pathOf(info),
					{
						patch: {
							operationId: `patch${info.kind}`,
							parameters: ['dryRun', 'fieldManager', 'fieldValidation', 'force'].map(query),
							responses: {200: {description: 'OK'}},
							'x-kubernetes-action': 'patch',
							'x-kubernetes-group-version-kind': gvk(info),
						},
					},
				]),
		),
		components: {
			schemas: Object.fromEntries(
				served.map((info) => [
					name(info),
					{
						type: 'object',
						description: `${info.kind} of ${apiVersionOf(info)}`,
						properties: {apiVersion: {type: 'string'}, kind: {type: 'string'}, metadata: {type: 'object'}},
						'x-kubernetes-group-version-kind': [gvk(info)],
					},
				]),
			),
		},
	};
};
