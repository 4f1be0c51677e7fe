import {type Problem, ProblemError, toProblem} from '../base/problem.ts';
import type {ClusterPort, KubeObject} from './types.ts';

/** Who holds the lock; written to the Lease so that others can name them. `startedAt` in ms since the epoch. */
export type LeaseHolder = {
	readonly user: string;
	readonly host: string;
	readonly pid: number;
	readonly runId: string;
	readonly startedAt: number;
};

/** `sleep` ends early, without an error, when the signal is aborted or else rejects; both are fine here. */
export type LeaseClock = {
	readonly now: () => number;
	readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
};

export type LeaseOptions = {
	readonly namespace: string;
	readonly name?: string;
	readonly holder: LeaseHolder;
	readonly durationSeconds: number;
	readonly clock: LeaseClock;
	/** Ends the wait of the first call; the lease itself lives until `release`. */
	readonly signal: AbortSignal;
	/** Called once when the lease is another's or could not be renewed for as long as it lasts. */
	readonly onLost?: (problem: Problem) => void;
	/** True for a holder that is known to be gone, e.g. a dead process of this host; its lease is taken over at once. */
	readonly isGone?: (holder: LeaseHolder) => boolean | Promise<boolean>;
};

export type HeldLease = {
	/** Aborted, with a ProblemError as reason, when the lease is lost. */
	readonly lost: AbortSignal;
	/** Stops renewing and gives the lease free. Safe to call twice. */
	readonly release: () => Promise<void>;
};

/** `coordination.k8s.io/v1` Lease, as far as it is used. */
type Lease = KubeObject & {
	readonly spec?: {
		readonly holderIdentity?: string | null;
		readonly leaseDurationSeconds?: number | null;
		readonly renewTime?: string | null;
		readonly acquireTime?: string | null;
		readonly leaseTransitions?: number | null;
	};
};

const holderAnnotation = 'zenml-airgap.io/holder';
/** MicroTime wants microseconds; milliseconds are what there is. */
const microTime = (ms: number): string => new Date(ms).toISOString().replace('Z', '000Z');

const holderOf = (lease: Lease): LeaseHolder | undefined => {
	try {
		return JSON.parse(lease.metadata.annotations?.[holderAnnotation] ?? '') as LeaseHolder;
	} catch {
		return undefined;
	}
};

const age = (ms: number): string => {
	const seconds = Math.max(0, Math.round(ms / 1000));
	if (seconds < 90) return `${seconds} s`;
	return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
};

const lockedProblem = (lease: Lease, expiresAt: number, now: number): ProblemError => {
	const holder = holderOf(lease);
	const who = holder ? `${holder.user} on ${holder.host} (process ${holder.pid})` : (lease.spec?.holderIdentity ?? '?');
	const since = holder?.startedAt ?? Date.parse(lease.spec?.acquireTime ?? '');
	const {namespace, name} = lease.metadata;
	return new ProblemError({
		code: 'install-locked',
		area: 'locked',
		message: `Another run is working on this cluster: ${who}.`,
		cause: `It began ${Number.isNaN(since) ? 'at an unknown time' : `${age(now - since)} ago`} and was last alive ${age(now - Date.parse(lease.spec?.renewTime ?? ''))} ago; its lock expires in ${age(expiresAt - now)} unless it is renewed.`,
		fix: `Let that run end, or stop it on ${holder?.host ?? 'its host'}; a run that is dead frees the lock by itself at ${new Date(expiresAt).toISOString()}.`,
		nextSteps: [`kubectl -n ${namespace} get lease ${name} -o yaml`],
	});
};

/**
 * Takes the lock of this cluster: a Lease that is created, or replaced with its resourceVersion, so of two runs only
 * one succeeds. Times are the API server's, so clocks of two jump hosts may differ. It is renewed three times within
 * its duration until `release`. @throws ProblemError area `locked`, code `install-locked`; cluster problems.
 */
