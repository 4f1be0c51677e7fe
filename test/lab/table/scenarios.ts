import type {Reply} from '../api-client.ts';
import {patchAs, type Scenario} from './scenario.ts';

const core = '/api/v1/namespaces/{ns}';
const apps = '/apis/apps/v1/namespaces/{ns}';
const batch = '/apis/batch/v1/namespaces/{ns}';
const maps = `${core}/configmaps`;
const map = (name: string, data: Record<string, unknown> = {}, labels: Record<string, string> = {}) => ({
	apiVersion: 'v1',
	kind: 'ConfigMap',
	metadata: {name, ...(Object.keys(labels).length > 0 ? {labels} : {})},
	...(Object.keys(data).length > 0 ? {data} : {}),
});
const post = (title: string, path: string, body: unknown, headers?: Record<string, string>) => ({
	title,
	method: 'POST',
	path,
	body,
	...(headers ? {headers} : {}),
});
const patch = (title: string, path: string, headers: Record<string, string>, body: unknown) => ({
	title,
	method: 'PATCH',
	path,
	headers,
	body,
});
const podSpec = {
	containers: [
		{name: 'main', image: 'registry.lab.internal:5000/none:1', ports: [{name: 'http', containerPort: 8080}]},
	],
};
const deployment = (name: string, spec: Record<string, unknown> = {}) => ({
	apiVersion: 'apps/v1',
	kind: 'Deployment',
	metadata: {name, labels: {app: name}},
	// Nothing may run while it is compared: neither side has to hurry.
	spec: {
		replicas: 0,
		selector: {matchLabels: {app: name}},
		template: {metadata: {labels: {app: name}}, spec: podSpec},
		...spec,
	},
});
const bodyOf = (replies: readonly Reply[], index: number) =>
	replies[index]?.body as {metadata: {resourceVersion: string; uid: string}};
// A template of a Deployment is in the way of the shape alone, controllers change status at once.
const noStatus = [
	'body.status',
	'body.metadata.managedFields',
	'body.metadata.generation',
	'body.metadata.annotations',
];

