import {expect, test, vi} from 'vitest';
import {
	exitCodes,
	isSameTrouble,
	type ProblemArea,
	type ProblemCode,
	ProblemError,
	ProblemsError,
	problem,
} from '../../source/base/problem.ts';
import {attended, type Controls} from '../../source/engine/controls.ts';
import {selectSteps} from '../../source/engine/converge.ts';
import type {Decision} from '../../source/engine/events.ts';
import {fingerprintOf} from '../../source/engine/fingerprint.ts';
import type {Finding, Pass} from '../../source/engine/plan.ts';
import {planViewOf} from '../../source/engine/plan-view.ts';
import {trouble} from './events.ts';
import {type Answers, answers, findings, ok, play, quitting, type TinyStep, tiny, todo, waiting} from './stage.ts';

test('pages are told before the work, and kept with the step for whoever looks', async () => {
	const pages = [{title: 'Release notes', lines: ['Faster.']}];
	const {events, state} = await play([tiny('images', {check: findings({...ok, pages} as Finding)})], {pass: 'look'});
	expect(events.find(({type}) => type === 'step-pages')).toMatchObject({step: 'images', pages});
	expect(planViewOf(state).steps).toMatchObject([{id: 'images', state: 'ok', pages}]);
});

test('a look tells where the plan goes, in the order of rank, whenever it is found', async () => {
	const facts = [{id: 'last', rank: 9, label: 'Last run', lines: ['none']}];
	const {state, story} = await play([tiny('images', {})], {pass: 'look', facts});
	expect(planViewOf(state).facts).toEqual(facts);
	expect(story).toContain('plan-facts-known');
	const applied = await play([tiny('images', {apply: nothing})], {facts});
	expect(applied.state.facts).toBeUndefined();
	expect(applied.story).not.toContain('plan-facts-known');
});

const nothing = async (): Promise<void> => undefined;

test('which steps only look is told before they begin', async () => {
	const {state} = await play([tiny('bundle'), tiny('images', {apply: nothing})]);
	expect(state.steps.map(({id, onlyLooks}) => [id, onlyLooks])).toEqual([
		['bundle', true],
		['images', undefined],
	]);
});
const blocked: Finding = {status: 'blocked', problem: trouble};

/** A story without the end of the facts, which are found beside the steps. */
const ofSteps = (story: readonly string[]): readonly string[] => story.filter((one) => one !== 'plan-facts-known');

/** One step, its whole story after "started", and the end. */
const table: readonly (readonly [name: string, pass: Pass, step: TinyStep, story: readonly string[]])[] = [
	[
		'a world that fits is left alone',
		'apply',
		tiny('images', {apply: nothing}),
		['check images before', 'finished images already', 'end done 0'],
	],
	[
		'what differs is applied and looked at again',
		'apply',
		tiny('images', {check: findings(todo, ok), apply: nothing}),
		[
			'check images before',
			'todo images',
			'applying images 1',
			'check images after',
			'finished images applied',
			'end done 0',
		],
	],
	[
		'a step that the answers leave out is not even looked at',
		'apply',
		tiny('images', {when: () => false, check: findings(new Error('was looked at'))}),
		['finished images not-needed', 'end done 0'],
	],
	[
		'a world that still differs after the work is a problem',
		'apply',
		tiny('images', {check: findings(todo), apply: nothing}),
		[
			'check images before',
			'todo images',
			'applying images 1',
			'check images after',
			'problem images did-not-converge',
			'end failed 6',
		],
	],
	[
		'what only a human can mend is a problem',
		'apply',
		tiny('images', {check: findings(blocked), apply: nothing}),
		['check images before', 'problem images registry-unreachable', 'end failed 6'],
	],
	[
		'what only a human can mend after the work is a problem too',
		'apply',
		tiny('images', {check: findings(todo, blocked), apply: nothing}),
		[
			'check images before',
			'todo images',
			'applying images 1',
			'check images after',
			'problem images registry-unreachable',
			'end failed 6',
		],
	],
	[
		'a difference that no work can mend is drift',
		'apply',
		tiny('images', {check: findings(todo)}),
		['check images before', 'todo images', 'problem images drift', 'end failed 6'],
	],
	[
		'an error that nobody expected is a bug',
		'apply',
		tiny('images', {check: findings(new TypeError('x is undefined'))}),
		['check images before', 'problem images unexpected-error', 'end failed 1'],
	],
	[
		'a plan applies nothing and is done all the same',
		'look',
		tiny('images', {check: findings(todo), apply: async () => Promise.reject(new Error('was applied'))}),
		['check images before', 'todo images', 'end done 0'],
	],
	[
		'a difference found by verify is drift',
		'verify',
		tiny('images', {check: findings(todo), apply: async () => Promise.reject(new Error('was applied'))}),
		['check images before', 'todo images', 'problem images drift', 'end failed 9'],
	],
	[
		'verify waits for nobody',
		'verify',
		tiny('dns', {check: findings(waiting)}),
		['check dns before', 'waiting dns', 'problem dns handover-dns', 'end failed 4'],
	],
];

