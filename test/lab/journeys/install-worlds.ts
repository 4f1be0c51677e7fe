import {readFileSync} from 'node:fs';
import {chmod, mkdtemp, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {parse} from 'yaml';
import {net} from '../../../lab/paths.ts';
import {filesIn, startRehearsal} from '../../../rehearsal/index.ts';
import {targetFromFile} from '../api-client.ts';
import {labFacts} from '../lab.ts';
import {clearWorld, enterNames} from '../world.ts';
import type {Replacement} from './call.ts';
import type {Journey} from './compare-steps.ts';
import {installJourney} from './install-journey.ts';

type Answers = {
	readonly bundle: {readonly path: string};
	readonly registry: {readonly host: string};
	readonly database: {readonly host: string; readonly port?: number};
	readonly controlPlane: {
		readonly host: string;
		readonly database?: {readonly server?: {readonly host: string; readonly port?: number}};
	};
	readonly workspaces: readonly {readonly host: string}[];
	readonly network: {readonly nameServer: string};
	readonly ingress?: {readonly httpsPort?: number};
	readonly tls: {readonly ca: string};
};

/** What only this world calls so; the longest first, since one may hold another. */
const namesOf = (
	{registry, database, controlPlane, network, ingress, tls}: Answers,
	ca: string,
	node: string,
): readonly Replacement[] => [
	[readFileSync(tls.ca, 'utf8'), 'CA'],
	[ca, 'CA'],
	[registry.host, 'REGISTRY'],
	[network.nameServer, 'NAME-SERVER'],
	[`${controlPlane.database?.server?.port ?? 5432}`, 'POSTGRESQL-PORT'],
	[`${database.port ?? 3306}`, 'DATABASE-PORT'],
	[controlPlane.database?.server?.host ?? 'none', 'POSTGRESQL'],
	[database.host, 'DATABASE'],
	...(ingress?.httpsPort ? [[`:${ingress.httpsPort}`, ''] as const] : []),
	[node, 'NODE'],
];

/** The install in the lab, which is cleared before and after. */
export const installInLab = async (helm: string): Promise<Journey> => {
	const facts = labFacts();
	const target = targetFromFile('lab', facts.kubernetes.kubeconfig);
	const answers = parse(readFileSync(facts.answers ?? '', 'utf8')) as Answers;
	await clearWorld();
	try {
		await enterNames();
		return {steps: await installJourney(target, helm, answers), world: namesOf(answers, target.ca, net.nodeName)};
	} finally {
		await clearWorld();
	}
};

/** The install in a rehearsal of the lab's site: its bundle, its host names, its resources. */
export const installInRehearsal = async (helm: string): Promise<Journey> => {
	const lab = parse(readFileSync(labFacts().answers ?? '', 'utf8')) as Answers;
	// Users other than root run PostgreSQL in it.
	const folder = await mkdtemp('/var/tmp/install-rehearsal-');
	await chmod(folder, 0o711);
	const rehearsal = await startRehearsal({
		directory: join(folder, 'world'),
		bundle: lab.bundle.path,
		hosts: [lab.controlPlane.host, ...lab.workspaces.map(({host}) => host)],
		pace: 'fast',
		log: () => undefined,
	});
	try {
		// Who named a reader of backups is looked after in the verification; the lab names none.
		const {backup: _backup, ...site} = rehearsal.answers;
		const answers = {
			...site,
			// Its own database server is the one thing that only the site of the rehearsal knows.
			controlPlane: {...lab.controlPlane, database: site.controlPlane.database},
			workspaces: lab.workspaces,
		} as unknown as Answers;
		const target = targetFromFile('rehearsal', filesIn(rehearsal.directory).kubeconfig);
		return {steps: await installJourney(target, helm, answers), world: namesOf(answers, target.ca, 'rehearsal-1')};
	} finally {
		await rehearsal.stop();
		await rm(folder, {recursive: true, force: true});
	}
};
