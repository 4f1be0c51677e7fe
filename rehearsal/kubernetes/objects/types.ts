/** A reference from a dependent to its owner (meta/v1 OwnerReference). */
export type OwnerReference = {
	apiVersion: string;
	kind: string;
	name: string;
	uid: string;
	controller?: boolean;
	blockOwnerDeletion?: boolean;
};

/** One entry of `metadata.managedFields` (meta/v1 ManagedFieldsEntry). */
export type ManagedFields = {
	manager: string;
	operation: 'Apply' | 'Update';
	apiVersion: string;
	time?: string;
	fieldsType: 'FieldsV1';
	fieldsV1: Record<string, unknown>;
	subresource?: string;
};

/** Object metadata as it is stored; times are RFC 3339 with whole seconds. */
export type ObjectMeta = {
	name: string;
	namespace?: string;
	generateName?: string;
	uid: string;
	resourceVersion: string;
	generation?: number;
	creationTimestamp: string;
	deletionTimestamp?: string;
	deletionGracePeriodSeconds?: number;
	labels?: Record<string, string>;
	annotations?: Record<string, string>;
	ownerReferences?: OwnerReference[];
	finalizers?: string[];
	managedFields?: ManagedFields[];
};

/** Any Kubernetes object. A stored object is never changed in place: writers copy it first. */
export type KubeObject = {apiVersion: string; kind: string; metadata: ObjectMeta; [field: string]: unknown};

export type Condition = {
	type: string;
	status: 'True' | 'False' | 'Unknown';
	reason?: string;
	message?: string;
	lastTransitionTime?: string;
	lastUpdateTime?: string;
	lastProbeTime?: string | null;
	observedGeneration?: number;
};

export type LabelSelector = {
	matchLabels?: Record<string, string>;
	matchExpressions?: {key: string; operator: string; values?: string[]}[];
};

type KeyRef = {name: string; key: string; optional?: boolean};
export type EnvVar = {
	name: string;
	value?: string;
	valueFrom?: {
		secretKeyRef?: KeyRef;
		configMapKeyRef?: KeyRef;
		fieldRef?: {fieldPath: string};
		resourceFieldRef?: {resource: string; containerName?: string};
	};
};
type EnvFrom = {
	prefix?: string;
	secretRef?: {name: string; optional?: boolean};
	configMapRef?: {name: string; optional?: boolean};
};
export type Container = {
	name: string;
	image: string;
	command?: string[];
	args?: string[];
	env?: EnvVar[];
	envFrom?: EnvFrom[];
	ports?: {name?: string; containerPort: number; protocol?: string}[];
	resources?: {requests?: Record<string, string | number>; limits?: Record<string, string | number>};
	readinessProbe?: Record<string, unknown>;
	imagePullPolicy?: string;
	volumeMounts?: {name: string; mountPath: string; subPath?: string; readOnly?: boolean}[];
	restartPolicy?: string;
};
export type Volume = {
	name: string;
	secret?: {secretName?: string; optional?: boolean; items?: {key: string; path: string}[]};
	configMap?: {name?: string; optional?: boolean; items?: {key: string; path: string}[]};
	persistentVolumeClaim?: {claimName: string};
	nfs?: {server: string; path: string};
	projected?: {
		sources?: {
			secret?: {name?: string; optional?: boolean; items?: {key: string; path: string}[]};
			configMap?: {name?: string; optional?: boolean; items?: {key: string; path: string}[]};
		}[];
		defaultMode?: number;
	};
};
type PodSpec = {
	containers: Container[];
	initContainers?: Container[];
	volumes?: Volume[];
	imagePullSecrets?: {name: string}[];
	restartPolicy?: 'Always' | 'OnFailure' | 'Never';
	serviceAccountName?: string;
	/** The old name of the same. */
	serviceAccount?: string;
	automountServiceAccountToken?: boolean;
	nodeName?: string;
	nodeSelector?: Record<string, string>;
	terminationGracePeriodSeconds?: number;
};
export type ContainerState = {
	waiting?: {reason: string; message?: string};
	running?: {startedAt: string};
	terminated?: {
		exitCode: number;
		reason: string;
		message?: string;
		startedAt: string;
		finishedAt: string;
		containerID?: string;
	};
};
export type ContainerStatus = {
	name: string;
	image: string;
	imageID: string;
	ready: boolean;
	started: boolean;
	restartCount: number;
	state: ContainerState;
	lastState: ContainerState;
	containerID?: string;
	allocatedResources?: Record<string, string | number>;
	resources?: Container['resources'];
	volumeMounts?: Record<string, unknown>[];
};
export type PodStatus = {
	phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed';
	conditions?: Condition[];
	containerStatuses?: ContainerStatus[];
	initContainerStatuses?: ContainerStatus[];
	podIP?: string;
	podIPs?: {ip: string}[];
	hostIP?: string;
	hostIPs?: {ip: string}[];
	/** The generation of the pod that the status is about; since 1.34 also in each condition. */
	observedGeneration?: number;
	startTime?: string;
	qosClass?: string;
	reason?: string;
	message?: string;
};
export type Pod = KubeObject & {spec: PodSpec; status?: PodStatus};
export type PodTemplate = {
	metadata?: {labels?: Record<string, string>; annotations?: Record<string, string>};
	spec: PodSpec;
};

type WorkloadStatus = {
	observedGeneration?: number;
	replicas?: number;
	readyReplicas?: number;
	availableReplicas?: number;
	unavailableReplicas?: number;
	updatedReplicas?: number;
	conditions?: Condition[];
	[field: string]: unknown;
};
export type Deployment = KubeObject & {
	spec: {
		replicas: number;
		selector: LabelSelector;
		template: PodTemplate;
		strategy?: {
			type?: string;
			rollingUpdate?: {maxSurge?: number | string; maxUnavailable?: number | string};
		};
		minReadySeconds?: number;
		progressDeadlineSeconds?: number;
		revisionHistoryLimit?: number;
		paused?: boolean;
	};
	status?: WorkloadStatus;
};
export type ReplicaSet = KubeObject & {
	spec: {replicas: number; selector: LabelSelector; template: PodTemplate; minReadySeconds?: number};
	status?: WorkloadStatus;
};
export type Job = KubeObject & {
	spec: {
		template: PodTemplate;
		selector?: LabelSelector;
		completions?: number;
		parallelism?: number;
		backoffLimit?: number;
		activeDeadlineSeconds?: number;
		ttlSecondsAfterFinished?: number;
		suspend?: boolean;
	};
	status?: {
		active?: number;
		ready?: number;
		succeeded?: number;
		failed?: number;
		startTime?: string;
		completionTime?: string;
		conditions?: Condition[];
		[field: string]: unknown;
	};
};
