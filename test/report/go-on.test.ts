import {expect, test} from 'vitest';
import type {GlobalOptions} from '../../source/app/base/context.ts';
import {problemTables} from '../../source/app/explain/problem-tables.ts';
import {goOnWith, resumeCommand} from '../../source/app/plan/resume-command.ts';
import {nextOf} from '../../source/app/screen/screen-session.ts';
import type {Problem} from '../../source/base/problem.ts';
import {clusterProblems} from '../../source/cluster/problems.ts';
import type {RunState} from '../../source/engine/state.ts';
import {plans} from '../../source/plans/index.ts';
import {goOnCommand, repeatedWords} from '../../source/report/go-on.ts';
import {summaryLines} from '../../source/report/summary.ts';
import {fold, started, trouble} from '../engine/events.ts';

const options: GlobalOptions = {
	set: ['registry.host=wrong.corp.example', 'tls.ca=file:ca.pem'],
	from: 'control-plane',
	nonInteractive: true,
	plain: false,
	json: false,
	logLevel: 'info',
};
const goOn = {
	...goOnWith(options, (given) => resumeCommand({startedByNpm: false}, 'install', given)),
	stepIds: plans.install.stepIds,
};

const heldBy = (problem: Problem): RunState =>
	fold([started, {type: 'run-finished', outcome: 'failed', exitCode: 8, problem}]);

const notFound = clusterProblems.problem('image-not-found', {
	...{kind: 'Deployment', name: 'zenml', reason: 'ErrImagePull', image: 'r.corp/zenml:1'},
});
const noSecret = clusterProblems.problem('pod-secret-missing', {
	...{case: 'volume', kind: 'Deployment', name: 'zenml', reason: 'FailedMount', secret: 'tls'},
});

test('the command that goes on begins with the step that the problem asks for', () => {
	const sets = '--set registry.host=wrong.corp.example --set tls.ca=file:ca.pem';
	const command = `zenml-airgap install ${sets} --from images --non-interactive`;
	const state = heldBy(notFound);
	expect(notFound.fix).toContain('--from images');
	expect(goOnCommand(state, goOn)).toBe(command);
	expect(summaryLines(state, {...goOn, words: plans.install.words, logFile: 'log'})).toContain(
		`  Go on with  ${command}`,
	);
	expect(nextOf(state, undefined, {...goOn, words: plans.install.words})).toContain(`Go on with:\n${command}`);
});

test('of several problems the first step in the order of the plan counts, and a plan without it goes on as it was begun', () => {
	const both = heldBy({...trouble, parts: [noSecret, notFound]});
	expect(goOnCommand(both, goOn)).toContain(' --from images ');
	expect(goOnCommand(heldBy(noSecret), goOn)).toContain(' --from secrets ');
	expect(goOnCommand(both, {...goOn, stepIds: plans.back.stepIds})).toBe(goOn.resumeCommand);
	expect(goOnCommand(heldBy(trouble), goOn)).toBe(goOn.resumeCommand);
});

test('an answer of the command line that the problem names is told as one to be corrected in the command, others are not', () => {
	const words =
		'That command gives again what this problem may come of, --set registry.host: where that is wrong, correct it there first.';
	const state = heldBy(notFound);
	expect(repeatedWords(state, goOn)).toBe(words);
	expect(repeatedWords(heldBy(trouble), goOn)).toBeUndefined();
	expect(repeatedWords(heldBy({...trouble, answers: ['tls']}), goOn)).toContain('--set tls.ca:');
	expect(summaryLines(state, {...goOn, words: plans.install.words, logFile: 'log'})).toContain(`  ${words}`);
	expect(nextOf(state, undefined, {...goOn, words: plans.install.words}).at(-1)).toBe(words);
});

test('every step that a problem names to begin with is one of the install', () => {
	const named = Object.values(problemTables).flatMap((table) =>
		Object.values(table).flatMap(({startFrom, fix}) => (startFrom === undefined ? [] : [{startFrom, fix}])),
	);
	expect(named.length).toBeGreaterThan(0);
	for (const {startFrom, fix} of named) {
		expect(plans.install.stepIds).toContain(startFrom);
		expect(fix).toContain(`--from ${startFrom}`);
	}
});
