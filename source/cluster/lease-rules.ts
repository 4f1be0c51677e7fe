import * as z from 'zod';
import {printable} from '../base/printable.ts';
import type {Problem} from '../base/problem.ts';
import {baseProblems} from '../base/problems.ts';
import type {KubeObject, Lease, Reference} from './kinds.ts';

const holderSchema = z.object({
	user: z.string().transform(printable),
	host: z.string().transform(printable),
	pid: z.int(),
	runId: z.string(),
	startedAt: z.number().min(0).max(8.64e15),
	birth: z.string().optional(),
	boot: z.string().optional(),
	pidNamespace: z.string().optional(),
});

/**
 * Who holds the lock; written to the Lease so that others can name them. `startedAt` in ms since the epoch. `birth`, `boot` and
 * `pidNamespace` tell which process it is, and where that can be looked up: a host's name and a pid alone do not.
 */
export type LeaseHolder = Readonly<z.infer<typeof holderSchema>>;

/** One run that wants a Lease, or has it. */
export type Claim = {
	readonly reference: Reference;
	readonly holder: LeaseHolder;
	readonly durationSeconds: number;
};

const holderAnnotation = 'zenml-airgap.io/holder';

/** MicroTime wants microseconds; milliseconds are what there is. */
const microTime = (ms: number): string => new Date(ms).toISOString().replace('Z', '000Z');

const timeOf = (text: string | null | undefined): number => Date.parse(text ?? '');

/** The holder as a Lease names it: one run is one identity. */
const identityOf = ({user, host, runId}: LeaseHolder): string => `${user}@${host}/${runId}`;

/** The holder that a run of this program wrote down; undefined for a Lease that somebody else wrote. */
export const holderOf = ({metadata}: Lease): LeaseHolder | undefined => {
	try {
		return holderSchema.parse(JSON.parse(metadata.annotations?.[holderAnnotation] ?? ''));
	} catch {
		return undefined;
	}
};

/** The longest that a Lease is watched before it is taken over, seconds. */
const longestWatch = 120;

/** How long a Lease may stay as it is before it is a dead run's, seconds; undefined where nobody would wait for it. */
export const lifeOf = ({spec}: Lease, {durationSeconds}: Claim): number | undefined => {
	const seconds = spec?.leaseDurationSeconds;
	const life = typeof seconds === 'number' && seconds > 0 ? seconds : durationSeconds;
	return life > longestWatch ? undefined : life;
};

/** Tells two states of a Lease apart: every write of its holder changes it. */
export const stateOf = ({metadata, spec}: Lease): string =>
	JSON.stringify([
		metadata.uid,
		metadata.resourceVersion,
		spec?.holderIdentity,
		spec?.renewTime,
		spec?.leaseTransitions,
	]);

export const isHeldBy = ({spec}: Lease, {holder}: Claim): boolean => spec?.holderIdentity === identityOf(holder);

/** True for a Lease that a run may take by what stands in it: nobody's, or its own. Times in it are another host's. */
export const isFree = (lease: Lease, claim: Claim): boolean => !lease.spec?.holderIdentity || isHeldBy(lease, claim);

/** The Lease as it is written while it is held: everything else in it stays. */
export const renewed = (old: Lease | undefined, {reference, holder, durationSeconds}: Claim, now: number): Lease => {
	const {name, namespace = ''} = reference;
	return {
		...old,
		apiVersion: reference.apiVersion,
		kind: reference.kind,
		metadata: {
			...old?.metadata,
			name,
			namespace,
			labels: {...old?.metadata.labels, 'app.kubernetes.io/managed-by': 'zenml-airgap'},
			annotations: {...old?.metadata.annotations, [holderAnnotation]: JSON.stringify(holder)},
		},
		spec: {
			...old?.spec,
			holderIdentity: identityOf(holder),
			leaseDurationSeconds: durationSeconds,
			renewTime: microTime(now),
		},
	};
};

/** The same when it begins to be held: the change of hands is counted. */
export const taken = (old: Lease | undefined, claim: Claim, now: number): Lease => {
	const lease = renewed(old, claim, now);
	const leaseTransitions = old ? (old.spec?.leaseTransitions ?? 0) + 1 : 0;
	return {...lease, spec: {...lease.spec, acquireTime: microTime(now), leaseTransitions}};
};

/** The Lease as it is given back: nobody's. */
export const released = ({metadata, spec, ...rest}: Lease): KubeObject => {
	const {[holderAnnotation]: _, ...annotations} = metadata.annotations ?? {};
	return {...rest, metadata: {...metadata, annotations}, spec: {...spec, holderIdentity: null}} as KubeObject;
};

const age = (ms: number): string => {
	const seconds = Math.max(0, Math.round(ms / 1000));
	if (seconds < 90) return `${seconds} s`;
	return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
};

/** Why the lock cannot be had, or is no longer ours. */
type How = 'held' | 'long' | 'taken over';

/** The same in words that name who has it. */
export const lockedBy = (lease: Lease, claim: Claim, now: number, how: How): Problem => {
	const holder = holderOf(lease);
	const {metadata, spec} = lease;
	const {name, namespace = ''} = metadata;
	if (!spec?.holderIdentity)
		return baseProblems.problem('install-locked', {case: 'given back', lease: name, namespace});
	const begun = holder?.startedAt ?? timeOf(spec.acquireTime);
	return baseProblems.problem('install-locked', {
		case: how,
		holder: holder ? `${holder.user} on ${holder.host} (process ${holder.pid})` : printable(spec.holderIdentity),
		host: holder?.host ?? 'its host',
		begun: Number.isNaN(begun) ? 'at an unknown time' : `${age(now - begun)} ago`,
		life: String(spec.leaseDurationSeconds ?? claim.durationSeconds),
		namespace,
		lease: name,
	});
};
