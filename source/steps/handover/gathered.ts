import {printable} from '../../base/printable.ts';
import {type Problem, ProblemError} from '../../base/problem.ts';
import type {Asking, ClusterNamed, Pack} from '../../handover/pack.ts';
import type {World} from '../world.ts';

/** Papers, and what could not be known for them, each in a sentence; a command in it is a line of its own. */
export type Gathered = {
	readonly pack: Pack;
	readonly lacks: readonly string[];
	/** What the operator has to do with them beside handing them over, each in a sentence; a command in it is a line of its own. */
	readonly toDo?: readonly string[] | undefined;
	/** Why a server could not be asked for what they should hold, a sentence: papers that were made with more are better than these. */
	readonly unasked?: string | undefined;
	/** What was asked for by name, and could not be had: the papers are written, but the command has failed. */
	readonly problem?: Problem | undefined;
};

/** How papers are asked for. */
export type Wish = {
	/** Whether passwords are written too, to files of their own. */
	readonly withPasswords?: boolean | undefined;
};

/** How papers name the cluster. Without a kubeconfig that can be read they name none: the plan says why, and papers are had all the same. */
const clusterNamed = ({
	cluster,
	answers: {kubernetes},
}: Pick<World, 'cluster' | 'answers'>): ClusterNamed | undefined => {
	try {
		const context = cluster.context();
		const {server} = cluster;
		const name = context === '' ? server : `${server} (context ${context} of the operator)`;
		return {name: printable(name), server, inUse: kubernetes};
	} catch (error) {
		if (error instanceof ProblemError) return undefined;
		throw error;
	}
};

/** Who asks, until when, about which cluster, and with papers of which day. */
export const askingOf = (world: Pick<World, 'host' | 'cluster' | 'answers' | 'clock' | 'pass'>): Asking => {
	const asked = world.host.asked();
	return {
		...asked,
		issued: new Date(world.clock.now()).toISOString().slice(0, 10),
		isUnderWay: asked.isUnderWay === true || world.pass === 'apply',
		cluster: clusterNamed(world),
	};
};

/** The longest wait for a name that papers can do without, ms. */
const askMs = 5000;

/** Who the operator is in the cluster, or in a sentence why nobody knows: papers are had without a server. */
export type ClusterUser = {readonly user: string} | {readonly user?: undefined; readonly reason: string};

/** Who the operator is in the cluster, as far as it says so, and in time. */
export const clusterUser = async ({cluster, signal}: Pick<World, 'cluster' | 'signal'>): Promise<ClusterUser> => {
	const bound = AbortSignal.timeout(askMs);
	try {
		const user = await cluster.whoAmI(AbortSignal.any([signal, bound]));
		return user === undefined ? {reason: 'The cluster does not tell it.'} : {user};
	} catch (error) {
		signal.throwIfAborted();
		if (error instanceof ProblemError) return {reason: error.problem.message};
		if (bound.aborted) return {reason: `The cluster did not answer within ${askMs / 1000} s.`};
		throw error;
	}
};