export const acquireLease = async (
	cluster: Pick<ClusterPort, 'get' | 'create' | 'replace' | 'serverTime'>,
	{namespace, name = 'zenml-airgap', holder, durationSeconds, clock, signal, onLost, isGone}: LeaseOptions,
): Promise<HeldLease> => {
	const reference = {apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace, name};
	const identity = `${holder.user}@${holder.host}/${holder.runId}`;
	const durationMs = durationSeconds * 1000;
	const offset = (await cluster.serverTime(signal)) - clock.now();
	const now = (): number => clock.now() + offset;
	const expiry = ({spec}: Lease): number =>
		Date.parse(spec?.renewTime ?? '') + (spec?.leaseDurationSeconds ?? durationSeconds) * 1000;
	const wish = (old: Lease | undefined, taking: boolean): Lease => ({
		...old,
		apiVersion: reference.apiVersion,
		kind: 'Lease',
		metadata: {
			...old?.metadata,
			name,
			namespace,
			labels: {...old?.metadata.labels, 'app.kubernetes.io/managed-by': 'zenml-airgap'},
			annotations: {...old?.metadata.annotations, [holderAnnotation]: JSON.stringify(holder)},
		},
		spec: {
			...old?.spec,
			holderIdentity: identity,
			leaseDurationSeconds: durationSeconds,
			renewTime: microTime(now()),
			...(taking && {
				acquireTime: microTime(now()),
				leaseTransitions: old ? (old.spec?.leaseTransitions ?? 0) + 1 : 0,
			}),
		},
	});
	const take = async (): Promise<Lease> => {
		for (;;) {
			signal.throwIfAborted();
			const old = (await cluster.get(reference, signal)) as Lease | undefined;
			if (!old) {
				const made = await cluster.create(wish(undefined, true), signal);
				if (made) return made as Lease;
				continue;
			}
			const other = old.spec?.holderIdentity;
			const known = holderOf(old);
			// `!(… > …)` so that a Lease without a readable time counts as expired.
			const free = !other || other === identity || !(expiry(old) > now()) || (known && (await isGone?.(known)));
			if (!free) throw lockedProblem(old, expiry(old), now());
			const taken = await cluster.replace(wish(old, true), signal);
			if (taken) return taken as Lease;
		}
	};

	let lease = await take();
	let renewedAt = clock.now();
	const stop = new AbortController();
	const lost = new AbortController();
	const lose = (found: Problem): void => {
		lost.abort(new ProblemError(found));
		onLost?.(found);
	};
	/** True while the lease is ours. A replace that does not succeed may be our own earlier one whose answer was lost. */
	const renew = async (): Promise<boolean> => {
		const renewed = await cluster.replace(wish(lease, false), stop.signal);
		const current = renewed ?? (await cluster.get(reference, stop.signal));
		if (!current || (current as Lease).spec?.holderIdentity !== identity) {
			lose({
				...lockedProblem((current ?? lease) as Lease, current ? expiry(current as Lease) : now(), now()).problem,
				message: current
					? 'Another run has taken over the lock of this cluster.'
					: `The lock of this cluster, lease ${namespace}/${name}, was deleted.`,
			});
			return false;
		}
		lease = current as Lease;
		if (renewed) renewedAt = clock.now();
		return true;
	};
	const keep = async (): Promise<void> => {
		for (;;) {
			await clock.sleep(durationMs / 3, stop.signal);
			if (stop.signal.aborted) return;
			try {
				if (!(await renew())) return;
			} catch (error) {
				if (stop.signal.aborted) return;
				if (clock.now() - renewedAt < durationMs) continue;
				const {cause, evidence = []} = toProblem(error);
				return lose({
					code: 'install-lock-lost',
					area: 'locked',
					who: 'operator',
					message: `The lock of this cluster could not be renewed for ${durationSeconds} s.`,
					cause: `Another run may now begin. ${cause}`,
					fix: 'Start again when the cluster answers; finished steps are not done twice.',
					nextSteps: [],
					evidence,
				});
			}
		}
	};
	const keeping = keep().catch((error: unknown) => {
		if (!stop.signal.aborted) lose(toProblem(error));
	});
	let released: Promise<void> | undefined;
	const release = async (): Promise<void> => {
		stop.abort();
		await keeping;
		if (lost.signal.aborted) return;
		const own = AbortSignal.timeout(15_000);
		const current = (await cluster.get(reference, own)) as Lease | undefined;
		if (current?.spec?.holderIdentity !== identity) return;
		const {[holderAnnotation]: _, ...annotations} = current.metadata.annotations ?? {};
		await cluster.replace(
			{
				...current,
				metadata: {...current.metadata, annotations},
				spec: {...current.spec, holderIdentity: null},
			} as KubeObject,
			own,
		);
	};
	return {
		lost: lost.signal,
		release: () => {
			released ??= release();
			return released;
		},
	};
};