test.each(table)('%s', async (_name, pass, step, story) => {
	const {story: played} = await play([step], {pass});
	expect(ofSteps(played)).toEqual(['run-started', `started ${step.id}`, ...story]);
});

test('a warning that is seen before and after the work is told once', async () => {
	const warnings = ['not signed'];
	const before = {status: 'todo', changes: [{action: 'create', target: 'thing'}], warnings} as const;
	const after = {status: 'ok', warnings: [...warnings, 'odd']} as const;
	const {state} = await play([tiny('images', {check: findings(before, after), apply: nothing})]);
	expect(state.steps[0]?.warnings).toEqual(['not signed', 'odd']);
	expect(state.log.filter(({level}) => level === 'warn')).toHaveLength(2);
});

test('a warning that two steps see is told by the first of them, again where that one begins again', async () => {
	const odd = {status: 'ok', warnings: ['odd chart']} as const;
	const bad: Finding = {status: 'todo', changes: [], warnings: ['odd chart']};
	const apply = vi.fn(nothing).mockRejectedValueOnce(new Error('x'));
	const {state} = await play(
		[tiny('bundle', {check: findings(bad, bad, odd), apply}), tiny('images', {check: findings(odd)})],
		{controls: choose('retry')},
	);
	expect(state.steps.map(({warnings}) => warnings)).toEqual([['odd chart'], []]);
});

test('warnings and the note of a check are told', async () => {
	const {events, state} = await play([
		tiny('bundle', {check: async () => ({status: 'ok', note: '4 images', warnings: ['not signed']})}),
	]);
	expect(events).toContainEqual({at: 0, type: 'step-warning', step: 'bundle', text: 'not signed'});
	expect(state.steps[0]).toMatchObject({note: '4 images', warnings: ['not signed']});
});

test('drift names every difference and the command that mends it', async () => {
	const {result} = await play(
		[
			tiny('secrets', {
				check: findings({
					status: 'todo',
					changes: [
						{action: 'create', target: 'secret a/b'},
						{action: 'update', target: 'secret a/c', detail: 'tls.crt'},
					],
				}),
			}),
		],
		{pass: 'verify'},
	);
	expect(result.problem).toMatchObject({
		code: 'drift',
		area: 'verification',
		cause: 'It differs in: secret a/b is missing; secret a/c, tls.crt.',
	});
	expect(result.problem?.fix).toContain('zenml-airgap install');
});

test.each(['look', 'verify', 'apply'] as const)(
	'a step knows in the pass %s what earlier steps would change',
	async (pass) => {
		const changes = [{action: 'create', target: 'secret a/b'}] as const;
		const seen: unknown[] = [];
		const see = async (world: {readonly planned?: readonly unknown[]}): Promise<Finding> => {
			seen.push(world.planned);
			return ok;
		};
		const first = findings({status: 'todo', changes}, ok);
		await play([tiny('secrets', {check: first, apply: async () => undefined}), tiny('release', {check: see})], {pass});
		// Where they were applied it sees the world as it is now.
		expect(seen).toEqual([pass === 'apply' ? undefined : changes]);
	},
);

