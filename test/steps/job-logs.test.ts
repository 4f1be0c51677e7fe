import {describe, expect, test} from 'vitest';
import type {ClusterPort, PodView} from '../../source/cluster/types.ts';
import {createJobLogs} from '../../source/steps/shared/release/job-logs.ts';
import {podOf, refusal} from './parts.ts';
import {linesOf, worldOf} from './world.ts';

const migration = (more: Partial<PodView> = {}): PodView =>
	podOf('zenml-db-migration-x', {job: 'zenml-db-migration', ready: false, ...more});
const turn = async () => new Promise((resolve) => setImmediate(resolve));

/** The logs that a cluster has, one for each time that it is asked. */
const followed = async (
	logs: readonly (readonly string[] | Error)[],
	pictures: readonly PodView[],
	earlier = new Set<string>(),
) => {
	const asked: string[] = [];
	const followLog: ClusterPort['followLog'] = async ({namespace, name}, onLine) => {
		const log = logs[asked.length] ?? [];
		asked.push(`${namespace}/${name}`);
		if (log instanceof Error) throw log;
		for (const line of log) onLine(line);
	};
	const world = worldOf({cluster: {followLog}});
	const see = createJobLogs(world, earlier);
	for (const picture of pictures) {
		see([picture]);
		await turn();
	}
	return {told: world.told, lines: linesOf(world.told), asked};
};

describe('the log of a migration', () => {
	test('is told while the Job runs, for the record, each line once, though its log is read again', async () => {
		const {told, lines, asked} = await followed(
			[['Running upgrade 1'], ['Running upgrade 1', 'Running upgrade 2']],
			[
				migration({phase: 'Pending'}),
				migration({phase: 'Running'}),
				migration({phase: 'Succeeded'}),
				migration({phase: 'Succeeded'}),
			],
		);
		expect(lines).toEqual(['info zenml-db-migration: Running upgrade 1', 'info zenml-db-migration: Running upgrade 2']);
		expect(told).toContainEqual(expect.objectContaining({record: true}));
		expect(asked).toEqual(Array(2).fill('zenml-pro/zenml-db-migration-x'));
	});

	test('that cannot be read stops nothing, and is tried again', async () => {
		const {lines} = await followed(
			[refusal('kubernetes-refused', 'It is not there yet.'), ['done']],
			[migration({phase: 'Running'}), migration({phase: 'Running', restarts: 1})],
		);
		expect(lines).toEqual(['debug It is not there yet.', 'info zenml-db-migration: done']);
	});

	test('of an earlier try is not told, and no log of a server', async () => {
		const {asked} = await followed([], [migration({phase: 'Failed'})], new Set(['zenml-db-migration-x']));
		expect(asked).toEqual([]);
		expect((await followed([], [podOf('server')])).asked).toEqual([]);
	});
});
