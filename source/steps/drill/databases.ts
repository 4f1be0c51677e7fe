import {randomBytes} from 'node:crypto';
import {text as wholeText} from 'node:stream/consumers';
import {parse} from 'yaml';
import type {ReadBackup} from '../../backup/types.ts';
import {counted, firstOf, isMap} from '../../base/text.ts';
import {formatBytes} from '../../base/units.ts';
import type {DatabaseLogin} from '../../database/types.ts';
import {keyOpens} from '../../zenml/stored-secrets.ts';
import {stepProblems} from '../problems.ts';
import {neededDatabase, serverLogin, serverOf} from '../shared/database-logins.ts';
import {tableDifferences} from '../shared/databases/contents.ts';
import {tellOpening} from '../shared/databases/opening.ts';
import type {World} from '../world.ts';
import {scratchDatabase} from './names.ts';
import type {DrillRecord} from './record.ts';
import {requireAdmin, type Target} from './targets.ts';
import {note, timed, trying} from './work.ts';

/** Passwords of the scratch accounts, by the id of their target: they live as long as the drill. */
export type ScratchPasswords = Map<string, string>;

/** The most of a file of values or Secrets that is read, bytes. */
const mostBytes = 16 * 1024 ** 2;

/** The text of a small part. @throws ProblemError `drill-part-missing` */
export const smallPart = async (
	{signal}: World,
	opened: ReadBackup,
	{kind, name}: {readonly kind: 'values' | 'secrets'; readonly name: string},
): Promise<string> => {
	const part = opened.manifest.parts.find((one) => one.kind === kind && one.name === name);
	if (!part || part.plainBytes > mostBytes)
		throw stepProblems.error('drill-part-missing', {kind, name, id: opened.manifest.id});
	return wholeText(await opened.read(part, signal));
};

/** What a text of YAML is; undefined where it is none, or no map. */
const mapIn = (yaml: string): Readonly<Record<string, unknown>> | undefined => {
	try {
		const value: unknown = parse(yaml);
		return isMap(value) ? value : undefined;
	} catch {
		return undefined;
	}
};

/** The values of a component's release as they were. @throws ProblemError `drill-part-missing` */
export const valuesOf = async (
	world: World,
	opened: ReadBackup,
	{name}: Target,
): Promise<Readonly<Record<string, unknown>>> => {
	const values = mapIn(await smallPart(world, opened, {kind: 'values', name}));
	if (values) return values;
	throw stepProblems.error('drill-part-missing', {kind: 'values', name, id: opened.manifest.id});
};

/** The section of a chart's values that its own keys are in. */
export const rootOf = (values: Readonly<Record<string, unknown>>): 'server' | 'zenml' =>
	isMap(values.zenml) ? 'zenml' : 'server';

/** A value below a path of keys. */
export const below = (value: unknown, ...keys: readonly string[]): unknown =>
	keys.reduce<unknown>((inner, key) => (isMap(inner) ? inner[key] : undefined), value);

/** The login of a target's scratch account. */
const loginOf = async (world: World, {component, id}: Target, password: string): Promise<DatabaseLogin> => {
	const name = scratchDatabase(id);
	const {requires} = neededDatabase(world, component);
	const server = await serverLogin(world, serverOf(world, component));
	return {...server, database: name, username: name, password, ...(requires && {requires})};
};

const make = async (world: World, target: Target, password: string): Promise<void> => {
	const {report, signal} = world;
	const {port, admin} = await requireAdmin(world, target.component);
	const name = scratchDatabase(target.id);
	const {requires} = neededDatabase(world, target.component);
	await port.scratch.claim(admin, name, signal);
	await port.provision(
		admin,
		{database: name, username: name, password, ...(requires && {requires})},
		{signal, onStatement: (shown) => report({kind: 'line', level: 'info', text: shown})},
	);
	await port.scratch.made(admin, name, signal);
};

