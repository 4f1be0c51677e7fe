import {afterAll, afterEach, describe, expect, it} from 'vitest';
import {filesIn} from '../../rehearsal/answers.ts';
import type {FaultName} from '../../rehearsal/faults.ts';

import {killStarted, makeStateFolder, outcomes, removeFolders, runProgram} from './support/run.ts';

type Row = {
	readonly fault: FaultName;
	readonly exit: number;
	readonly step: string;
	readonly code: string;
	/** Words the operator must be able to read on the problem page. */
	readonly says: readonly string[];
	/** An answer that the problem names. */
	readonly names?: string;
	readonly always?: readonly string[];
	/** The move that mends it, as the operator types it. */
	readonly move?: (world: string) => readonly string[];
};

const rows: readonly Row[] = [
	{fault: 'registry-drops', exit: 6, step: 'images', code: 'registry-line-dropped', says: ['not sent twice']},
	{
		fault: 'wrong-database-password',
		exit: 7,
		step: 'prerequisites',
		code: 'database-password',
		says: ['refuses the password of role postgres'],
		names: 'controlPlane.database.server.admin.password',
		move: (world) => [
			'--set',
			`controlPlane.database.server.admin.password=file:${filesIn(world).rightDatabasePassword}`,
		],
	},
	{
		fault: 'wrong-mysql-password',
		exit: 7,
		step: 'prerequisites',
		code: 'database-password',
		says: ['refuses the login of account root'],
		names: 'database.admin.password',
		move: (world) => ['--set', `database.admin.password=file:${filesIn(world).rightMysqlPassword}`],
	},
	{
		fault: 'mysql-without-tls',
		exit: 7,
		step: 'prerequisites',
		code: 'database-tls-not-offered',
		says: ['offers no TLS'],
		names: 'database.tls',
	},
	{
		fault: 'postgresql-engine',
		exit: 2,
		step: 'prerequisites',
		code: 'prerequisites-not-met',
		says: ['They take MySQL', 'looks like a MySQL server'],
		names: 'database.engine',
		move: () => ['--set', 'database.engine=mysql'],
	},
	{
		fault: 'pod-crash-loop',
		exit: 8,
		step: 'workspaces',
		code: 'pod-crashing',
		says: ['No space left on device', 'logs'],
	},
	{
		fault: 'image-missing',
		exit: 8,
		step: 'control-plane',
		code: 'image-not-found',
		says: ['not found', 'zenml-pro-dashboard'],
	},
	{
		fault: 'dns-missing',
		exit: 4,
		step: 'dns',
		code: 'handover-dns',
		says: ['zenml-workspace.rehearsal.internal', 'does not exist yet'],
		always: ['--set', 'network.waitMinutes=0'],
	},
	{
		fault: 'certificate-other-host',
		exit: 3,
		step: 'prerequisites',
		code: 'tls-host-not-covered',
		says: ['intranet.rehearsal.internal', 'zenml-pro.rehearsal.internal'],
		names: 'tls.certificate',
		move: (world) => {
			const {rightCertificate, rightKey} = filesIn(world);
			return ['--set', `tls.certificate=${rightCertificate}`, '--set', `tls.key=${rightKey}`];
		},
	},
];

const folders: string[] = [];
afterEach(killStarted);
afterAll(() => removeFolders(folders));

describe('a fault of the rehearsal', () => {
	it.each(rows)(
		'$fault stops a run with exit $exit and its cause, and after the move that mends it the same command ends well',
		async ({fault, exit, step, code, says, names, always = [], move}) => {
			const {state, world} = await makeStateFolder();
			folders.push(state, world);
			const first = await runProgram(state, ['--fault', fault, ...always]);
			expect(first.code, JSON.stringify(first)).toBe(exit);
			const [found] = first.problems;
			expect(found).toMatchObject({code});
			for (const word of says) expect(JSON.stringify(found)).toContain(word);
			if (names !== undefined) expect(found?.answers).toContain(names);
			expect(first.events.findLast((event) => event.type === 'step-problem')).toMatchObject({step});
			const moves = move?.(world) ?? [];
			for (const word of moves.filter((one) => one.includes(world)))
				expect(first.errors).toContain(word.replace(/^.*=(file:)?/u, '').replace(/tls\.key$/u, ''));
			const second = await runProgram(state, ['--fault', fault, ...always, ...moves]);
			expect({code: second.code, problems: second.problems}).toEqual({code: 0, problems: []});
			expect(outcomes(second).verification).toBe('already');
			if (fault === 'registry-drops') {
				const pushes = second.events.flatMap((event) => (event.type === 'step-todo' ? event.changes : []));
				expect(pushes.filter(({action}) => action === 'push')).toHaveLength(1);
				expect(JSON.stringify(second.events)).toMatch(/ bytes sent, 0 layers mounted, [1-9]\d* there already/u);
			}
			// What the first run did is not done again.
			const done = Object.entries(outcomes(first)).map(([id, outcome]) => [
				id,
				outcome === 'not-needed' ? outcome : 'already',
			]);
			expect(outcomes(second)).toMatchObject(Object.fromEntries(done));
		},
		240_000,
	);

	it('is not played again when the command is repeated, and what was edited stays edited', async () => {
		const {state, world} = await makeStateFolder();
		folders.push(state, world);
		const words = ['--fault', 'wrong-database-password', '--until', 'prerequisites'];
		expect((await runProgram(state, words)).code).toBe(7);
		const move = `controlPlane.database.server.admin.password=file:${filesIn(world).rightDatabasePassword}`;
		// Stopped before its end, so that the journal does not say that all is done.
		const mended = await runProgram(state, [
			...words,
			'--set',
			move,
			'--set',
			'registry.prefix=',
			'--set',
			'database.port=1',
			'--set',
			'controlPlane.database.server.host=db.example',
		]);
		expect(mended.code).toBe(2);
		expect(mended.errors).toContain('database.port cannot be set in a rehearsal');
		expect(mended.errors).toContain('controlPlane.database.server.host cannot be set in a rehearsal');
		expect((await runProgram(state, [...words, '--set', move])).code).toBe(0);
	}, 120_000);
});
