import {randomBytes} from 'node:crypto';
import {access, constants, mkdir, readFile, stat, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {type Draft, type DraftValue, getAt, setAt} from '../../answers/draft.ts';
import {loadAnswers} from '../../answers/load.ts';
import type {Answers} from '../../answers/schema.ts';
import {ProblemError, ProblemsError, problem} from '../../base/problem.ts';
import type {Context} from '../context.ts';
import {type AnswerSource, partialAnswers} from '../inputs.ts';
import {secretPlaces} from '../secret-places.ts';

/** Answers whose values the rehearsal decides, whatever the operator's file says: addresses, logins and files of its world. */
const decidedByRehearsal = [
	'kubernetes',
	'registry.host',
	'registry.username',
	'registry.password',
	'registry.ca',
	'registry.plainHttp',
	'tls.certificate',
	'tls.key',
	'tls.ca',
	'ingress.address',
	'ingress.httpsPort',
	'ingress.className',
	'database.host',
	'database.port',
	'database.tls',
	'database.ca',
	'database.admin',
	'network.nameServer',
	'network.trustStore',
] as const;

/** Answers that say which machines are touched: in a rehearsal not even `--set` may lead out of its world. */
const fixedByRehearsal = ['kubernetes', 'registry.host', 'database.host', 'database.port'] as const;

const isWithin = (at: string, outer: string): boolean => at === outer || at.startsWith(`${outer}.`);

/** Host names in answers: the control plane's first, then those of the workspaces. */
const hostsIn = (draft: Draft): readonly string[] => {
	const workspaces = getAt(draft, 'workspaces');
	const places = [
		'controlPlane.host',
		...(Array.isArray(workspaces) ? workspaces.map((_one, index) => `workspaces.${index}.host`) : []),
	];
	return places.flatMap((at) => {
		const host = getAt(draft, at);
		return typeof host === 'string' ? [host] : [];
	});
};

/** The hosts that this run will install, `--set` counted in; `own` are the answers of the rehearsal where nothing else is. */
export const hostsOf = (source: AnswerSource, own: {readonly hosts: readonly [string, string]}): readonly string[] => {
	const [host, workspace] = own.hosts;
	const text =
		source.from === 'nothing'
			? JSON.stringify({controlPlane: {host}, workspaces: [{name: 'default', host: workspace}]})
			: source.text;
	const {draft} = partialAnswers({...source, text});
	// A file that leaves the control plane's host to the questions: the certificate needs its place in the list all the same.
	return getAt(draft, 'controlPlane.host') === undefined ? [host, ...hostsIn(draft)] : hostsIn(draft);
};

/** The bundle of the operator's own answers, when it is there. */
export const ownBundle = async (source: AnswerSource): Promise<string | undefined> => {
	const bundle = getAt(partialAnswers(source).draft, 'bundle.path');
	if (typeof bundle !== 'string') return undefined;
	return stat(bundle).then(
		() => bundle,
		() => undefined,
	);
};

/** Refuses options that would lead a rehearsal to machines outside it. @throws ProblemsError area `usage`. */
export const refuseOutside = ({overrides}: AnswerSource): void => {
	const refused = overrides.filter((one) => fixedByRehearsal.some((fixed) => isWithin(one.path, fixed)));
	if (refused.length === 0) return;
	throw new ProblemsError(
		refused.map(({path: at}) =>
			problem({
				code: 'rehearsal-stays-inside',
				area: 'usage',
				message: `${at} cannot be set in a rehearsal.`,
				cause: 'A rehearsal only touches the cluster, registry and database that it started itself.',
				fix: 'Leave it out: the rehearsal gives its own.',
				answers: [at],
			}),
		),
	);
};

/** Refuses answers, edited at a screen for example, that lead out of the rehearsed world. @throws ProblemError area `usage`. */
export const stayInside =
	(world: Draft) =>
	(answers: Answers): void => {
		const left = [
			'kubernetes.kubeconfig',
			'kubernetes.context',
			'registry.host',
			'database.host',
			'database.port',
		].filter((at) => getAt(answers as unknown as Draft, at) !== getAt(world, at));
		if (left.length === 0) return;
		throw new ProblemError({
			code: 'rehearsal-stays-inside',
			area: 'usage',
			message: `${left.join(', ')} cannot be changed in a rehearsal.`,
			cause: 'A rehearsal only touches the cluster, registry and database that it started itself.',
			fix: `Put back: ${left.map((at) => `${at} = ${String(getAt(world, at) ?? '(nothing)')}`).join(', ')}.`,
			answers: left,
		});
	};

/** Refuses what is wrong in the operator's own file, with its lines; what the rehearsal decides is no matter here. */
export const judgeOwnFile = (source: AnswerSource): void => {
	try {
		loadAnswers(source);
	} catch (error) {
		if (!(error instanceof ProblemsError)) throw error;
		const isOurs = (at: string): boolean =>
			decidedByRehearsal.some((decided) => isWithin(at, decided) || isWithin(decided, at));
		const own = error.problems.filter(({answers = []}) => answers.length === 0 || !answers.every(isOurs));
		if (own.length > 0) throw new ProblemsError(own);
	}
};

/** Why a secret cannot be read here; undefined when it can, or is typed or made during the run. */
const missing = async (reference: string, {environment}: Context): Promise<string | undefined> => {
	if (reference.startsWith('env:')) return environment[reference.slice(4)] ? undefined : 'the variable is not set';
	if (reference.startsWith('k8s:')) return 'that cluster is not touched';
	if (!reference.startsWith('file:')) return undefined;
	const text = await readFile(reference.slice(5), 'utf8').catch(() => undefined);
	return text === undefined ? 'the file cannot be read' : text.trim() === '' ? 'the file is empty' : undefined;
};

/** May this user run the file? */
export const isProgram = async (file: string): Promise<boolean> =>
	access(file, constants.X_OK).then(
		() => true,
		() => false,
	);

/** A secret of the rehearsal in the place of the operator's; the same one in each run on this world. */
const standIn = async (directory: string, at: string): Promise<string> => {
	const file = path.join(directory, 'secrets', 'stand-ins', at);
	await mkdir(path.dirname(file), {recursive: true, mode: 0o700});
	await writeFile(file, randomBytes(18).toString('base64url'), {mode: 0o600, flag: 'wx'}).catch(
		(error: NodeJS.ErrnoException) => {
			if (error.code !== 'EEXIST') throw error;
		},
	);
	return `file:${file}`;
};

/**
 * The operator's own answers, moved into the rehearsed world: everything stays theirs but addresses, logins and files of the
 * site, and secrets that cannot be read on this host. Returns the text for the installer and a line for each thing that is not
 * the operator's. `--set` still counts on top of it.
 */
export const moveIn = async (
	context: Context,
	source: AnswerSource,
	world: {readonly answers: unknown; readonly directory: string},
): Promise<{readonly text: string; readonly lines: readonly string[]}> => {
	const {draft: own} = partialAnswers(source);
	const given = world.answers as Draft;
	const lines = ['addresses, logins and certificates are those of the rehearsal; everything else is yours, but for:'];
	let draft = decidedByRehearsal.reduce((before, at) => setAt(before, at, getAt(given, at)), own);
	const bundle = getAt(given, 'bundle.path');
	if (bundle !== getAt(own, 'bundle.path')) {
		draft = setAt(draft, 'bundle.path', bundle);
		lines.push(`bundle.path: the bundle ${String(bundle)} stands in; name yours with --bundle`);
	}
	const helm = getAt(own, 'helm.binary');
	if (typeof helm !== 'string' || (helm.includes('/') && !(await isProgram(helm)))) {
		draft = setAt(draft, 'helm.binary', getAt(given, 'helm.binary'));
		if (helm !== undefined)
			lines.push(`helm.binary: ${String(helm)} is no program here; the rehearsal's own stands in`);
	}
	const runner = getAt(own, 'workloadManager.runnerImage');
	const registry = getAt(own, 'registry.host');
	if (typeof runner === 'string' && typeof registry === 'string' && runner.startsWith(`${registry}/`))
		draft = setAt(
			draft,
			'workloadManager.runnerImage',
			`${String(getAt(given, 'registry.host'))}${runner.slice(registry.length)}`,
		);
	if (getAt(own, 'database.admin') === undefined)
		lines.push('database.admin: the rehearsal logs in as administrator; with your answers the SQL goes to the DBA');
	for (const at of secretPlaces(draft)) {
		const reference: DraftValue | undefined = getAt(draft, at);
		const why = typeof reference === 'string' ? await missing(reference, context) : undefined;
		if (why === undefined) continue;
		draft = setAt(draft, at, await standIn(world.directory, at));
		lines.push(`${at}: ${String(reference)} stays out, ${why}; a secret of the rehearsal stands in`);
	}
	return {text: JSON.stringify(draft), lines: lines.length > 1 ? lines : [lines.join('').replace(', but for:', '')]};
};
