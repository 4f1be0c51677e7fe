import {access, constants, stat} from 'node:fs/promises';
import type {WayIn} from '../../../rehearsal/index.ts';
import {type Draft, getAt, setAt} from '../../answers/draft.ts';
import {loadAnswers} from '../../answers/file/load.ts';
import {ProblemsError} from '../../base/problem.ts';
import {isMap} from '../../base/text.ts';
import {parseReference} from '../../oci/reference.ts';
import {type AnswerSource, partialAnswers} from '../answers/inputs.ts';
import type {Context} from '../base/context.ts';
import {componentPlaces, ownServersIn, replacedSettings} from './databases.ts';
import {withoutHooks, withPushHost, withStorage} from './peers.ts';
import {type Moving, withSecrets} from './secrets.ts';

/** Answers whose values the rehearsal decides, whatever the operator's file says: addresses, logins and files of its world. */
const decidedByRehearsal = [
	'kubernetes',
	'registry.host',
	'registry.username',
	'registry.password',
	'registry.ca',
	'registry.clientCertificate',
	'registry.clientKey',
	'registry.plainHttp',
	'tls.certificate',
	'tls.key',
	'tls.ca',
	'ingress.address',
	'ingress.httpsPort',
	'ingress.className',
	'ingress.kind',
	'ingress.gateway',
	'ingress.listener',
	'database.engine',
	'database.host',
	'database.port',
	'database.tls',
	'database.ca',
	'database.clientCertificate',
	'database.clientKey',
	'database.admin',
	'network.nameServer',
	'network.trustStore',
	'backup.folder',
	'backup.passphrase',
	'backup.recipients',
	'backup.identity',
	'backup.signingKey',
	'backup.toolsImage',
] as const;

/** A component's own database server: its data lies where the world of the rehearsal says. */
const isOwnServer = (at: string): boolean => /^(?:controlPlane|workspaces\.\d+)\.database\.server(?:\.|$)/u.test(at);

/** Whether a place in answers is another one, or lies in it. */
export const isWithin = (at: string, outer: string): boolean => at === outer || at.startsWith(`${outer}.`);

/** Host names in answers: the control plane's first, then those of the workspaces. */
const hostsIn = (draft: Draft): readonly string[] =>
	componentPlaces(draft).flatMap((at) => {
		const host = getAt(draft, `${at}.host`);
		return typeof host === 'string' ? [host] : [];
	});

/** The hosts that this run will install, `--set` counted in; `own` are the answers of the rehearsal where nothing else is. */
export const hostsOf = (source: AnswerSource, own: {readonly hosts: readonly [string, string]}): readonly string[] => {
	const [host, workspace] = own.hosts;
	const ours = {controlPlane: {host}, workspaces: [{name: 'default', host: workspace}]};
	const answers = {kind: 'values', values: ours, file: source.answers.file} as const;
	const {draft} = partialAnswers(source.from === 'nothing' ? {...source, answers} : source);
	// A file that leaves the control plane's host to the questions: the certificate needs its place in the list all the same.
	return getAt(draft, 'controlPlane.host') === undefined ? [host, ...hostsIn(draft)] : hostsIn(draft);
};

