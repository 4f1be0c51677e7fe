import {forbidden} from '../objects/errors.ts';
import type {KindInfo} from '../objects/kinds.ts';
import {madeSuffix} from '../objects/made.ts';
import type {Store} from '../objects/store.ts';
import type {KubeObject, Pod} from '../objects/types.ts';
import {type Dict, isDict, list, setDefaults} from '../objects/values.ts';

const accessPath = '/var/run/secrets/kubernetes.io/serviceaccount';

const accessSources = (): Dict[] => [
	{serviceAccountToken: {expirationSeconds: 3607, path: 'token'}},
	{configMap: {name: 'kube-root-ca.crt', items: [{key: 'ca.crt', path: 'ca.crt'}]}},
	{downwardAPI: {items: [{path: 'namespace', fieldRef: {apiVersion: 'v1', fieldPath: 'metadata.namespace'}}]}},
];

/**
 * The volume with the account's token, the cluster's CA and the namespace, in every container that does not mount its
 * own.
 */
const mountAccess = (spec: Pod['spec'], account: KubeObject): void => {
	const {automountServiceAccountToken = account.automountServiceAccountToken} = spec;
	if (automountServiceAccountToken === false) return;
	const name = `kube-api-access-${madeSuffix()}`;
	const containers = [...(spec.initContainers ?? []), ...spec.containers];
	const open = containers.filter((one) => !one.volumeMounts?.some(({mountPath}) => mountPath === accessPath));
	if (open.length === 0) return;
	for (const container of open)
		container.volumeMounts = [...(container.volumeMounts ?? []), {name, readOnly: true, mountPath: accessPath}];
	const projected = {sources: accessSources(), defaultMode: 420};
	spec.volumes = [...(spec.volumes ?? []), {name, projected}];
};

const tolerations = (): Dict[] =>
	['not-ready', 'unreachable'].map((key) => ({
		effect: 'NoExecute',
		key: `node.kubernetes.io/${key}`,
		operator: 'Exists',
		tolerationSeconds: 300,
	}));

/** The account that the pod runs as: `default` unless it says otherwise. Refuses (403) one that is not there. */
const accountOf = (store: Store, info: KindInfo, {metadata, spec}: Pod): KubeObject => {
	const {namespace = ''} = metadata;
	const name = spec.serviceAccountName || 'default';
	const account = store.get('serviceaccounts', namespace, name);
	if (account) return account;
	// The real server refuses before it makes a name, so each try is refused in the same words.
	const why = `error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`;
	throw forbidden(info, metadata.generateName ?? metadata.name, why);
};

/** The service account admission plug-in, and what others add to every pod; in place. */
export const admitPod = (store: Store, info: KindInfo, pod: Pod): void => {
	const {spec} = pod;
	const account = accountOf(store, info, pod);
	const pullSecrets = list(account.imagePullSecrets).filter(isDict) as {name: string}[];
	spec.serviceAccountName = account.metadata.name;
	spec.serviceAccount = account.metadata.name;
	if (!spec.imagePullSecrets?.length && pullSecrets.length > 0) spec.imagePullSecrets = pullSecrets;
	mountAccess(spec, account);
	setDefaults(spec as Dict, {
		enableServiceLinks: true,
		preemptionPolicy: 'PreemptLowerPriority',
		priority: 0,
		tolerations: tolerations(),
	});
};