test('a plan tells the same wall once, and at later steps only that it stands there', async () => {
	const {story, state, result} = await play(
		[tiny('images', {check: findings(blocked)}), tiny('databases', {check: findings(blocked)})],
		{pass: 'look'},
	);
	expect(story.filter((one) => one.startsWith('problem'))).toEqual(['problem images registry-unreachable']);
	expect(state.steps[1]?.warnings[0]).toContain('cannot be looked at before this is mended');
	expect(result.outcome).toBe('failed');
});

test('a peer that does not answer is told once and waited for once, whatever it was asked for, also as one of several', async () => {
	const silent = (asked: string) =>
		new ProblemError({
			...{code: 'kubernetes-unreachable', area: 'cluster', message: `No answer (asked to ${asked}).`},
			...{cause: 'Nothing listens there.', fix: 'Check the address.', evidence: ['connect ECONNREFUSED 10.0.0.1:6443']},
		});
	const more = new ProblemError({code: 'disk-full', area: 'prerequisites', message: 'Full.', cause: 'c', fix: 'f'});
	const parts = [more.problem, silent('tell its version').problem];
	const several = new ProblemError({...more.problem, code: 'prerequisites-not-met', message: 'Two.', parts});
	const retry = {codes: ['kubernetes-unreachable'], attempts: 3, pausesMs: [1000]} as const;
	const {story, state} = await play(
		[
			tiny('prerequisites', {check: findings(several)}),
			tiny('namespaces', {check: findings(silent('list')), retry}),
			tiny('secrets', {check: findings(silent('read')), retry}),
		],
		{pass: 'look'},
	);
	expect(story.filter((one) => /^(?:problem|retrying)/u.test(one))).toEqual([
		'problem prerequisites prerequisites-not-met',
	]);
	expect(state.steps.map(({warnings}) => warnings.length)).toEqual([0, 1, 1]);
	const other = {...silent('list').problem, evidence: ['connect ECONNREFUSED 10.0.0.2:6443']};
	expect(isSameTrouble(silent('read').problem, silent('list').problem)).toBe(true);
	expect(isSameTrouble(silent('read').problem, other)).toBe(false);
});

test.each(['look', 'verify'] as const)(
	'%s goes on after a problem and ends with the code of the first',
	async (pass) => {
		const {story, result} = await play(
			[
				tiny('bundle'),
				tiny('images', {check: findings(blocked)}),
				tiny('databases', {check: findings(new Error('x'))}),
				tiny('ca'),
			],
			{pass},
		);
		expect(ofSteps(story)).toEqual([
			'run-started',
			'started bundle',
			'check bundle before',
			'finished bundle already',
			'started images',
			'check images before',
			'problem images registry-unreachable',
			'started databases',
			'check databases before',
			'problem databases unexpected-error',
			'started ca',
			'check ca before',
			'finished ca already',
			'end failed 6',
		]);
		expect(result.problem?.code).toBe('registry-unreachable');
	},
);

test.each(Object.entries(exitCodes) as [ProblemArea, number][])(
	'a problem of area %s ends with %i',
	async (area, code) => {
		const {result} = await play([tiny('images', {check: findings({status: 'blocked', problem: {...trouble, area}})})]);
		expect(result.exitCode).toBe(code);
	},
);

test('the exit codes are the documented ones', () => {
	expect(exitCodes).toEqual({
		bug: 1,
		usage: 2,
		prerequisites: 3,
		people: 4,
		bundle: 5,
		registry: 6,
		database: 7,
		cluster: 8,
		verification: 9,
		locked: 10,
		stopped: 130,
	});
});

