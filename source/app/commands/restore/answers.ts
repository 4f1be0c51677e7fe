import path from 'node:path';
import {text as textOf} from 'node:stream/consumers';
import {parse, stringify} from 'yaml';
import {type Draft, setAt} from '../../../answers/draft.ts';
import {parseOverrides} from '../../../answers/file/load.ts';
import {resolveSecret} from '../../../answers/secrets.ts';
import {createBackups} from '../../../backup/backups.ts';
import type {ReadBackup} from '../../../backup/types.ts';
import {saveFile} from '../../../base/files.ts';
import {readOwnFile} from '../../../base/own/file.ts';
import {isMap} from '../../../base/text.ts';
import type {Context, GlobalOptions} from '../../base/context.ts';
import {appProblems} from '../../base/problems.ts';
import {progressLines} from '../progress.ts';
import {layDown} from './lay-down.ts';
import type {Named} from './named.ts';

/** More than answers may have, bytes. */
const mostBytes = 4 * 1024 ** 2;

/** The text that `--set` gives to an answer, the last one that counts. */
const setTo = ({set}: GlobalOptions, at: string): string | undefined => {
	const {overrides} = parseOverrides(set);
	const value = overrides.findLast(({path: one}) => one === at)?.value;
	return typeof value === 'string' ? value : undefined;
};

/** Opens a backup with what the command line alone says: its folder, and the passphrase or identity. */
const openWithout = async (
	context: Context,
	options: GlobalOptions,
	{id, folder}: {readonly id: string; readonly folder: string},
): Promise<ReadBackup> => {
	const {redactor, signal, environment, workingDirectory, version, clock} = context;
	const passphrase = setTo(options, 'backup.passphrase');
	const identity = setTo(options, 'backup.identity');
	const lines = progressLines(context);
	try {
		return await createBackups({
			folder,
			encryption: 'age',
			recipients: [],
			...(passphrase !== undefined && {
				passphrase: async () => {
					const sources = {answer: 'backup.passphrase', environment, readKubernetesSecret: async () => undefined};
					const value = await resolveSecret(passphrase, sources);
					redactor.register(value);
					return value;
				},
			}),
			...(identity !== undefined && {identity: path.resolve(workingDirectory, identity)}),
			tool: `zenml-airgap ${version}`,
			now: clock.now,
			onSecret: redactor.register,
		}).open(id, signal, ({file, done, total}) => lines.move(`read ${file}`, done, total));
	} finally {
		lines.end();
	}
};

/** The folder of backups and what opens them are those of the command line: they brought this host here. */
const givenWith = ({set, bundle}: GlobalOptions): ReadonlySet<string> =>
	new Set([...parseOverrides(set).overrides.map(({path: at}) => at), ...(bundle === undefined ? [] : ['bundle.path'])]);

/** What was written, and what whoever goes on has to bring. */
const told = (file: string, laid: readonly string[], lacking: ReadonlyMap<string, string>): readonly string[] => [
	`The answers of this backup are now in ${file}: look through them; paths are those of the host that made it.`,
	...(laid.length > 0 ? [`Beside them lies what the backup holds and this host lacks: ${laid.join(', ')}.`] : []),
	...(lacking.size > 0 ? ['Neither this host nor the backup has these; bring them, or change the answers:'] : []),
	...[...lacking].map(([answer, what]) => `  ${answer}: ${what}`),
];

/**
 * Writes the answers of a backup into a file, with what they refer to beside it, for whoever has nothing but the backup and its key; a file
 * that an earlier try left is kept, as it may have been edited.
 * @returns the path of the file
 * @throws what opening the backup throws; ProblemError `restore-answers-missing`
 */
export const answersFromBackup = async (
	context: Context,
	options: GlobalOptions,
	{named, stateDirectory}: {readonly named: Named; readonly stateDirectory: string},
): Promise<string> => {
	const {workingDirectory, signal, err} = context;
	const asked = setTo(options, 'backup.folder') ?? './zenml-airgap-backups';
	const folder = named.folder ?? path.resolve(workingDirectory, asked);
	const own = path.join(stateDirectory, 'from-backup', path.basename(named.id));
	const file = path.join(own, 'answers.yaml');
	const earlier = await readOwnFile(file, mostBytes);
	if (earlier && !earlier.fault) {
		err(`The answers of this backup are in ${file}, as an earlier run left them.\n`);
		return file;
	}
	const opened = await openWithout(context, options, {id: named.id, folder});
	const part = opened.manifest.parts.find(({kind}) => kind === 'answers');
	const answers: unknown = part && parse(await textOf(await opened.read(part, signal)));
	if (!isMap(answers)) throw appProblems.error('restore-answers-missing', {backup: named.id});
	const placed = setAt(answers as Draft, 'backup.folder', folder);
	const {answers: led, laid, lacking} = await layDown(context, opened, placed, own);
	const head = `# The answers of backup ${named.id}. Paths and references (env:, file:) are those of the host that made it.\n`;
	await saveFile(file, `${head}${stringify(led)}`);
	const given = givenWith(options);
	const open = new Map([...lacking].filter(([answer]) => !given.has(answer)));
	for (const line of told(file, laid, open)) err(`${line}\n`);
	return file;
};
