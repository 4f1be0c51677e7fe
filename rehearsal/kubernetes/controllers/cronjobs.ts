import {setStatus} from '../objects/conditions.ts';
import type {Job} from '../objects/types.ts';
import {dict} from '../objects/values.ts';
import {ownedBy} from './owners.ts';
import type {Reconcile} from './types.ts';

const id = 'cronjobs.batch';

/** When a Job ended well; undefined where it did not. */
const successOf = ({status}: Job): string | undefined => {
	const isComplete = (status?.conditions ?? []).some(({type, status: is}) => type === 'Complete' && is === 'True');
	const {completionTime} = dict(status);
	return isComplete && typeof completionTime === 'string' ? completionTime : undefined;
};

/** Notes the newest success of its Jobs, also of those that somebody made by hand. It starts none: nights are short in a rehearsal. */
export const reconcileCronJob: Reconcile = ({store}, namespace, name) => {
	const cronJob = store.get(id, namespace, name);
	if (!cronJob || cronJob.metadata.deletionTimestamp) return undefined;
	const newest = ownedBy<Job>(store, 'jobs.batch', cronJob)
		.flatMap((job) => successOf(job) ?? [])
		.sort()
		.at(-1);
	const known = dict(cronJob.status).lastSuccessfulTime;
	if (newest !== undefined && (typeof known !== 'string' || newest > known))
		setStatus(store, id, cronJob, {...dict(cronJob.status), lastSuccessfulTime: newest});
	return undefined;
};
