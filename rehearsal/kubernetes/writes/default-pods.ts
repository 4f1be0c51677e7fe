import {type Dict, dict, ensureDict, isDict, list, setDefault, setDefaults} from '../objects/values.ts';

const defaultProbe = (probe: unknown): void => {
	if (!isDict(probe)) return;
	setDefaults(probe, {timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3});
	if (isDict(probe.httpGet)) setDefaults(probe.httpGet, {path: '/', scheme: 'HTTP'});
};

/** An image without a tag, or with the tag `latest`, may become another one at any time. */
const isFloating = (image: string): boolean => {
	const name = image.slice(image.lastIndexOf('/') + 1);
	return !name.includes('@') && (!name.includes(':') || name.endsWith(':latest'));
};

/** A limit without a request is also the request. */
const defaultRequests = (resources: Dict): void => {
	if (isDict(resources.limits)) setDefaults(ensureDict(resources, 'requests'), resources.limits);
};

const defaultContainer = (container: Dict): void => {
	setDefaults(container, {
		imagePullPolicy: isFloating(String(container.image ?? '')) ? 'Always' : 'IfNotPresent',
		terminationMessagePath: '/dev/termination-log',
		terminationMessagePolicy: 'File',
		resources: {},
	});
	for (const port of list(container.ports).filter(isDict)) setDefault(port, 'protocol', 'TCP');
	for (const probe of ['livenessProbe', 'readinessProbe', 'startupProbe']) defaultProbe(container[probe]);
	for (const variable of list(container.env)) {
		const field = dict(dict(variable).valueFrom).fieldRef;
		if (isDict(field)) setDefault(field, 'apiVersion', 'v1');
	}
	defaultRequests(dict(container.resources));
};

const defaultVolume = (volume: Dict): void => {
	for (const source of ['secret', 'configMap', 'projected', 'downwardAPI']) {
		const value = volume[source];
		if (isDict(value)) setDefault(value, 'defaultMode', 420);
	}
};

/** Defaults of a pod's spec (k8s.io/kubernetes/pkg/apis/core/v1/defaults.go), in place. */
export const defaultPodSpec = (spec: Dict): void => {
	setDefaults(spec, {
		dnsPolicy: 'ClusterFirst',
		schedulerName: 'default-scheduler',
		terminationGracePeriodSeconds: 30,
		securityContext: {},
	});
	// The deprecated name mirrors the new one.
	if (spec.serviceAccountName !== undefined) spec.serviceAccount = spec.serviceAccountName;
	else if (spec.serviceAccount !== undefined) spec.serviceAccountName = spec.serviceAccount;
	for (const container of [...list(spec.initContainers), ...list(spec.containers)].filter(isDict))
		defaultContainer(container);
	for (const volume of list(spec.volumes)) defaultVolume(dict(volume));
};

/** Defaults of a pod that runs as a server: it is restarted whenever it ends. */
export const defaultServerSpec = (spec: Dict): void => {
	setDefault(spec, 'restartPolicy', 'Always');
	defaultPodSpec(spec);
};