test('several problems at once are told as one that holds them', async () => {
	const two = new ProblemsError([problem({...trouble, code: 'time-out', area: 'usage'}), trouble]);
	const {result} = await play([tiny('images', {check: findings(two)})]);
	expect(result).toMatchObject({exitCode: 2, problem: {code: 'several-problems', parts: two.problems}});
});

const fails = (code: ProblemCode): ProblemError => new ProblemError({...trouble, code});
const retry = {codes: ['registry-stalled', 'time-out'], attempts: 4, pausesMs: [1000, 5000]} as const;

/** What an apply throws, one after the other (undefined: nothing), with the pauses that were made and the end. */
const retries: readonly (readonly [
	name: string,
	thrown: readonly (ProblemCode | undefined)[],
	pauses: readonly number[],
	end: string,
])[] = [
	['no problem, no pause', [undefined], [], 'end done 0'],
	['one passing problem is tried again after the first pause', ['registry-stalled', undefined], [1000], 'end done 0'],
	[
		'the last pause repeats',
		['registry-stalled', 'registry-stalled', 'registry-stalled', undefined],
		[1000, 5000, 5000],
		'end done 0',
	],
	[
		'after the last attempt the problem is told',
		['registry-stalled', 'registry-stalled', 'registry-stalled', 'registry-stalled', undefined],
		[1000, 5000, 5000],
		'end failed 6',
	],
	['another problem is not tried again', ['registry-denied', undefined], [], 'end failed 6'],
	['another problem ends the tries', ['registry-stalled', 'registry-denied', undefined], [1000], 'end failed 6'],
];

test.each(retries)('retry policy: %s', async (_name, thrown, pauses, end) => {
	let calls = 0;
	let fits = false;
	const {events, story, clock} = await play([
		tiny('images', {
			retry,
			check: async () => (fits ? ok : todo),
			apply: async () => {
				const code = thrown[calls];
				calls += 1;
				if (code !== undefined) throw fails(code);
				fits = true;
			},
		}),
	]);
	expect(events.flatMap((event) => (event.type === 'step-retrying' ? [event.pauseMs] : []))).toEqual(pauses);
	expect(clock.now()).toBe(pauses.reduce((sum, pause) => sum + pause, 0));
	expect(calls).toBe(pauses.length + 1);
	expect(story.at(-1)).toBe(end);
	expect(story.filter((one) => one.startsWith('applying'))).toEqual(
		Array.from({length: pauses.length + 1}, (_one, index) => `applying images ${index + 1}`),
	);
});

test('a check that meets a passing trouble is tried again', async () => {
	const {story} = await play([
		tiny('images', {
			retry,
			check: findings(
				fails('registry-stalled'),
				{status: 'blocked', problem: {...trouble, code: 'registry-stalled'}},
				ok,
			),
		}),
	]);
	expect(story.slice(2)).toEqual([
		'check images before',
		'retrying images 1000',
		'check images before',
		'retrying images 5000',
		'check images before',
		'finished images already',
		'end done 0',
	]);
});

test('what was done before a retry counts as applied, although the next look finds nothing to do', async () => {
	const {story} = await play([
		tiny('images', {retry, check: findings(todo, ok), apply: async () => Promise.reject(fails('registry-stalled'))}),
	]);
	expect(story.at(-2)).toBe('finished images applied');
});

test('without a policy nothing is tried again', async () => {
	const {story} = await play([tiny('images', {check: findings(fails('registry-stalled'), ok)})]);
	expect(story.at(-1)).toBe('end failed 6');
});

const choose = (
	...decisions: readonly (Exclude<Decision, 'way'> | Answers)[]
): Controls<Answers> & {readonly asked: (readonly Decision[])[]} => {
	const left = [...decisions];
	const asked: (readonly Decision[])[] = [];
	return {
		...quitting,
		asked,
		decide: async (_step, _problem, {choices}) => {
			asked.push(choices);
			const next = left.shift();
			if (next === undefined) throw new Error('asked once too often');
			if (typeof next !== 'string') return {decision: 'edit', answers: next};
			if (next === 'edit') throw new Error('an edit needs answers');
			return {decision: next};
		},
	};
};

