import type {Store} from '../objects/store.ts';
import type {Pod, Volume} from '../objects/types.ts';
import {dict} from '../objects/values.ts';
import type {Node, PodRun} from './types.ts';

/** An object that a volume shows as files. */
type Source = {
	readonly kind: 'secret' | 'configmap';
	readonly name: string;
	readonly optional: boolean;
	readonly items: readonly {readonly key: string}[];
};

type Named = {name?: string; secretName?: string; optional?: boolean; items?: {key: string}[]};

const sourceOf = (kind: Source['kind'], {name, secretName, optional = false, items = []}: Named): Source => ({
	kind,
	name: secretName ?? name ?? '',
	optional,
	items,
});

const sourcesIn = ({secret, configMap}: {readonly secret?: Named; readonly configMap?: Named}): readonly Source[] => [
	...(secret ? [sourceOf('secret', secret)] : []),
	...(configMap ? [sourceOf('configmap', configMap)] : []),
];

/** What a volume lacks, in the words of the kubelet. */
const lackOf = (store: Store, namespace: string, volume: Volume): string | undefined => {
	const own = sourcesIn(volume);
	const all = [...own, ...(volume.projected?.sources ?? []).flatMap(sourcesIn)];
	const find = ({kind, name}: Source) => store.get(`${kind}s`, namespace, name);
	const absent = all.find((source) => !source.optional && !find(source));
	if (absent) return `${absent.kind} "${absent.name}" not found`;
	for (const source of own) {
		const object = find(source);
		// Of an optional source a key that is missing is no file (k8s.io/kubernetes, pkg/volume/secret, MakePayload).
		const missing = object && !source.optional && source.items.find(({key}) => dict(object.data)[key] === undefined);
		if (missing) return `references non-existent ${source.kind === 'secret' ? 'secret' : 'config'} key: ${missing.key}`;
	}
	return undefined;
};

/** The first volume that cannot be mounted, as the kubelet words it; undefined when all are there. */
export const missingVolume = (store: Store, {metadata, spec}: Pod): string | undefined => {
	for (const volume of spec.volumes ?? []) {
		const lack = lackOf(store, metadata.namespace ?? '', volume);
		if (lack !== undefined) return `MountVolume.SetUp failed for volume "${volume.name}" : ${lack}`;
	}
	return undefined;
};

/** The first claim of the pod that is bound to no volume yet. */
const unboundClaim = (store: Store, {metadata, spec}: Pod): string | undefined =>
	(spec.volumes ?? [])
		.flatMap(({persistentVolumeClaim}) => persistentVolumeClaim?.claimName ?? [])
		.find(
			(name) => dict(store.get('persistentvolumeclaims', metadata.namespace ?? '', name)?.status).phase !== 'Bound',
		);

/** No file server is played: a node gets the words of mount.nfs for one that does not answer. */
const unreachedServer = ({spec}: Pod): string | undefined => {
	for (const {name, nfs} of spec.volumes ?? [])
		if (nfs)
			return `MountVolume.SetUp failed for volume "${name}" : mount failed: exit status 32\nOutput: mount.nfs: Connection refused for ${nfs.server}:${nfs.path}`;
	return undefined;
};

const obstacle = (store: Store, pod: Pod): string | undefined => {
	const claim = unboundClaim(store, pod);
	return claim ? `persistentvolumeclaim "${claim}" not found` : (unreachedServer(pod) ?? missingVolume(store, pod));
};

/** Wait until everything that the pod mounts is there. */
export const mount = async ({store, record, pace}: Node, run: PodRun): Promise<void> => {
	for (let said = ''; ; ) {
		const pod = run.pod();
		const message = pod && obstacle(store, pod);
		if (!pod || !message) return;
		if (message !== said) record(pod, {component: 'kubelet', type: 'Warning', reason: 'FailedMount', message});
		said = message;
		run.report();
		await run.wait(pace.retryMs);
	}
};
