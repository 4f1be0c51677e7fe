import {resolveSecret} from '../../../answers/secrets.ts';
import {createBackups} from '../../../backup/backups.ts';
import type {BackupPort} from '../../../backup/types.ts';
import {createCluster} from '../../../cluster/cluster.ts';
import {plans} from '../../../plans/index.ts';
import {type ScheduleStanding, scheduleStanding} from '../../../steps/schedule/standing.ts';
import {completeAnswers, findAnswers, stateDirectoryOf} from '../../answers/inputs.ts';
import type {Context} from '../../base/context.ts';
import {backupSettings} from '../../run/backup-settings.ts';
import {childEnvironment} from '../../run/child-environment.ts';
import {clusterChoice} from '../../run/cluster-choice.ts';
import type {BackupOptions} from './options.ts';

/** The backups of an install, and how its schedule stands in the cluster, which is asked only for that. */
export type BackupSite = {readonly backups: BackupPort; readonly schedule: () => Promise<ScheduleStanding>};

/**
 * The backups of the install that the words mean; no server is asked, but for a passphrase that lies in the cluster.
 * @throws ProblemError, ProblemsError area `usage`
 */
export const siteOf = async (context: Context, options: BackupOptions): Promise<BackupSite> => {
	const global = {...options, nonInteractive: true, plain: true, logLevel: 'info'} as const;
	const stateDirectory = stateDirectoryOf(context, global);
	const answers = completeAnswers(await findAnswers(context, global, {stateDirectory, plan: plans.backup}));
	const {redactor, signal, homeDirectory, environment} = context;
	const cluster = createCluster({
		...clusterChoice(answers),
		homeDirectory,
		environment: childEnvironment(environment, answers),
		onSecret: redactor.register,
	});
	const resolve = async (reference: string, answer: string): Promise<string> => {
		const value = await resolveSecret(reference, {
			answer,
			environment,
			readKubernetesSecret: async (secret) => cluster.get({apiVersion: 'v1', kind: 'Secret', ...secret}, signal),
		});
		redactor.register(value);
		return value;
	};
	return {
		backups: createBackups(backupSettings(answers, {context, resolve})),
		schedule: () => scheduleStanding({answers, cluster, signal}, context.clock.now()),
	};
};

/** The same, where the schedule does not matter. @throws as `siteOf` */
export const backupsOf = async (context: Context, options: BackupOptions): Promise<BackupPort> =>
	(await siteOf(context, options)).backups;