test('retry begins the step anew', async () => {
	const {story} = await play([tiny('images', {check: findings(blocked, ok)})], {controls: choose('retry')});
	expect(story.slice(1)).toEqual([
		'started images',
		'check images before',
		'problem images registry-unreachable',
		'decided images retry',
		'started images',
		'check images before',
		'finished images already',
		'end done 0',
	]);
});

test('a step that is tried again says when it met the same problem once more, and nothing of another one', async () => {
	const other: Finding = {status: 'blocked', problem: {...trouble, message: 'Another one.'}};
	const again = async (...all: readonly Finding[]) =>
		(await play([tiny('images', {check: findings(...all)})], {controls: choose('retry', 'quit')})).state.steps[0];
	expect(await again(blocked, blocked)).toMatchObject({problem: trouble, sameAgainAt: expect.any(Number)});
	expect(await again(blocked, other)).not.toHaveProperty('sameAgainAt');
});

test('skip is offered only where the step may be left out, and the run goes on', async () => {
	const controls = choose('skip', 'quit');
	const {story, result} = await play(
		[tiny('ca', {skippable: true, check: findings(blocked)}), tiny('verification', {check: findings(blocked)})],
		{controls},
	);
	expect(controls.asked).toEqual([
		['retry', 'edit', 'skip', 'quit'],
		['retry', 'edit', 'quit'],
	]);
	expect(story).toContain('finished ca skipped');
	expect(result).toMatchObject({outcome: 'failed', exitCode: 6});
});

test('quit ends with the code of the problem', async () => {
	const {story} = await play([tiny('images', {check: findings(blocked)}), tiny('ca')], {controls: choose('quit')});
	expect(story.slice(-2)).toEqual(['problem images registry-unreachable', 'end failed 6']);
});

const dependent = (id: string, key: keyof Answers, more: Partial<TinyStep> = {}): TinyStep =>
	tiny(id, {inputs: (given) => ({value: given[key]}), ...more});

/** New answers, and the steps that run after the edit; the problem arises in "databases". */
const edits: readonly (readonly [name: string, edited: Answers, after: readonly string[]])[] = [
	['the same answers stay at the step', {...answers}, ['databases', 'ca']],
	['an answer of a step far back', {...answers, registry: 'new'}, ['images stale', 'namespaces', 'databases', 'ca']],
	['an answer of a step near by', {...answers, host: 'new'}, ['namespaces stale', 'databases', 'ca stale']],
	['answers of both', {registry: 'new', host: 'new'}, ['images stale', 'namespaces stale', 'databases', 'ca stale']],
];

test.each(edits)('edit goes back to the first step whose inputs changed: %s', async (_name, edited, after) => {
	const seen: Answers[] = [];
	const {story, result} = await play(
		[
			tiny('bundle', {inputs: () => 'fixed'}),
			dependent('images', 'registry'),
			dependent('namespaces', 'host'),
			tiny('databases', {
				inputs: () => 'fixed',
				check: async (world) => {
					seen.push(world.answers);
					return seen.length === 1 ? blocked : ok;
				},
			}),
			dependent('ca', 'host'),
		],
		{controls: choose(edited), fingerprints: new Map([['ca', fingerprintOf({value: 'b'})]])},
	);
	const decided = story.indexOf('decided databases edit');
	expect(
		story
			.slice(decided)
			.filter((one) => one.startsWith('started'))
			.map((one) => one.replace('started ', '')),
	).toEqual(after);
	expect(seen).toEqual([answers, edited]);
	expect(result.outcome).toBe('done');
});

test('an edit of a later step alone does not jump ahead', async () => {
	const {story} = await play(
		[tiny('images', {inputs: () => 1, check: findings(blocked, ok)}), dependent('ca', 'host')],
		{controls: choose({...answers, host: 'new'})},
	);
	expect(story.filter((one) => one.startsWith('started'))).toEqual(['started images', 'started images', 'started ca']);
});

