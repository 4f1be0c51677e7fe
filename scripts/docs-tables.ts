import {fileURLToPath} from 'node:url';
import {faults} from '../rehearsal/index.ts';
import {type Answers, answersSchema} from '../source/answers/schema.ts';
import {actors} from '../source/base/people/actor.ts';
import {exitCodes} from '../source/base/problem.ts';
import {networkTable} from '../source/docs/network.ts';
import {installPlan} from '../source/plans/install.ts';
import {accessesNeeded} from '../source/steps/shared/accesses.ts';
import {cell, writeMadePart} from './docs-pages.ts';

/** Writes the small tables of the pages from the source: npx tsx scripts/docs-tables.ts */

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
	[head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');

/** Answers in which everything that is optional is switched on. */
const everything = answersSchema.parse({
	registry: {host: 'registry.example'},
	tls: {certificate: 'tls.crt', key: 'tls.key', ca: 'ca.crt'},
	database: {host: 'database.example'},
	controlPlane: {host: 'zenml-pro.example.com', podDisruptionBudget: {enabled: true}},
	workspaces: [{name: 'default', host: 'zenml.example.com'}],
	workloadManager: {enabled: true},
});

/** A site as in the pages, with storage for artifacts and backups. */
const exampleSite = answersSchema.parse({
	registry: {host: 'internal-registry.mycompany.com'},
	tls: {certificate: 'tls.crt', key: 'tls.key', ca: 'ca.crt'},
	database: {host: 'mysql.internal.mycompany.com'},
	controlPlane: {
		host: 'zenml-pro.internal.mycompany.com',
		database: {server: {engine: 'postgresql', host: 'postgres.internal.mycompany.com'}},
	},
	workspaces: [{name: 'default', host: 'zenml-workspace.internal.mycompany.com'}],
	ingress: {address: '10.20.30.40'},
	workloadManager: {enabled: true},
	network: {nameServer: '10.20.30.53'},
	hooks: {waiting: {url: 'https://chat.internal.mycompany.com/hooks/zenml'}},
	artifacts: {
		kind: 's3',
		s3: {
			endpoint: 'https://s3.internal.mycompany.com',
			bucket: 'zenml-artifacts',
			accessKey: 'env:S3_ACCESS_KEY',
			secretKey: 'env:S3_SECRET_KEY',
		},
	},
	backup: {
		passphrase: 'env:BACKUP_PASSPHRASE',
		schedule: {kind: 'nfs', nfs: {server: 'nfs.internal.mycompany.com', path: '/export/zenml'}},
	},
});

const kindOf = ({group, resource}: {readonly group: string; readonly resource: string}): string =>
	`\`${resource}${group === '' ? '' : `.${group}`}\``;

/** Kinds that not every install needs, and when. */
const whenOf: Readonly<Record<string, string>> = {
	'policy/poddisruptionbudgets': 'every namespace of the install, when a `podDisruptionBudget` is enabled',
	'rbac.authorization.k8s.io/roles': 'the namespace of the workload manager, when it is enabled',
	'rbac.authorization.k8s.io/rolebindings': 'the namespace of the workload manager, when it is enabled',
	'gateway.networking.k8s.io/httproutes': 'every namespace of the install, when `ingress.kind` is `gateway`',
	'gateway.networking.k8s.io/gateways': 'the namespace of the Gateway, unless `ingress.address` is given',
	'route.openshift.io/routes': 'every namespace of the install, when `ingress.kind` is `route`',
	'route.openshift.io/routes/custom-host': 'every namespace of the install, when `ingress.kind` is `route`',
};

/** The same answers with each way into the cluster. */
const ways: readonly Answers[] = [
	everything,
	{...everything, ingress: {...everything.ingress, kind: 'gateway', gateway: 'gateways/shared'}},
	{...everything, ingress: {...everything.ingress, kind: 'route'}},
];

const permissions = (): string => {
	const rows = new Map<string, {readonly kind: string; readonly where: string; readonly verbs: string[]}>();
	for (const access of ways.flatMap(accessesNeeded)) {
		const {namespace} = access;
		const only = whenOf[`${access.group}/${access.resource}`] ?? 'every namespace of the install';
		const where = namespace === undefined ? 'cluster' : only;
		const key = `${kindOf(access)} ${where}`;
		const row = rows.get(key) ?? {kind: kindOf(access), where, verbs: []};
		if (!row.verbs.includes(access.verb)) row.verbs.push(access.verb);
		rows.set(key, row);
	}
	return table(
		['kind', 'verbs', 'where'],
		[...rows.values()].map(({kind, verbs, where}) => [kind, verbs.join(', '), where]),
	);
};

const meanings: Readonly<Record<keyof typeof exitCodes, string>> = {
	bug: 'a bug in this tool',
	usage: 'the command line or the answers',
	prerequisites: 'something that must be there before the install is not',
	people: 'the time for other people (databases, DNS, CA) ran out',
	bundle: 'the bundle is damaged, incomplete, or does not fit',
	registry: 'the registry',
	database: 'the database',
	cluster: 'Kubernetes or Helm',
	verification: 'installed, but not what was asked for; or `verify` found a difference',
	locked: 'another run holds the lock, or took it over, or may by now: the cluster did not answer for too long',
	stopped: 'stopped by Ctrl-C, SIGTERM or SIGHUP; start again to go on',
};

/** The made parts of pages: page, name of the part, text. */
export const madeTables = (): readonly (readonly [string, string, string])[] => [
	[
		'headless.md',
		'exit-codes',
		table(
			['exit code', 'area in `problem.area`', 'meaning'],
			[
				['0', '', 'done: the world is as the answers say'],
				...Object.entries(exitCodes)
					.sort(([, a], [, b]) => a - b)
					.map(([area, code]) => [String(code), `\`${area}\``, meanings[area as keyof typeof exitCodes]]),
			],
		),
	],
	[
		'troubleshooting.md',
		'actors',
		table(
			['`who`', 'on the screen', 'keeps'],
			Object.entries(actors).map(([who, {told, keeps}]) => [`\`${who}\``, told, keeps]),
		),
	],
	['install.md', 'permissions', permissions()],
	['network.md', 'network', networkTable(exampleSite)],
	[
		'install.md',
		'steps',
		table(
			['step', 'title', 'why', 'changes things'],
			installPlan.steps.map(({id, title, why, apply, when, skippable}) => [
				`\`${id}\``,
				title,
				why,
				[apply ? 'yes' : 'no', ...(when ? ['only when asked for'] : []), ...(skippable ? ['may be skipped'] : [])].join(
					', ',
				),
			]),
		),
	],
	[
		'rehearsal.md',
		'faults',
		table(
			['fault', 'what happens'],
			Object.entries(faults).map(([name, text]) => [`\`${name}\``, text]),
		),
	],
];

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	for (const [page, name, text] of madeTables()) await writeMadePart(page, name, text);
}
