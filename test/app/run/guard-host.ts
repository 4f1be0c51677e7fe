import {answersSchema} from '../../../source/answers/schema.ts';
import {createLastGuard} from '../../../source/app/base/ending/last-guard.ts';
import {runPlan} from '../../../source/app/run/run.ts';
import {unattended} from '../../../source/engine/controls.ts';
import {type Step, shortTimeouts} from '../../../source/steps/world.ts';
import {entryOf} from '../../helpers/plan-entry.ts';
import {makeContext} from '../../helpers/world.ts';

/** A program as the door makes it, whose one step uses a library that throws inside an event handler. */
const [folder = ''] = process.argv.slice(2);
const guard = createLastGuard(() => process.exit(70));
for (const event of ['uncaughtException', 'unhandledRejection'] as const) process.on(event, guard.take);

const step: Step = {
	id: 'prerequisites',
	title: 'One',
	why: 'It is the only one.',
	area: 'database',
	inputs: () => ({}),
	timeouts: shortTimeouts,
	check: async ({signal}) => {
		setImmediate(() => {
			throw new TypeError('CANARY is the password');
		});
		return new Promise((_resolve, reject) => {
			signal.addEventListener('abort', () => reject(signal.reason), {once: true});
		});
	},
};

const {outcome, exitCode, problem, state} = await runPlan({
	context: {...makeContext(folder), hearFaults: guard.hear},
	stateDirectory: `${folder}/state`,
	plan: entryOf({id: 'install', title: 'Install', command: 'install', steps: [step]}),
	pass: 'apply',
	answers: answersSchema.parse({
		registry: {host: 'registry.corp', username: 'installer', password: 'env:REGISTRY'},
		tls: {certificate: '/pki/tls.crt', key: '/pki/tls.key', ca: '/pki/ca.crt'},
		database: {host: 'db.corp'},
		controlPlane: {host: 'zenml-pro.corp.internal'},
		workspaces: [{name: 'default', host: 'zenml.corp.internal'}],
		kubernetes: {kubeconfig: `${folder}/none`},
	}),
	prompted: new Map(),
	controls: () => unattended({acknowledged: () => false, handoverLimitMs: 1000}),
	listeners: [],
	signal: new AbortController().signal,
});
process.stdout.write(JSON.stringify({outcome, exitCode, problem, status: state.steps[0]?.status}), () =>
	process.exit(0),
);
