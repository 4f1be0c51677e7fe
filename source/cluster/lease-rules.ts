import type {Problem} from '../base/problem.ts';
import {baseProblems} from '../base/problems.ts';
import type {KubeObject, Lease, Reference} from './kinds.ts';

/** Who holds the lock; written to the Lease so that others can name them. `startedAt` in ms since the epoch. */
export type LeaseHolder = {
	readonly user: string;
	readonly host: string;
	readonly pid: number;
	readonly runId: string;
	readonly startedAt: number;
};

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
		return JSON.parse(metadata.annotations?.[holderAnnotation] ?? '') as LeaseHolder;
	} catch {
		return undefined;
	}
};

/** When a Lease ends unless it is renewed, ms; NaN for one without a readable time. */
const expiryOf = ({spec}: Lease, {durationSeconds}: Claim): number =>
	timeOf(spec?.renewTime) + (spec?.leaseDurationSeconds ?? durationSeconds) * 1000;

export const isHeldBy = ({spec}: Lease, {holder}: Claim): boolean => spec?.holderIdentity === identityOf(holder);

/**
 * True for a Lease that a run may take by what stands in it: nobody's, its own, or expired. A time that cannot be read
 * has passed.
 */
export const isFree = (lease: Lease, claim: Claim, now: number): boolean =>
	!lease.spec?.holderIdentity || isHeldBy(lease, claim) || !(expiryOf(lease, claim) > now);

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

/** Why the lock cannot be had, or is no longer ours, in words that name who has it. */
export const lockedBy = (lease: Lease, claim: Claim, now: number, how: 'held' | 'taken over'): Problem => {
	const holder = holderOf(lease);
	const {metadata, spec} = lease;
	const begun = holder?.startedAt ?? timeOf(spec?.acquireTime);
	const expiry = expiryOf(lease, claim);
	return baseProblems.problem('install-locked', {
		case: how,
		holder: holder ? `${holder.user} on ${holder.host} (process ${holder.pid})` : (spec?.holderIdentity ?? 'nobody'),
		host: holder?.host ?? 'its host',
		begun: Number.isNaN(begun) ? 'at an unknown time' : `${age(now - begun)} ago`,
		alive: age(now - timeOf(spec?.renewTime)),
		left: age(expiry - now),
		freeAt: Number.isNaN(expiry) ? 'any moment' : new Date(expiry).toISOString(),
		namespace: metadata.namespace ?? '',
		lease: metadata.name,
	});
};