test('a step is stale exactly where its inputs differ from those it was done with', async () => {
	const steps = [dependent('images', 'registry'), dependent('namespaces', 'host'), tiny('ca')];
	const {events} = await play(steps, {
		fingerprints: new Map([
			['images', fingerprintOf({value: 'a'})],
			['namespaces', fingerprintOf({value: 'another'})],
		]),
	});
	expect(events.flatMap((event) => (event.type === 'step-started' ? [[event.step, event.stale]] : []))).toEqual([
		['images', false],
		['namespaces', true],
		['ca', false],
	]);
	expect(events).toContainEqual(
		expect.objectContaining({type: 'step-finished', fingerprint: fingerprintOf({value: 'b'})}),
	);
});

test.each([
	[undefined, undefined, ['bundle', 'images', 'dns', 'ca']],
	['images', undefined, ['images', 'dns', 'ca']],
	[undefined, 'images', ['bundle', 'images']],
	['images', 'dns', ['images', 'dns']],
	['dns', 'dns', ['dns']],
	['dns', 'images', []],
] as const)('from %s until %s runs %j', async (from, until, wanted) => {
	const steps = [tiny('bundle'), tiny('images'), tiny('dns'), tiny('ca')];
	expect(selectSteps(steps, from, until).map(({id}) => id)).toEqual(wanted);
	const {state} = await play(steps, {...(from ? {from} : {}), ...(until ? {until} : {})});
	expect(state.steps.map(({id}) => id)).toEqual(wanted);
});

test.each([
	[{a: 1, b: {c: 2, d: 3}}, {b: {d: 3, c: 2}, a: 1}, true],
	[{a: 1}, {a: 1, b: undefined}, true],
	[{a: [1, 2]}, {a: [2, 1]}, false],
	[{a: null}, {}, false],
	[undefined, undefined, true],
	['1', 1, false],
])('the fingerprint of %j and of %j agree: %s', (one, other, same) => {
	expect(fingerprintOf(one) === fingerprintOf(other)).toBe(same);
	expect(fingerprintOf(one)).toMatch(/^[0-9a-f]{64}$/u);
});

test('a hand-over is looked at again every pollEveryMs until the world fits', async () => {
	const looks: number[] = [];
	const {story, clock} = await play([
		tiny('dns', {
			check: async () => {
				looks.push(looks.length);
				return looks.length < 4 ? waiting : ok;
			},
		}),
	]);
	expect(clock.now()).toBe(30_000);
	expect(story.slice(2)).toEqual([
		'check dns before',
		'waiting dns',
		'check dns poll',
		'waiting dns',
		'check dns poll',
		'waiting dns',
		'check dns poll',
		'finished dns already',
		'end done 0',
	]);
});

test('a hand-over that passes its limit ends with 4 and the text for the people', async () => {
	const {result, clock} = await play([tiny('dns', {check: findings(waiting)})]);
	expect(clock.now()).toBe(60_000);
	expect(result).toMatchObject({
		outcome: 'failed',
		exitCode: 4,
		problem: {
			code: 'handover-dns',
			who: 'network team',
			message: 'DNS records: not done within 1 minute.',
			cause: 'pro.corp.internal: no such name',
		},
	});
});

const gone = new ProblemError(
	problem({code: 'time-out', area: 'cluster', message: 'The API does not answer.', cause: 'c', fix: 'f'}),
);