export const scenarios: readonly Scenario[] = [
	{
		name: 'discovery',
		calls: [
			{title: 'version', path: '/version', only: ['body.major', 'body.minor', 'body.gitVersion']},
			{title: 'api versions', path: '/api', without: ['body.serverAddressByClientCIDRs']},
			{title: 'an unknown group', path: '/apis/nope.example.com/v1'},
			{title: 'an unknown path', path: '/nope'},
			{title: 'an unknown resource', path: `${core}/widgets`},
			{title: 'one group', path: '/apis/apps'},
			{title: 'networking group', path: '/apis/networking.k8s.io'},
			{title: 'policy group', path: '/apis/policy'},
			{title: 'batch group', path: '/apis/batch'},
		],
	},
	{
		name: 'config maps from birth to death',
		calls: [
			post('create', maps, map('one', {a: '1'}, {app: 'x'})),
			post('create again', maps, map('one')),
			{title: 'read', path: `${maps}/one`},
			{title: 'read what is not there', path: `${maps}/none`},
			{title: 'replace', method: 'PUT', path: `${maps}/one`, body: map('one', {a: '2', b: '3'})},
			{
				title: 'replace with an old version',
				method: 'PUT',
				path: `${maps}/one`,
				body: (replies: readonly Reply[]) => bodyOf(replies, 0),
			},
			{title: 'replace under another name', method: 'PUT', path: `${maps}/one`, body: map('other')},
			{title: 'replace what is not there', method: 'PUT', path: `${maps}/none`, body: map('none')},
			{
				title: 'delete with the wrong uid',
				method: 'DELETE',
				path: `${maps}/one`,
				body: {kind: 'DeleteOptions', apiVersion: 'v1', preconditions: {uid: '00000000-0000-0000-0000-000000000000'}},
			},
			{title: 'delete', method: 'DELETE', path: `${maps}/one`, without: ['body.details.uid']},
			{title: 'delete again', method: 'DELETE', path: `${maps}/one`},
		],
	},
	{
		name: 'refusals of bad input',
		calls: [
			post('a bad name', maps, map('A_b')),
			post('no name', maps, {apiVersion: 'v1', kind: 'ConfigMap', metadata: {}}),
			post('a number in data', maps, map('a', {n: 1})),
			post('another kind', maps, {apiVersion: 'v1', kind: 'Secret', metadata: {name: 'a'}}),
			post('another namespace', maps, {...map('a'), metadata: {name: 'a', namespace: 'elsewhere'}}),
			post('no JSON', maps, '{"a":'),
			post('another media type', maps, map('a'), {'content-type': 'text/plain'}),
			post('an unknown field, strictly', `${maps}?fieldValidation=Strict`, {...map('a'), dta: {}}),
			post(
				'a duplicate field, strictly',
				`${maps}?fieldValidation=Strict`,
				'{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"dup"},"data":{"a":"1","a":"2"}}',
			),
			post('an unknown field, with a warning', maps, {...map('warned'), dta: {}}),
			post('an unknown field, ignored', `${maps}?fieldValidation=Ignore`, {...map('ignored'), dta: {}}),
			post('a namespace that is not there', '/api/v1/namespaces/not-there/configmaps', map('a')),
			post('a bad label', maps, map('labelled', {}, {'a b': 'c'})),
			post('a bad label value', maps, map('labelled', {}, {a: 'b c'})),
			post('a bad data key', maps, map('keyed', {'a/b': 'c'})),
			post('a Deployment without a selector', `${apps}/deployments`, {
				apiVersion: 'apps/v1',
				kind: 'Deployment',
				metadata: {name: 'd'},
				spec: {template: {metadata: {labels: {a: 'b'}}, spec: podSpec}},
			}),
			post(
				'a Deployment whose selector misses its pods',
				`${apps}/deployments`,
				deployment('d', {selector: {matchLabels: {app: 'other'}}}),
			),
			post(
				'a Deployment without containers',
				`${apps}/deployments`,
				deployment('d', {template: {metadata: {labels: {app: 'd'}}, spec: {}}}),
			),
			post(
				'a Deployment with a bad quantity',
				`${apps}/deployments`,
				deployment('d', {
					template: {
						metadata: {labels: {app: 'd'}},
						spec: {containers: [{name: 'a', image: 'b', resources: {limits: {cpu: 'much'}}}]},
					},
				}),
			),
			post(
				'a Deployment with requests over limits',
				`${apps}/deployments`,
				deployment('d', {
					template: {
						metadata: {labels: {app: 'd'}},
						spec: {containers: [{name: 'a', image: 'b', resources: {requests: {cpu: '2'}, limits: {cpu: '1'}}}]},
					},
				}),
			),
			post(
				'a Deployment with two containers of one name',
				`${apps}/deployments`,
				deployment('d', {
					template: {
						metadata: {labels: {app: 'd'}},
						spec: {
							containers: [
								{name: 'a', image: 'b'},
								{name: 'a', image: 'b'},
							],
						},
					},
				}),
			),
			post(
				'a mount of a volume that is not there',
				`${apps}/deployments`,
				deployment('d', {
					template: {
						metadata: {labels: {app: 'd'}},
						spec: {containers: [{name: 'a', image: 'b', volumeMounts: [{name: 'v', mountPath: '/v'}]}]},
					},
				}),
			),
			post('a TLS secret without a key', `${core}/secrets`, {
				metadata: {name: 't'},
				type: 'kubernetes.io/tls',
				data: {'tls.crt': ''},
			}),
			post('a pull secret that is no JSON', `${core}/secrets`, {
				metadata: {name: 't'},
				type: 'kubernetes.io/dockerconfigjson',
				data: {'.dockerconfigjson': 'eA=='},
			}),
			post('a secret that is no base64', `${core}/secrets`, {metadata: {name: 't'}, data: {a: '%%%'}}),
			post('a service without ports', `${core}/services`, {metadata: {name: 's'}, spec: {selector: {a: 'b'}}}),
			post('a service with a bad port', `${core}/services`, {metadata: {name: 's'}, spec: {ports: [{port: 70000}]}}),
			post('an ingress without a path type', '/apis/networking.k8s.io/v1/namespaces/{ns}/ingresses', {
				metadata: {name: 'i'},
				spec: {
					rules: [{host: 'a.b', http: {paths: [{path: '/', backend: {service: {name: 's', port: {number: 80}}}}]}}],
				},
			}),
			post('a Job with restartPolicy Always', `${batch}/jobs`, {
				metadata: {name: 'j'},
				spec: {template: {spec: {...podSpec, restartPolicy: 'Always'}}},
			}),
			post('a role binding without a role', '/apis/rbac.authorization.k8s.io/v1/namespaces/{ns}/rolebindings', {
				metadata: {name: 'b'},
				subjects: [],
			}),
		],
	},
	{
		name: 'dry run',
		calls: [
			post('create', `${maps}?dryRun=All`, map('dry', {a: '1'})),
			{title: 'left nothing', path: `${maps}/dry`},
			post('a bad value', `${maps}?dryRun=Some`, map('dry')),
			post('create for real', maps, map('wet', {a: '1'})),
			patch('patch', `${maps}/wet?dryRun=All`, patchAs.merge, {data: {a: '2'}}),
			{title: 'is as it was', path: `${maps}/wet`},
			{title: 'delete', method: 'DELETE', path: `${maps}/wet?dryRun=All`},
			{title: 'is still there', path: `${maps}/wet`},
			patch(
				'apply of something new',
				`${maps}/applied?dryRun=All&fieldManager=helm`,
				patchAs.apply,
				map('applied', {a: '1'}),
			),
			{title: 'left nothing either', path: `${maps}/applied`},
		],
	},
	{
		name: 'the four patches',
		calls: [
			post('create', `${apps}/deployments`, deployment('p')),
			{
				...patch('strategic: a container by name', `${apps}/deployments/p`, patchAs.strategic, {
					spec: {template: {spec: {containers: [{name: 'side', image: 's:1'}]}}},
				}),
				without: noStatus,
			},
			{
				...patch('strategic: delete a container', `${apps}/deployments/p`, patchAs.strategic, {
					spec: {template: {spec: {containers: [{name: 'side', $patch: 'delete'}]}}},
				}),
				without: noStatus,
			},
			{
				...patch('strategic: environment', `${apps}/deployments/p`, patchAs.strategic, {
					spec: {
						template: {
							spec: {
								containers: [
									{
										name: 'main',
										env: [
											{name: 'A', value: '1'},
											{name: 'B', value: '2'},
										],
									},
								],
							},
						},
					},
				}),
				without: noStatus,
			},
			{
				...patch('strategic: order of environment', `${apps}/deployments/p`, patchAs.strategic, {
					spec: {
						template: {
							spec: {
								containers: [
									{name: 'main', '$setElementOrder/env': [{name: 'B'}, {name: 'A'}], env: [{name: 'B', value: '3'}]},
								],
							},
						},
					},
				}),
				without: noStatus,
			},
			{
				...patch('merge: a list is replaced', `${apps}/deployments/p`, patchAs.merge, {
					spec: {template: {spec: {containers: [{name: 'only', image: 'o:1'}]}}},
				}),
				without: noStatus,
			},
			{
				...patch('merge: null removes', `${apps}/deployments/p`, patchAs.merge, {metadata: {labels: {app: null}}}),
				without: noStatus,
			},
			{
				...patch('json: add, replace, remove', `${apps}/deployments/p`, patchAs.json, [
					{op: 'add', path: '/metadata/labels', value: {x: 'y'}},
					{op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'o:2'},
					{op: 'remove', path: '/metadata/labels/x'},
				]),
				without: noStatus,
			},
			patch('json: a test that fails', `${apps}/deployments/p`, patchAs.json, [
				{op: 'test', path: '/spec/paused', value: true},
			]),
			patch('json: a path that is not there', `${apps}/deployments/p`, patchAs.json, [
				{op: 'remove', path: '/metadata/labels/none'},
			]),
			patch('json: no list', `${apps}/deployments/p`, patchAs.json, {op: 'add'}),
			patch('a patch of an unknown type', `${apps}/deployments/p`, {'content-type': 'application/nope+json'}, {}),
			patch('a selector is immutable', `${apps}/deployments/p`, patchAs.merge, {
				spec: {selector: {matchLabels: {app: 'q'}}},
			}),
			patch('what is not there', `${apps}/deployments/none`, patchAs.merge, {}),
			patch('a name cannot change', `${maps}/none`, patchAs.strategic, {metadata: {name: 'other'}}),
			patch('a version that is old', `${apps}/deployments/p`, patchAs.merge, {metadata: {resourceVersion: '1'}}),
		],
	},
	{
		name: 'server-side apply',
		calls: [
			patch('without a manager', `${maps}/s`, patchAs.apply, map('s', {a: '1'})),
			patch('creates', `${maps}/s?fieldManager=helm`, patchAs.apply, map('s', {a: '1', b: '1'})),
			patch('the same again', `${maps}/s?fieldManager=helm`, patchAs.apply, map('s', {a: '1', b: '1'})),
			patch('another manager adds', `${maps}/s?fieldManager=other`, patchAs.apply, map('s', {c: '1'})),
			patch('another manager conflicts', `${maps}/s?fieldManager=other`, patchAs.apply, map('s', {a: '2', b: '2'})),
			patch(
				'another manager forces',
				`${maps}/s?fieldManager=other&force=true`,
				patchAs.apply,
				map('s', {a: '2', c: '1'}),
			),
			patch('the first manager gives a field up', `${maps}/s?fieldManager=helm`, patchAs.apply, map('s', {})),
			patch('an update takes a field', `${maps}/s?fieldManager=kubectl-edit`, patchAs.merge, {data: {c: '5'}}),
			patch('a conflict with an update', `${maps}/s?fieldManager=other`, patchAs.apply, map('s', {c: '6'})),
			patch('managed fields in the request', `${maps}/s?fieldManager=other`, patchAs.apply, {
				...map('s'),
				metadata: {name: 's', managedFields: [{manager: 'x', operation: 'Apply'}]},
			}),
			patch('no kind', `${maps}/s?fieldManager=other`, patchAs.apply, {metadata: {name: 's'}}),
			patch('another name', `${maps}/s?fieldManager=other`, patchAs.apply, map('t')),
			patch('an unknown field, strictly', `${maps}/s?fieldManager=other&fieldValidation=Strict`, patchAs.apply, {
				...map('s'),
				dta: {},
			}),
			patch('force with another patch', `${maps}/s?fieldManager=other&force=true`, patchAs.merge, {data: {a: '1'}}),
			{
				...patch('a Deployment', `${apps}/deployments/s?fieldManager=helm`, patchAs.apply, deployment('s')),
				without: ['body.status'],
			},
			{
				...patch('a second manager sets its environment', `${apps}/deployments/s?fieldManager=other`, patchAs.apply, {
					apiVersion: 'apps/v1',
					kind: 'Deployment',
					metadata: {name: 's'},
					spec: {template: {spec: {containers: [{name: 'main', env: [{name: 'A', value: '1'}]}]}}},
				}),
				without: ['body.status', 'body.metadata.annotations', 'body.metadata.managedFields'],
			},
			patch('and conflicts over its image', `${apps}/deployments/s?fieldManager=other`, patchAs.apply, {
				apiVersion: 'apps/v1',
				kind: 'Deployment',
				metadata: {name: 's'},
				spec: {template: {spec: {containers: [{name: 'main', image: 'other:1'}]}}},
			}),
		],
	},
	{
		name: 'selectors and lists',
		calls: [
			post('one', maps, map('one', {}, {app: 'a', tier: 'web'})),
			post('two', maps, map('two', {}, {app: 'a', tier: 'db'})),
			post('three', maps, map('three', {}, {app: 'b'})),
			...[
				'app=a',
				'app==a',
				'app!=a',
				'app in (a,b)',
				'app notin (b)',
				'tier',
				'!tier',
				'app=a,tier!=db',
				'app in (a',
				'=a',
				'a b=c',
			].map((selector) => ({
				title: `labels ${selector}`,
				path: `${maps}?labelSelector=${encodeURIComponent(selector)}`,
			})),
			...['metadata.name=one', 'metadata.name!=one', 'metadata.namespace={ns}', 'data.a=b', 'nonsense'].map(
				(selector) => ({
					title: `fields ${selector}`,
					path: `${maps}?fieldSelector=${encodeURIComponent(selector).replace('%7Bns%7D', '{ns}')}`,
				}),
			),
			{title: 'a limit', path: `${maps}?limit=2`},
			{title: 'the rest', path: `${maps}?limit=2&continue=nonsense`},
			{title: 'an old cache', path: `${maps}?resourceVersion=0&labelSelector=app`},
			{title: 'exactly an unknown version', path: `${maps}?resourceVersion=abc`},
			{
				title: 'as partial metadata',
				path: `${maps}?labelSelector=app`,
				headers: {accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1'},
			},
			{
				title: 'as a table',
				path: `${maps}?labelSelector=app`,
				headers: {accept: 'application/json;as=Table;g=meta.k8s.io;v=v1'},
				without: ['body.columnDefinitions'],
			},
			{title: 'secrets by type', path: `${core}/secrets?fieldSelector=type%3Dhelm.sh%2Frelease.v1`},
			{title: 'pods by phase', path: `${core}/pods?fieldSelector=status.phase%3DRunning`},
			{title: 'delete a selection', method: 'DELETE', path: `${maps}?labelSelector=app%3Da`},
			{title: 'what is left', path: `${maps}?labelSelector=app`},
		],
	},
	{
		name: 'watches',
		calls: [
			post('one', maps, map('one', {a: '1'}, {w: 'yes'})),
			patch('changed', `${maps}/one`, patchAs.merge, {data: {a: '2'}}),
			{title: 'from the present', path: `${maps}?watch=true&timeoutSeconds=1&labelSelector=w`},
			{title: 'from a version', path: `${maps}?watch=true&timeoutSeconds=1&labelSelector=w&resourceVersion=0`},
			{title: 'with bookmarks', path: `${maps}?watch=true&timeoutSeconds=1&labelSelector=w&allowWatchBookmarks=true`},
			{title: 'of one name', path: `${maps}?watch=true&timeoutSeconds=1&fieldSelector=metadata.name%3Done`},
			{title: 'from nonsense', path: `${maps}?watch=true&timeoutSeconds=1&resourceVersion=abc`},
			{
				title: 'sent as a list with initial events',
				path: `${maps}?watch=true&timeoutSeconds=1&labelSelector=w&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`,
			},
		],
	},
	{
		name: 'objects of a chart with their defaults',
		calls: [
			post('a Service', `${core}/services`, {
				apiVersion: 'v1',
				kind: 'Service',
				metadata: {name: 's'},
				spec: {selector: {a: 'b'}, ports: [{name: 'http', port: 80, targetPort: 'http'}]},
			}),
			post('a Service without a cluster IP', `${core}/services`, {
				apiVersion: 'v1',
				kind: 'Service',
				metadata: {name: 'h'},
				spec: {clusterIP: 'None', selector: {a: 'b'}, ports: [{port: 80}]},
			}),
			post('a Secret', `${core}/secrets`, {
				apiVersion: 'v1',
				kind: 'Secret',
				metadata: {name: 's'},
				stringData: {a: 'ä'},
				data: {b: 'Yg=='},
			}),
			post('a pull secret', `${core}/secrets`, {
				apiVersion: 'v1',
				kind: 'Secret',
				metadata: {name: 'p'},
				type: 'kubernetes.io/dockerconfigjson',
				stringData: {'.dockerconfigjson': '{"auths":{}}'},
			}),
			post('a ServiceAccount', `${core}/serviceaccounts`, {
				apiVersion: 'v1',
				kind: 'ServiceAccount',
				metadata: {name: 'a'},
			}),
			post('a Deployment', `${apps}/deployments`, deployment('d')),
			post('a Job', `${batch}/jobs`, {
				apiVersion: 'batch/v1',
				kind: 'Job',
				metadata: {name: 'j'},
				spec: {suspend: true, backoffLimit: 0, template: {spec: {...podSpec, restartPolicy: 'Never'}}},
			}),
			post('a CronJob', `${batch}/cronjobs`, {
				apiVersion: 'batch/v1',
				kind: 'CronJob',
				metadata: {name: 'c'},
				spec: {
					schedule: '0 0 1 1 *',
					suspend: true,
					jobTemplate: {spec: {template: {spec: {...podSpec, restartPolicy: 'Never'}}}},
				},
			}),
			post('an Ingress', '/apis/networking.k8s.io/v1/namespaces/{ns}/ingresses', {
				apiVersion: 'networking.k8s.io/v1',
				kind: 'Ingress',
				metadata: {name: 'i'},
				spec: {
					ingressClassName: 'other',
					tls: [{hosts: ['a.lab.internal'], secretName: 't'}],
					rules: [
						{
							host: 'a.lab.internal',
							http: {paths: [{path: '/', pathType: 'Prefix', backend: {service: {name: 's', port: {name: 'http'}}}}]},
						},
					],
				},
			}),
			post('a PodDisruptionBudget', '/apis/policy/v1/namespaces/{ns}/poddisruptionbudgets', {
				apiVersion: 'policy/v1',
				kind: 'PodDisruptionBudget',
				metadata: {name: 'b'},
				spec: {minAvailable: 1, selector: {matchLabels: {a: 'b'}}},
			}),
			post('an autoscaler', '/apis/autoscaling/v2/namespaces/{ns}/horizontalpodautoscalers', {
				apiVersion: 'autoscaling/v2',
				kind: 'HorizontalPodAutoscaler',
				metadata: {name: 'h'},
				spec: {
					scaleTargetRef: {apiVersion: 'apps/v1', kind: 'Deployment', name: 'none'},
					minReplicas: 1,
					maxReplicas: 3,
					metrics: [{type: 'Resource', resource: {name: 'cpu', target: {type: 'Utilization', averageUtilization: 80}}}],
				},
			}),
			post('a Role', '/apis/rbac.authorization.k8s.io/v1/namespaces/{ns}/roles', {
				apiVersion: 'rbac.authorization.k8s.io/v1',
				kind: 'Role',
				metadata: {name: 'r'},
				rules: [{apiGroups: ['batch'], resources: ['jobs'], verbs: ['create']}],
			}),
			post('a RoleBinding', '/apis/rbac.authorization.k8s.io/v1/namespaces/{ns}/rolebindings', {
				apiVersion: 'rbac.authorization.k8s.io/v1',
				kind: 'RoleBinding',
				metadata: {name: 'r'},
				roleRef: {apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r'},
				subjects: [{kind: 'ServiceAccount', name: 'a', namespace: '{ns}'}],
			}),
			post('a volume claim', `${core}/persistentvolumeclaims`, {
				apiVersion: 'v1',
				kind: 'PersistentVolumeClaim',
				metadata: {name: 'v'},
				spec: {storageClassName: 'none', accessModes: ['ReadWriteOnce'], resources: {requests: {storage: '1Gi'}}},
			}),
			post('a Lease', '/apis/coordination.k8s.io/v1/namespaces/{ns}/leases', {
				apiVersion: 'coordination.k8s.io/v1',
				kind: 'Lease',
				metadata: {name: 'l'},
				spec: {
					holderIdentity: 'me',
					leaseDurationSeconds: 30,
					acquireTime: '2026-01-01T00:00:00.000000Z',
					renewTime: '2026-01-01T00:00:00.000000Z',
				},
			}),
			post('a Pod', `${core}/pods`, {
				apiVersion: 'v1',
				kind: 'Pod',
				metadata: {name: 'p'},
				spec: {...podSpec, nodeName: 'nowhere', automountServiceAccountToken: false},
			}),
			{title: 'logs of a pod that never ran', path: `${core}/pods/p/log`},
			{title: 'logs of no pod', path: `${core}/pods/none/log`},
			post('a quota', `${core}/resourcequotas`, {
				apiVersion: 'v1',
				kind: 'ResourceQuota',
				metadata: {name: 'q'},
				spec: {hard: {secrets: '100'}},
			}),
		],
	},
	{
		name: 'status, scale and subresources',
		calls: [
			post('create', `${apps}/deployments`, deployment('d', {paused: true})),
			{title: 'scale', path: `${apps}/deployments/d/scale`},
			{
				...patch('scale it', `${apps}/deployments/d/scale`, patchAs.merge, {spec: {replicas: 2}}),
				without: ['body.status'],
			},
			{
				...patch('status only changes status', `${apps}/deployments/d/status`, patchAs.merge, {
					spec: {replicas: 7},
					status: {observedGeneration: 1},
				}),
				only: ['status', 'body.spec.replicas'],
			},
			{title: 'an unknown subresource', path: `${apps}/deployments/d/nope`},
			{title: 'a subresource that config maps lack', path: `${maps}/x/status`},
		],
	},
	{
		name: 'who may do what',
		calls: [
			{
				...post('may I', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
					apiVersion: 'authorization.k8s.io/v1',
					kind: 'SelfSubjectAccessReview',
					spec: {resourceAttributes: {namespace: '{ns}', verb: 'create', group: 'apps', resource: 'deployments'}},
				}),
				without: ['body.status.reason'],
			},
			post(
				'may somebody',
				'/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
				{
					apiVersion: 'authorization.k8s.io/v1',
					kind: 'SelfSubjectAccessReview',
					spec: {resourceAttributes: {namespace: '{ns}', verb: 'create', group: 'apps', resource: 'deployments'}},
				},
				{'impersonate-user': 'somebody'},
			),
			post(
				'somebody may not read',
				'/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
				{
					apiVersion: 'authorization.k8s.io/v1',
					kind: 'SelfSubjectAccessReview',
					spec: {nonResourceAttributes: {path: '/metrics', verb: 'get'}},
				},
				{'impersonate-user': 'somebody'},
			),
			{title: 'somebody reads', path: `${maps}/x`, headers: {'impersonate-user': 'somebody'}},
			{title: 'somebody lists', path: `${core}/secrets`, headers: {'impersonate-user': 'somebody'}},
			{...post('somebody creates', `${apps}/deployments`, deployment('d')), headers: {'impersonate-user': 'somebody'}},
			{title: 'somebody lists nodes', path: '/api/v1/nodes', headers: {'impersonate-user': 'somebody'}},
			{title: 'a wrong token', path: maps, headers: {authorization: 'Bearer wrong'}},
			post('a token for an account', `${core}/serviceaccounts/none/token`, {
				apiVersion: 'authentication.k8s.io/v1',
				kind: 'TokenRequest',
				spec: {expirationSeconds: 600},
			}),
			{
				...post('who am I', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {
					apiVersion: 'authentication.k8s.io/v1',
					kind: 'SelfSubjectReview',
				}),
				without: ['body.status.userInfo'],
			},
		],
	},
	{
		name: 'namespaces',
		calls: [
			post('create', '/api/v1/namespaces', {
				apiVersion: 'v1',
				kind: 'Namespace',
				metadata: {name: '{ns}-x', labels: {a: 'b'}},
			}),
			post('create again', '/api/v1/namespaces', {apiVersion: 'v1', kind: 'Namespace', metadata: {name: '{ns}-x'}}),
			post('a bad name', '/api/v1/namespaces', {apiVersion: 'v1', kind: 'Namespace', metadata: {name: 'A.b'}}),
			{...patch('a label', '/api/v1/namespaces/{ns}-x', patchAs.merge, {metadata: {labels: {c: 'd'}}})},
			{title: 'delete', method: 'DELETE', path: '/api/v1/namespaces/{ns}-x'},
			{title: 'the default one cannot go', method: 'DELETE', path: '/api/v1/namespaces/default'},
		],
	},
	{
		name: 'finalizers and deletion',
		calls: [
			post('create', maps, {...map('f'), metadata: {name: 'f', finalizers: ['example.com/wait']}}),
			{
				title: 'delete',
				method: 'DELETE',
				path: `${maps}/f`,
				body: {apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Background'},
			},
			{title: 'is still there', path: `${maps}/f`},
			patch('a second finalizer cannot be added', `${maps}/f`, patchAs.merge, {
				metadata: {finalizers: ['example.com/wait', 'example.com/more']},
			}),
			patch('let it go', `${maps}/f`, patchAs.merge, {metadata: {finalizers: null}}),
			{title: 'is gone', path: `${maps}/f`},
			post('an immutable one', maps, {...map('i', {a: '1'}), immutable: true}),
			patch('cannot change', `${maps}/i`, patchAs.merge, {data: {a: '2'}}),
			{
				title: 'delete with a bad policy',
				method: 'DELETE',
				path: `${maps}/i`,
				body: {apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Sometimes'},
			},
		],
	},
];
