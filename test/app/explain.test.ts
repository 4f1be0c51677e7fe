import {afterAll, beforeAll, expect, test} from 'vitest';
import {allNodes} from '../../source/answers/fields.ts';
import {explained} from '../../source/app/explain/explain.ts';
import {plans} from '../../source/plans/index.ts';
import {createStage, type Stage} from './stage.ts';

let stage: Stage;
beforeAll(async () => {
	stage = await createStage();
});
afterAll(async () => stage.remove());

test('a code is explained with every cause, what to do then, who acts and the exit code', async () => {
	const {code, out, err} = await stage.run('explain', 'state-unreadable');
	expect([code, err]).toEqual([0, '']);
	expect(out).toMatchInlineSnapshot(`
		"state-unreadable
		  says     The state file <file> cannot be used.

		  why      It cannot be read: <reason>
		  do       Mend its owner or mode, or name another folder with --state-dir.

		  why      It is not JSON: <reason>.
		  do       Move it away and try again: the tool finds out from the world itself what is done.

		  why      It is not a journal: <reason>.
		  do       Move it away and try again: the truth is in the world, and is looked at anew.

		  who      you
		  exit     2 (usage)
		"
	`);
});

test('without a name everything is listed: steps, answers, and problems with what each says', async () => {
	const {code, out} = await stage.run('explain');
	expect(code).toBe(0);
	const [steps = '', answers = '', problems = ''] = out.split('\n\n');
	expect(steps).toMatch(/^Steps\nbundle {2,}Bundle\n/u);
	expect(answers).toMatch(/^registry\.host {2,}Internal registry, host or host:port$/mu);
	expect(problems).toMatch(/^drift {2,}Differs from the answers: <step>\.$/mu);
	const codes = problems
		.trimEnd()
		.split('\n')
		.slice(1)
		.map((line) => line.split(' ')[0]);
	expect(codes).toEqual([...codes].sort());
});

test('an answer is explained by what it is, its default, how it is given, why it is asked and what it may mend', async () => {
	const {code, out, err} = await stage.run('explain', 'registry.password');
	expect([code, err]).toEqual([0, '']);
	expect(out).toMatchInlineSnapshot(`
		"registry.password
		  what     Password or token of that login.
		  kind     reference of a secret; the value itself never stands in the file
		  default  none: it may be left out
		  example  env:REGISTRY_PASSWORD
		  as       env:NAME, file:PATH, k8s:namespace/name/key, prompt
		  set      --set registry.password=env:REGISTRY_PASSWORD

		  asked    Password or token (Registry)
		  why      Type it, or say where it is: it is kept out of files and logs.

		  codes    image-unauthorized, registry-denied, registry-login-expired, registry-no-project, registry-unauthorized
		  read     zenml-airgap docs answers
		"
	`);
});

test('the place of an answer in a list may be a number or a star', async () => {
	const star = await stage.run('explain', 'workspaces.*.host');
	const third = await stage.run('explain', 'workspaces.2.host');
	expect(star.out).toMatch(/^workspaces\.\*\.host\n {2}what {5}Host name of the workspace server\.\n/u);
	expect(third).toEqual(star);
});

test('a group of answers is explained by those that are in it', async () => {
	const {out} = await stage.run('explain', 'database.admin');
	expect(out).toContain('  default  none: the whole group may be left out\n');
	expect(out).toContain('database.admin.password  Password of that role');
});

test('a step is explained by why it is there, what it does, in which plans, and how it is gone through alone', async () => {
	const {code, out, err} = await stage.run('explain', 'images');
	expect([code, err]).toEqual([0, '']);
	expect(out).toMatchInlineSnapshot(`
		"images
		  title    Images
		  why      The cluster pulls its images from the internal registry, so they must be there first.
		  does     looks, changes what differs, looks again
		  plans    install: step 3 of 14; zenml-airgap install
		           upgrade: step 9 of 21; zenml-airgap upgrade
		           restore: step 4 of 18; zenml-airgap restore
		  retries  registry-line-dropped, registry-unreachable, registry-rate-limited: 3 times, after 1 s, 3 s
		  at most  7200 s for a look, 43200 s for the change
		  exit     6 (registry) where its time is over
		  alone    zenml-airgap install --from images --until images
		"
	`);
});

test('what is the name of several things is explained as each of them', async () => {
	const {out} = await stage.run('explain', 'bundle');
	expect(out).toContain('  answers  bundle.path ');
	expect(out).toContain('\n\nbundle\n  title    Bundle\n');
});

test('a cause that several cases have is told once, and commands as this program is called', async () => {
	const lines = (await explained('answers-secret-env', String)).flat();
	const why = lines.filter((line) => line.startsWith('  why '));
	expect(new Set(why).size).toBe(why.length);
	expect(
		(await explained('registry.host', (text) => text.replace('zenml-airgap docs', 'npm run cli -- docs'))).flat(),
	).toContain('  read     npm run cli -- docs answers');
});

test('every step of every plan, and every answer, can be explained', async () => {
	const answers = allNodes.flatMap(({path}) => (path.length > 0 ? [path.join('.')] : []));
	const steps = Object.values(plans).flatMap(({stepIds}) => [...stepIds]);
	expect(answers.length).toBeGreaterThan(100);
	for (const name of new Set([...answers, ...steps])) {
		const parts = await explained(name, String);
		for (const [first, ...lines] of parts) {
			expect(first).toBe(name);
			expect(lines.length, name).toBeGreaterThan(2);
		}
	}
});

test('a mistyped name is refused, and the nearest ones are named', async () => {
	const {code, out, err} = await stage.run('explain', 'state-unredable');
	expect([code, out]).toEqual([2, '']);
	expect(err).toBe(
		[
			'There is no problem, answer or step state-unredable.',
			'  why:   Names are written as they stand in messages and files; the nearest: state-unreadable.',
			'  do:    Write zenml-airgap explain state-unreadable, or leave the name out to see all of them.',
			'  who:   you',
			'  code:  explain-unknown-code',
			'',
		].join('\n'),
	);
});

test('where no name is near none is named', async () => {
	const {code, out, err} = await stage.run('explain', 'nonsense');
	expect([code, out]).toEqual([2, '']);
	expect(err).toBe(
		[
			'There is no problem, answer or step nonsense.',
			'  why:   Problems are written by their code (registry-unauthorized), answers by their path (registry.host), steps by their name (images).',
			'  do:    Leave the name out to see all of them.',
			'  who:   you',
			'  code:  explain-unknown-code',
			'',
		].join('\n'),
	);
});
