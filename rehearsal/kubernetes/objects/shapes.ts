/**
 * How a value merges: a list is joined by keys, is a set, or is replaced whole; a map merges unless it is atomic.
 * The keys are those of the `x-kubernetes-list-map-keys` and `x-kubernetes-patch-merge-key` extensions in the OpenAPI
 * document of Kubernetes 1.34. Whatever is not named here is a granular map or an atomic list.
 */
export type Shape = {
	/** Server-side apply joins list items by these members; a default stands in for a missing one. */
	readonly keys?: readonly string[];
	readonly keyDefaults?: Readonly<Record<string, unknown>>;
	/** Strategic merge patch joins list items by this member. */
	readonly patchKey?: string;
	/** A list of scalars that is a set. */
	readonly set?: true;
	/** Server-side apply owns and replaces the value whole. */
	readonly atomic?: true;
	/** A map with free names (labels, data): its members are owned one by one, and so is the map. */
	readonly map?: true;
	readonly items?: Shape;
	readonly fields?: Readonly<Record<string, Shape>>;
};

const byKeys = (keys: readonly string[], items: Shape = {}, patchKey = keys[0]): Shape => ({
	keys,
	items,
	...(patchKey ? {patchKey} : {}),
});
const ports = (keys: readonly string[]): Shape => ({...byKeys(keys), keyDefaults: {protocol: 'TCP'}});
const atomic: Shape = {atomic: true};
const map: Shape = {map: true};
const conditions = byKeys(['type']);

const metadata: Shape = {
	fields: {
		labels: map,
		annotations: map,
		finalizers: {set: true},
		ownerReferences: byKeys(['uid']),
	},
};
const envItem: Shape = {
	fields: {
		valueFrom: {
			fields: {secretKeyRef: atomic, configMapKeyRef: atomic, fieldRef: atomic, resourceFieldRef: atomic},
		},
	},
};
const container: Shape = {
	fields: {
		env: byKeys(['name'], envItem),
		ports: ports(['containerPort', 'protocol']),
		volumeMounts: byKeys(['mountPath']),
		volumeDevices: byKeys(['devicePath']),
		resources: {fields: {limits: map, requests: map, claims: byKeys(['name'])}},
	},
};
const volume: Shape = {
	fields: {projected: {}, csi: {fields: {volumeAttributes: map}}},
};
const podSpec: Shape = {
	fields: {
		containers: byKeys(['name'], container),
		initContainers: byKeys(['name'], container),
		ephemeralContainers: byKeys(['name'], container),
		volumes: byKeys(['name'], volume),
		imagePullSecrets: byKeys(['name'], atomic),
		hostAliases: byKeys(['ip']),
		topologySpreadConstraints: byKeys(['topologyKey', 'whenUnsatisfiable'], {fields: {labelSelector: atomic}}),
		nodeSelector: {atomic: true, map: true},
		overhead: map,
		resourceClaims: byKeys(['name']),
		schedulingGates: byKeys(['name']),
	},
};
const template: Shape = {fields: {metadata, spec: podSpec}};
const labelSelector: Shape = {atomic: true};
const workload: Shape = {
	fields: {
		metadata,
		spec: {fields: {selector: labelSelector, template}},
		status: {fields: {conditions}},
	},
};

const shapes: Readonly<Record<string, Shape>> = {
	pods: {
		fields: {
			metadata,
			spec: podSpec,
			status: {fields: {conditions, podIPs: byKeys(['ip']), hostIPs: atomic}},
		},
	},
	'deployments.apps': workload,
	'replicasets.apps': workload,
	// Joined by type in a strategic merge patch, atomic for server-side apply.
	'jobs.batch': {
		fields: {
			metadata,
			spec: {fields: {selector: labelSelector, template}},
			status: {fields: {conditions: {patchKey: 'type', atomic: true}}},
		},
	},
	'cronjobs.batch': {
		fields: {
			metadata,
			spec: {fields: {jobTemplate: {fields: {metadata, spec: {fields: {selector: labelSelector, template}}}}}},
		},
	},
	services: {
		fields: {
			metadata,
			spec: {fields: {ports: ports(['port', 'protocol']), selector: {atomic: true, map: true}}},
			status: {fields: {conditions}},
		},
	},
	secrets: {fields: {metadata, data: map, stringData: map}},
	configmaps: {fields: {metadata, data: map, binaryData: map}},
	serviceaccounts: {fields: {metadata, secrets: byKeys(['name']), imagePullSecrets: {items: atomic}}},
	namespaces: {fields: {metadata, spec: {fields: {finalizers: atomic}}, status: {fields: {conditions}}}},
	nodes: {
		fields: {
			metadata,
			spec: {fields: {podCIDRs: {set: true}}},
			status: {fields: {conditions, addresses: byKeys(['type'])}},
		},
	},
	persistentvolumeclaims: {
		fields: {
			metadata,
			spec: {fields: {selector: labelSelector, dataSource: atomic, dataSourceRef: atomic}},
			status: {fields: {conditions}},
		},
	},
	'networkpolicies.networking.k8s.io': {fields: {metadata, spec: {fields: {podSelector: labelSelector}}}},
	'poddisruptionbudgets.policy': {
		fields: {metadata, spec: {fields: {selector: labelSelector}}, status: {fields: {conditions}}},
	},
	'horizontalpodautoscalers.autoscaling': {fields: {metadata, status: {fields: {conditions}}}},
	'rolebindings.rbac.authorization.k8s.io': {fields: {metadata, roleRef: atomic}},
	'clusterrolebindings.rbac.authorization.k8s.io': {fields: {metadata, roleRef: atomic}},
	'clusterroles.rbac.authorization.k8s.io': {
		fields: {metadata, aggregationRule: {}},
	},
};

/** The shape of a kind's objects; kinds without an entry merge maps and replace lists. */
export const shapeOf = (id: string): Shape => shapes[id] ?? {fields: {metadata}};

/** The shape of a member of a map. */
export const childShape = (shape: Shape, key: string): Shape => shape.fields?.[key] ?? {};
