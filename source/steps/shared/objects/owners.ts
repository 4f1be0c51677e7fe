import {isMap} from '../../../base/text.ts';
import type {KubeObject} from '../../../cluster/types.ts';
import {managedBy} from '../names.ts';

const label = 'app.kubernetes.io/managed-by';

/** The name under which this tool writes (server-side apply). */
const ownManager = 'zenml-airgap';

/** `Certificate zenml-tls`: whom the garbage collector counts as its owner. */
const byReference = ({metadata}: KubeObject): string | undefined => {
	const [owner] = metadata.ownerReferences ?? [];
	return owner && `${owner.kind} ${owner.name}`;
};

/** Annotations that Helm and cert-manager put on what is theirs. */
const byAnnotation = ({metadata}: KubeObject): string | undefined => {
	const annotations = metadata.annotations ?? {};
	const release = annotations['meta.helm.sh/release-name'];
	if (release) return `Helm release ${annotations['meta.helm.sh/release-namespace'] ?? '?'}/${release}`;
	const certificate = annotations['cert-manager.io/certificate-name'];
	if (certificate) return `cert-manager, certificate ${certificate}`;
	return Object.keys(annotations).some((name) => name.startsWith('cert-manager.io/')) ? 'cert-manager' : undefined;
};

const byLabel = ({metadata}: KubeObject): string | undefined => {
	const manager = metadata.labels?.[label];
	return manager === undefined || manager === managedBy[label] ? undefined : manager;
};

const holdsContent = (fields: unknown): boolean =>
	isMap(fields) && Object.keys(fields).some((name) => !['f:metadata', 'f:status', 'f:type'].includes(name));

/** Who wrote its content, where that was not this tool and nothing says that the object is its own. */
const byManager = ({metadata}: KubeObject): string | undefined => {
	if (metadata.labels?.[label] === managedBy[label]) return undefined;
	const writers = (metadata.managedFields ?? []).flatMap(({manager, fieldsV1}) =>
		manager !== undefined && holdsContent(fieldsV1) ? [manager] : [],
	);
	return writers.length === 0 || writers.includes(ownManager) ? undefined : `made with ${writers.join(', ')}`;
};

/** Somebody else whose an object is, in a few words; `isMarked`: only a label or the record of writers says so, which a label of ours settles. */
export type Owner = {readonly words: string; readonly isMarked: boolean};

/**
 * Who else an object of the cluster belongs to; undefined for one of this tool, or of nobody. By what Kubernetes itself records
 * (ownerReferences, managedFields) and what Helm and cert-manager write on what is theirs.
 */
export const otherOwner = (live: KubeObject): Owner | undefined => {
	const keeper = byReference(live) ?? byAnnotation(live);
	if (keeper !== undefined) return {words: keeper, isMarked: false};
	const maker = byLabel(live) ?? byManager(live);
	return maker === undefined ? undefined : {words: maker, isMarked: true};
};

/** True where everything that is wanted beside its metadata is there already, whatever else is. */
export const holdsAll = (live: unknown, wanted: unknown): boolean => {
	if (isMap(wanted))
		return (
			isMap(live) && Object.entries(wanted).every(([key, value]) => key === 'metadata' || holdsAll(live[key], value))
		);
	if (Array.isArray(wanted))
		return (
			Array.isArray(live) &&
			live.length === wanted.length &&
			wanted.every((value, index) => holdsAll(live[index], value))
		);
	return Object.is(live, wanted);
};
