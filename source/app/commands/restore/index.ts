import {shellWord} from '../../../base/shell.ts';
import {plans} from '../../../plans/index.ts';
import type {RestoreOptions, RestoreScope} from '../../../steps/restore/options.ts';
import {findAnswers, stateDirectoryOf} from '../../answers/inputs.ts';
import type {Context, GlobalOptions} from '../../base/context.ts';
import {appProblems} from '../../base/problems.ts';
import type {AddCommand, Work} from '../command.ts';
import {addTopCommand} from '../shared-options.ts';
import {isUnattended} from '../unattended.ts';
import type {Named} from './named.ts';

type Options = GlobalOptions & {
	readonly workspace?: string | undefined;
	readonly database?: string | undefined;
	readonly look: boolean;
	readonly acceptLoss: boolean;
	readonly newer: boolean;
	readonly replaceSecrets: boolean;
	readonly again: boolean;
	readonly partial: boolean;
	readonly answersFromBackup: boolean;
	readonly page: boolean;
	readonly out?: string | undefined;
};

type Given = {readonly word: string | undefined; readonly options: Options};

/** @throws ProblemError `restore-two-scopes` */
const scopeOf = ({workspace, database}: Options): RestoreScope => {
	if (workspace !== undefined && database !== undefined) throw appProblems.error('restore-two-scopes', {});
	if (workspace !== undefined) return {kind: 'workspace', name: workspace};
	return database === undefined ? {kind: 'whole'} : {kind: 'database', name: database};
};

/** The options with what the backup's own folder and answers give: whoever has an empty host needs the backup and its key alone. */
const withBackup = async (context: Context, options: Options, named: Named | undefined): Promise<Options> => {
	const set = named?.folder === undefined ? options.set : [...options.set, `backup.folder=${named.folder}`];
	const placed = {...options, set};
	if (!named) return placed;
	const stateDirectory = stateDirectoryOf(context, options);
	const found = async () => (await findAnswers(context, placed, {stateDirectory, plan: plans.restore})).from;
	if (!options.answersFromBackup && (await found()) !== 'nothing') return placed;
	const {answersFromBackup} = await import('./answers.ts');
	return {...placed, answers: await answersFromBackup(context, placed, {named, stateDirectory})};
};

const work: Work<Given> = async (context, {word, options}) => {
	if (options.page) return (await import('./page.ts')).printPage(context, options, options.out);
	const only = scopeOf(options);
	const {look, acceptLoss, newer, replaceSecrets, again, partial} = options;
	const {namedBackup} = await import('./named.ts');
	const named = word === undefined ? undefined : await namedBackup(context, word);
	const wanted: RestoreOptions = {
		backup: named?.id,
		only,
		flags: {newer, replaceSecrets, again, partial},
	};
	const {wordsOf} = await import('../../../steps/restore/options.ts');
	if (!look && !acceptLoss && isUnattended(context, options)) {
		const words = [...(named ? [named.id] : []), ...wordsOf(wanted), '--look'].map(shellWord);
		throw appProblems.error('restore-not-accepted', {command: ['zenml-airgap restore', ...words].join(' ')});
	}
	const {restorePlan} = await import('../../../plans/restore.ts');
	const plan = restorePlan(wanted);
	const entry = {...plans.restore, stepIds: plan.steps.map(({id}) => id), load: async () => plan};
	const {runPlanCommand} = await import('../../plan/plan-command.ts');
	return runPlanCommand(
		context,
		{
			name: named ? `restore ${named.id}` : 'restore',
			plan: entry,
			pass: look ? 'look' : 'apply',
			own: [...wordsOf(wanted), ...(look ? ['--look'] : []), ...(acceptLoss ? ['--accept-loss'] : [])],
		},
		await withBackup(context, options, named),
	);
};

/** `restore`: a backup brought back to the same or an empty cluster, or the page that says how. */
export const restore: AddCommand = ({program}, ask) => {
	addTopCommand(program, {
		name: 'restore',
		argument: ['[backup]', 'its id, or its folder; the newest whole one where none is named'],
		description: 'bring a backup back to this cluster or an empty one: all of it, one workspace, or one database',
		plan: plans.restore,
		examples: [
			'zenml-airgap restore 20260131T183000Z-0a1b2c --look',
			'zenml-airgap restore /media/usb/20260131T183000Z-0a1b2c --set backup.identity=/media/key/site.age-identity',
			'zenml-airgap restore --workspace default',
			'zenml-airgap restore --non-interactive --accept-loss --answers answers.yaml',
			'zenml-airgap restore --page --out recovery.txt',
		],
	})
		.option('--workspace <name>', 'only this workspace: its keys, its database, its servers')
		.option('--database <component>', 'only the database of controlPlane or of a workspace, under the same keys')
		.option('--look', 'say what would come back and what would be lost, and change nothing', false)
		.option('--accept-loss', 'agree that what was written since is lost; needed where nobody is asked', false)
		.option('--newer', 'let servers that are newer than the backup migrate its data', false)
		.option('--replace-secrets', 'put the keys of the backup in the place of others in the cluster', false)
		.option('--again', 'restore a backup once more that was restored here before', false)
		.option('--partial', 'leave out components that only the backup has, or only the answers', false)
		.option('--answers-from-backup', 'take the answers that are in the backup, also where there are others', false)
		.option('--page', 'print the recovery procedure of this site, with its names, and do nothing', false)
		.option('--out <file>', 'where --page is written')
		.action((word: string | undefined, options: Options) => ask(work, {word, options}));
};