const restore = async (world: World, opened: ReadBackup, target: Target, login: DatabaseLogin): Promise<void> => {
	const {dumps, report, signal} = world;
	const {port} = await requireAdmin(world, target.component);
	const tools = await dumps.tools(login, await port.probe(login, signal), signal);
	const {part} = target;
	await dumps.restore(login, {
		tools,
		from: await opened.read(part, signal),
		onBytes: (done) =>
			report({kind: 'progress', label: `restore ${login.database}`, done, total: part.plainBytes, unit: 'bytes'}),
		onLine: (text) => report({kind: 'line', level: 'warn', text, record: true}),
		signal,
	});
};

/** Tables, rows and revision against the manifest. */
const compare = async (world: World, record: DrillRecord, target: Target, login: DatabaseLogin): Promise<void> => {
	const {port} = await requireAdmin(world, target.component);
	const {tables, revision, isHalfRestored} = await port.contents(login, world.signal);
	const then = target.part.database;
	const differing = [
		...(isHalfRestored ? ['the restore did not come to its end'] : []),
		...(revision === then.revision ? [] : [`revision ${revision ?? '(none)'}, was ${then.revision ?? '(none)'}`]),
		...tableDifferences(tables, then.tables),
	];
	const rows = tables.reduce((sum, one) => sum + one.rows, 0);
	const same = `${counted(tables.length, 'table')}, ${counted(rows, 'row')}, revision ${revision ?? '(none)'}: as in the manifest`;
	note(world, record, {
		what: `${target.component.label}: database against the manifest`,
		outcome: differing.length === 0 ? 'passed' : 'failed',
		note: differing.length === 0 ? same : firstOf(differing, 8, '; '),
	});
};

const keyWords = {
	yes: ['passed', 'the encryption key of the backup opens the secrets that are stored in the restored database'],
	no: ['failed', 'the encryption key of the backup opens none of the secrets that are stored in the restored database'],
	'nothing to try': ['open', 'no secret is stored in this database, so there was nothing to try the key on'],
} as const;

const tryKey = async (
	world: World,
	record: DrillRecord,
	{target, login, opened}: {readonly target: Target; readonly login: DatabaseLogin; readonly opened: ReadBackup},
): Promise<void> => {
	if (target.name === 'controlPlane') return;
	const what = `${target.component.label}: encryption key`;
	const values = await valuesOf(world, opened, target);
	const key = below(values, rootOf(values), 'secretsStore', 'sql', 'encryptionKey');
	if (typeof key !== 'string' || key === '') {
		note(world, record, {what, outcome: 'failed', note: 'the values in the backup hold no encryption key'});
		return;
	}
	world.registerSecret(key);
	const {port} = await requireAdmin(world, target.component);
	const [outcome, words] = keyWords[keyOpens(key, await port.storedSecrets(login, world.signal))];
	note(world, record, {what, outcome, note: words});
};

/** Makes, restores and looks at one scratch database. */
export const drillDatabase = async (
	world: World,
	record: DrillRecord,
	{
		target,
		opened,
		passwords,
	}: {readonly target: Target; readonly opened: ReadBackup; readonly passwords: ScratchPasswords},
): Promise<void> => {
	const {label} = target.component;
	const password = randomBytes(24).toString('base64url');
	world.registerSecret(password);
	passwords.set(target.id, password);
	const login = await loginOf(world, target, password);
	const isMade = await trying(world, record, `${label}: scratch database made`, async () =>
		make(world, target, password),
	);
	if (!isMade) return;
	const isRestored = await trying(world, record, `${label}: database restored`, async () =>
		restore(world, opened, target, login),
	);
	if (!isRestored) return;
	const size = formatBytes(target.part.plainBytes);
	note(world, record, {
		what: `${label}: dump read and restored`,
		outcome: 'passed',
		note: `${size} into ${login.database}`,
	});
	record.restored.add(target.name);
	await trying(world, record, `${label}: database compared`, async () => {
		await compare(world, record, target, login);
		await tryKey(world, record, {target, login, opened});
	});
};

/** Opens the backup: every file is read and compared with its sum. */
export const openTimed = async (world: World, record: DrillRecord): Promise<ReadBackup> => {
	const {backups, signal} = world;
	return timed(world, record, 'backup checked against its sums', () =>
		backups.open(record.backup, signal, tellOpening(world, record.backup)),
	);
};
