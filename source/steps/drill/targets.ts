import {backupProblems} from '../../backup/problems.ts';
import type {BackupComponent, BackupManifest, BackupPart, BackupSummary} from '../../backup/types.ts';
import type {DatabaseLogin, DatabasePort} from '../../database/types.ts';
import {nameOf} from '../backup/installed.ts';
import {stepProblems} from '../problems.ts';
import {adminLogin, portFor, serverOf} from '../shared/database-logins.ts';
import {type Component, componentsOf} from '../shared/names.ts';
import type {World} from '../world.ts';

/** A component of the backup with the scratch that it is restored into. */
export type Target = {
	readonly component: Component;
	/** As the backup calls it: `controlPlane`, or the name of the workspace. */
	readonly name: string;
	/** What its scratch names end with: `pro`, `ws1`. */
	readonly id: string;
	readonly part: BackupPart & {readonly database: NonNullable<BackupPart['database']>};
	readonly installed: BackupComponent;
};

/** What a drill is of. */
export type DrillPlan = {
	readonly manifest: BackupManifest;
	readonly targets: readonly Target[];
	/** Databases of the backup that the answers do not name any more. */
	readonly unknown: readonly string[];
};

const isWhole = ({state}: BackupSummary): boolean => state === 'whole';

/** The backup of that id, or the newest whole one. @throws ProblemError `backup-none`, `backup-not-found` */
export const chooseBackup = async (
	{backups: {list, folder}, signal}: World,
	id: string | undefined,
): Promise<BackupManifest> => {
	const all = await list(signal);
	const found = id === undefined ? all.find(isWhole) : all.find((one) => one.id === id);
	if (found?.manifest && isWhole(found)) return found.manifest;
	if (id !== undefined && found) throw stepProblems.error('drill-backup-unfit', {id, state: found.state});
	const count = all.length;
	if (id !== undefined)
		throw backupProblems.error(
			'backup-not-found',
			count === 0 ? {case: 'none', id, folder} : {case: 'some', id, folder, ids: all.map((one) => one.id).join(', ')},
		);
	throw backupProblems.error(
		'backup-none',
		count === 0 ? {case: 'not one', folder} : {case: 'none of them', folder, count},
	);
};

/** Control plane first: what its servers look like is the first question. */
const controlPlaneFirst = (one: BackupPart, other: BackupPart): number =>
	Number(other.name === 'controlPlane') - Number(one.name === 'controlPlane');

const idOf = (component: Component, {components}: BackupManifest): string => {
	const workspaces = components.filter(({name}) => name !== 'controlPlane');
	return component.path === 'controlPlane'
		? 'pro'
		: `ws${workspaces.findIndex(({name}) => name === nameOf(component)) + 1}`;
};

/** What of a backup can be drilled with these answers. It reads the manifest alone. */
export const planOf = async (world: World, id: string | undefined): Promise<DrillPlan> => {
	const manifest = await chooseBackup(world, id);
	const known = new Map(componentsOf(world.answers).map((component) => [nameOf(component), component]));
	const databases = manifest.parts.filter(({kind}) => kind === 'database').sort(controlPlaneFirst);
	const targets = databases.flatMap((part): readonly Target[] => {
		const component = known.get(part.name);
		const installed = manifest.components.find(({name}) => name === part.name);
		if (!component || !installed || !part.database) return [];
		const {database} = part;
		return [{component, name: part.name, id: idOf(component, manifest), part: {...part, database}, installed}];
	});
	const drilled = new Set(targets.map(({name}) => name));
	const unknown = databases.map(({name}) => name).filter((name) => !drilled.has(name));
	return {manifest, targets, unknown};
};

/** When the oldest dump was begun, or else the backup: what was written since would be lost. */
export const dataOf = ({createdAt, parts}: BackupManifest): string => {
	const [oldest] = parts.flatMap(({kind, startedAt}) => (kind === 'database' ? [startedAt] : [])).sort();
	return oldest ?? createdAt;
};

/** The server's administrator; undefined where the answers give none. */
export const adminOf = async (
	world: World,
	component: Component,
): Promise<{readonly port: DatabasePort; readonly admin: DatabaseLogin} | undefined> => {
	const server = serverOf(world, component);
	const admin = await adminLogin(world, server);
	return admin && {port: portFor(world, server), admin};
};

/** The same where there is one. @throws ProblemError `drill-needs-dba`, with SQL for the DBA */
export const requireAdmin = async (world: World, component: Component) => {
	const found = await adminOf(world, component);
	if (found) return found;
	const server = serverOf(world, component);
	const at = `${server.from}.admin`;
	throw stepProblems.error(
		'drill-needs-dba',
		{at, component: component.label},
		{answers: [`${at}.username`, `${at}.password`], evidence: portFor(world, server).scratch.script()},
	);
};