test('a look that fails while people are waited for is made again, and told once', async () => {
	const check = findings(waiting, gone, gone, waiting, gone, ok);
	const {result, events, clock} = await play([tiny('dns', {check})]);
	expect(result.exitCode).toBe(0);
	expect(clock.now()).toBe(50_000);
	const lines = events.flatMap((event) =>
		event.type === 'step-detail' && event.detail.kind === 'line' ? [event.detail] : [],
	);
	const text = 'It could not be looked at, and is again every 10 s: The API does not answer.';
	expect(lines).toEqual([
		{kind: 'line', level: 'warn', text},
		{kind: 'line', level: 'warn', text},
	]);
	// Whoever looks at the hand-over meanwhile sees that nobody knows how it stands, and since when.
	const why = 'The API does not answer.';
	expect(events.flatMap((event) => (event.type === 'step-waiting' ? [event.handover.unseen] : []))).toEqual([
		undefined,
		{since: 0, why},
		undefined,
		{since: 30_000, why},
	]);
});

test.each([
	['five minutes', undefined, 310_000],
	['the limit of the hand-over', 60_000, 60_000],
])('a look that fails for %s is a problem', async (_what, limit, endsAt) => {
	const {handoverLimitMs: _limit, ...patient} = quitting;
	const controls = {...patient, ...(limit !== undefined && {handoverLimitMs: limit})};
	const {result, clock} = await play([tiny('dns', {check: findings(waiting, gone)})], {controls});
	expect(result).toMatchObject({exitCode: 8, problem: {code: 'time-out'}});
	expect(clock.now()).toBe(endsAt);
});

test('an error of this tool is a problem at once, also while people are waited for', async () => {
	const {result, clock} = await play([tiny('dns', {check: findings(waiting, new TypeError('oops'), ok)})]);
	expect(result.exitCode).toBe(1);
	expect(clock.now()).toBe(10_000);
});

test('a hand-over without a limit waits as long as it takes', async () => {
	let looks = 0;
	const {handoverLimitMs: _limit, ...patient} = quitting;
	const {result, clock} = await play(
		[
			tiny('dns', {
				check: async () => {
					looks += 1;
					return looks > 1000 ? ok : waiting;
				},
			}),
		],
		{controls: patient},
	);
	expect(result.exitCode).toBe(0);
	expect(clock.now()).toBe(10_000_000);
});

test('a nudge looks again at once', async () => {
	const controls = attended<Answers>([]);
	let looks = 0;
	const {clock, result} = await play(
		[
			tiny('dns', {
				check: async () => {
					looks += 1;
					return looks > 1 ? ok : waiting;
				},
			}),
		],
		{controls, prepare: (fake) => fake.at(3000, controls.nudge)},
	);
	expect(result.exitCode).toBe(0);
	expect(clock.now()).toBe(3000);
});

test('a confirmation is told once, and the next look knows of it', async () => {
	const controls = attended<Answers>([]);
	const {events, state, clock} = await play(
		[tiny('dns', {check: async ({acknowledged}) => (acknowledged ? {status: 'ok', note: 'confirmed'} : waiting)})],
		{controls, prepare: (fake) => fake.at(12_000, () => controls.acknowledge('dns'))},
	);
	expect(events.filter(({type}) => type === 'step-acknowledged')).toHaveLength(1);
	expect(state.steps[0]).toMatchObject({acknowledged: true, note: 'confirmed'});
	expect(clock.now()).toBe(12_000);
});

test('a confirmation of an earlier run counts at the first look', async () => {
	const {story} = await play([tiny('dns', {check: async ({acknowledged}) => (acknowledged ? ok : waiting)})], {
		controls: attended<Answers>(['dns']),
	});
	expect(story.slice(2)).toEqual(['check dns before', 'finished dns already', 'end done 0']);
});

test('a decision that comes before it is asked for, or twice, does nothing', async () => {
	const controls = attended<Answers>([]);
	controls.answer({decision: 'quit'});
	const {story} = await play([tiny('images', {check: findings(blocked, ok)})], {
		controls,
		listeners: [
			(event) => {
				if (event.type === 'step-problem') queueMicrotask(() => controls.answer({decision: 'retry'}));
				if (event.type === 'step-decided') controls.answer({decision: 'quit'});
			},
		],
	});
	expect(story.at(-1)).toBe('end done 0');
});
