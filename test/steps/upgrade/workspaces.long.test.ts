import {afterAll, beforeAll, expect, test} from 'vitest';
import {rehearsalHosts} from '../../../rehearsal/index.ts';
import type {Answers} from '../../../source/answers/schema.ts';
import {type Site, startSite} from '../../helpers/world.ts';
import {carryInNewer, problemsIn, unsaved} from './site.ts';

const names = ['default', 'two', 'three', 'four', 'five'] as const;
const hostOf = (name: string): string =>
	name === 'default' ? rehearsalHosts.workspace : `zenml-${name}.rehearsal.internal`;

let site: Site;
let newer: string;

beforeAll(async () => {
	site = await startSite({sample: 'older', hosts: [rehearsalHosts.controlPlane, ...names.map(hostOf)]});
	newer = await carryInNewer(site);
}, 120_000);
afterAll(async () => site?.stop());

const five = (bundle?: string): Answers =>
	site.answers((input) => ({
		...input,
		...(bundle !== undefined && {bundle: {...input.bundle, path: bundle}}),
		network: {...input.network, podChecks: false},
		upgrade: {clients: 'tell', canary: 'two', atOnce: 2},
		workspaces: names.map((name) => ({
			name,
			host: hostOf(name),
			namespace: `zenml-${name}`,
			database: {name: `zenml_${name}`, username: `zenml_${name}_user`},
		})),
	}));

const chartOf = async (name: string): Promise<string | undefined> => {
	const {helm, signal} = await site.world(five());
	return (await helm.release('zenml', `zenml-${name}`, signal))?.chart;
};

test('of five workspaces one cannot migrate: it stops there, says which are upgraded, and goes on later', {
	timeout: 600_000,
}, async () => {
	const installed = await site.run(five());
	expect(problemsIn(installed.events)).toEqual([]);
	// Somebody made the index that the migration makes.
	await site.mysql(
		'create table if not exists resource_pool (id varchar(36) primary key, name varchar(191) not null)',
		'zenml_default',
	);
	await site.mysql('create index ix_resource_pool_name on resource_pool (name)', 'zenml_default');

	const stopped = await site.run(five(newer), {plan: unsaved});
	expect(stopped.exitCode).not.toBe(0);
	expect(stopped.state.steps.find(({status}) => status === 'problem')?.id).toBe('workspaces');
	const {problem} = stopped;
	// This upgrade took no backup, so there is nothing that could be brought back as a pair.
	expect(problem?.nextSteps.join('\n')).not.toContain('zenml-airgap back');
	expect(problem?.evidence?.find((line) => line.startsWith('workspaces upgraded and verified:'))).toMatch(
		/^workspaces upgraded and verified: .*two/u,
	);
	expect(problem?.evidence?.find((line) => line.startsWith('workspaces not upgraded:'))).toMatch(
		/^workspaces not upgraded: default/u,
	);
	expect(await chartOf('two')).toBe('zenml-0.95.1');
	expect((problem?.evidence ?? []).join('\n')).toMatch(/Duplicate key name/u);
	// What was not begun is as it was.
	expect(await chartOf('five')).toBe('zenml-0.94.5');

	await site.mysql('drop table resource_pool', 'zenml_default');
	const gone = await site.run(five(newer), {plan: unsaved});
	expect(problemsIn(gone.events)).toEqual([]);
	expect(gone.exitCode).toBe(0);
	for (const name of names) expect(await chartOf(name)).toBe('zenml-0.95.1');
});

test('a first workspace that is none is refused by name', async () => {
	const answers = five(newer);
	const wrong = {...answers, upgrade: {...answers.upgrade, canary: 'six'}};
	const {problem, exitCode} = await site.run(wrong, {plan: unsaved, until: 'upgrade-path'});
	expect(problem).toMatchObject({
		code: 'upgrade-canary-unknown',
		cause: 'The answers have: default, two, three, four, five.',
		fix: 'Name one of these in upgrade.canary, or leave it out: then it is the first.',
	});
	expect(exitCode).toBe(2);
});