/** How the operator's own cluster lets requests in: the rehearsed one does the same. */
export const wayInOf = (source: AnswerSource): WayIn => {
	const kind = getAt(partialAnswers(source).draft, 'ingress.kind');
	return kind === 'gateway' || kind === 'route' ? kind : 'ingress';
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

/** Refuses what is wrong in the operator's own file, with its lines; what the rehearsal decides is no matter here. */
export const judgeOwnFile = (source: AnswerSource): void => {
	try {
		loadAnswers({...source, ...source.answers});
	} catch (error) {
		if (!(error instanceof ProblemsError)) throw error;
		const isOurs = (at: string): boolean =>
			isOwnServer(at) || decidedByRehearsal.some((decided) => isWithin(at, decided) || isWithin(decided, at));
		const own = error.problems.filter(({answers = []}) => answers.length === 0 || !answers.every(isOurs));
		if (own.length > 0) throw new ProblemsError(own);
	}
};

/** May this user run the file? */
export const isProgram = async (file: string): Promise<boolean> =>
	access(file, constants.X_OK).then(
		() => true,
		() => false,
	);

const withBundle = ({draft, lines}: Moving, own: Draft, world: Draft): Moving => {
	const bundle = getAt(world, 'bundle.path');
	if (bundle === getAt(own, 'bundle.path')) return {draft, lines};
	const line = `bundle.path: the bundle ${String(bundle)} stands in; name yours with --bundle`;
	return {draft: setAt(draft, 'bundle.path', bundle), lines: [...lines, line]};
};

const withHelm = async ({draft, lines}: Moving, own: Draft, world: Draft): Promise<Moving> => {
	const helm = getAt(own, 'helm.binary');
	if (typeof helm === 'string' && (!helm.includes('/') || (await isProgram(helm)))) return {draft, lines};
	const line = `helm.binary: ${String(helm)} is no program here; the rehearsal's own stands in`;
	return {
		draft: setAt(draft, 'helm.binary', getAt(world, 'helm.binary')),
		lines: helm === undefined ? lines : [...lines, line],
	};
};

/** Where an image lies; undefined for what is no reference, which the step that reads it says. */
const hostOf = (image: string): string | undefined => {
	try {
		return parseReference(image).host;
	} catch {
		return undefined;
	}
};

/** The image lies outside, where the rehearsal cannot look; of one at another registry a real run warns. */
const withRunnerImage = ({draft, lines}: Moving, own: Draft): Moving => {
	const at = 'workloadManager.runnerImage';
	const runner = getAt(draft, at);
	if (typeof runner !== 'string') return {draft, lines};
	const host = hostOf(runner);
	if (host === undefined) return {draft, lines};
	const isOwn = host === String(getAt(own, 'registry.host')).toLowerCase();
	const where = isOwn
		? 'lies at your registry'
		: `lies at ${host}, which is not your registry: whether it is there, and nodes may pull it, a real run does not check either`;
	const line = `${at}: ${runner} ${where}; the client image of the bundle stands in`;
	return {draft: setAt(draft, at, undefined), lines: [...lines, line]};
};

/** The only node of the rehearsal has none of the operator's labels, and pods would wait for one that has. */
const withNodes = (moving: Moving): Moving =>
	[...componentPlaces(moving.draft), 'workloadManager'].reduce(({draft, lines}, component) => {
		const at = `${component}.nodeSelector`;
		const labels = getAt(draft, at);
		if (labels === undefined || (isMap(labels) && Object.keys(labels).length === 0)) return {draft, lines};
		return {draft: setAt(draft, at, undefined), lines: [...lines, `${at}: the rehearsal has one node for all pods`]};
	}, moving);

/**
 * The operator's own answers, moved into the rehearsed world: everything stays theirs but addresses, logins and files of the
 * site, and secrets that cannot be read on this host. Returns the answers for the installer and a line for each thing that is not
 * the operator's. `--set` still counts on top of it.
 */
export const moveIn = async (
	context: Context,
	source: AnswerSource,
	world: {readonly answers: unknown; readonly directory: string},
): Promise<Moving> => {
	const {draft: own} = partialAnswers(source);
	const given = world.answers as Draft;
	const decided = [...decidedByRehearsal, ...ownServersIn(own)].reduce(
		(before, at) => setAt(before, at, getAt(given, at)),
		own,
	);
	const helped = await withHelm(
		withBundle({draft: decided, lines: replacedSettings(own, decided)}, own, given),
		own,
		given,
	);
	const placed = withNodes(withRunnerImage(withoutHooks(withStorage(withPushHost(helped), given)), own));
	const dba = 'database.admin: the rehearsal logs in as administrator; with your answers the SQL goes to the DBA';
	const asDba = getAt(own, 'database.admin') === undefined ? [dba] : [];
	const {draft, lines} = await withSecrets({...placed, lines: [...placed.lines, ...asDba]}, context, world.directory);
	const head = 'addresses, logins and certificates are those of the rehearsal; everything else is yours';
	return {draft, lines: lines.length > 0 ? [`${head}, but for:`, ...lines] : [head]};
};
