import type {Answers} from '../../../answers/schema.ts';
import {resolveSecret} from '../../../answers/secrets.ts';
import {createBackups} from '../../../backup/backups.ts';
import type {BackupSettings} from '../../../backup/settings.ts';
import type {BackupPort, BackupSummary} from '../../../backup/types.ts';
import {createCluster} from '../../../cluster/cluster.ts';
import type {ClusterPort} from '../../../cluster/types.ts';
import {plans} from '../../../plans/index.ts';
import {type ScheduleReports, scheduleReports} from '../../../steps/schedule/reports.ts';
import {type ScheduleStanding, scheduleStanding} from '../../../steps/schedule/standing.ts';
import {completeAnswers, findAnswers, stateDirectoryOf} from '../../answers/inputs.ts';
import type {Context} from '../../base/context.ts';
import {contextInWorld} from '../../base/played-world.ts';
import {backupSettings} from '../../run/backup-settings.ts';
import {childEnvironment} from '../../run/child-environment.ts';
import {clusterChoice} from '../../run/cluster-choice.ts';
import type {BackupOptions} from './options.ts';

/** The install that the words mean: what reads of its cluster, what its answers say of backups, and how its schedule stands there. */
export type BackupSite = {
	readonly reader: {
		readonly answers: Answers;
		readonly cluster: ClusterPort;
		readonly signal: AbortSignal;
		readonly registerSecret: (value: string) => void;
	};
	/** For work that needs the cluster; says whether it is played. @throws ProblemError `rehearsal-not-up` where it is, and not up */
	readonly requireWorld: () => Promise<{readonly isRehearsal: boolean}>;
	readonly settings: BackupSettings;
	/** @param here backups in the folder of the answers */
	readonly schedule: (here: readonly BackupSummary[]) => Promise<ScheduleStanding>;
	/** What the pods of the schedule left. */
	readonly reports: () => Promise<ScheduleReports>;
};

/** @throws ProblemError, ProblemsError area `usage` */
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
		reader: {answers, cluster, signal, registerSecret: redactor.register},
		requireWorld: async () => {
			const {rehearsal} = await contextInWorld(context, answers, stateDirectory);
			return {isRehearsal: rehearsal === true};
		},
		settings: backupSettings(answers, {context, resolve}),
		schedule: (here) => scheduleStanding({answers, cluster, signal, here}, context.clock.now()),
		reports: () => scheduleReports({answers, cluster, signal}),
	};
};

/**
 * The backups of the install that the words mean; no server is asked, but for a passphrase that lies in the cluster.
 * @throws ProblemError, ProblemsError area `usage`
 */
export const backupsOf = async (context: Context, options: BackupOptions): Promise<BackupPort> =>
	createBackups((await siteOf(context, options)).settings);
