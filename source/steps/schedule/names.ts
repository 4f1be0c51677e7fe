import type {Answers} from '../../answers/schema.ts';

/** Everything that a schedule has in the cluster has this name, but for what watches it. */
export const scheduleName = 'zenml-backup';
export const watchName = 'zenml-backup-watch';
/** Remembers which schedule was proved by a first run. */
export const provedName = 'zenml-backup-proved';

export const scheduleNamespace = ({backup, controlPlane}: Answers): string =>
	backup.schedule.namespace ?? controlPlane.namespace;
