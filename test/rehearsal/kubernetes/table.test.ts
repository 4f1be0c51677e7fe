import {readFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {KubernetesServer} from '../../../rehearsal/kubernetes/index.ts';
import {dict} from '../../../rehearsal/kubernetes/objects/values.ts';
import {type Reply, send, type Target, targetOf} from '../../lab/api-client.ts';
import {type Call, play} from '../../lab/table/scenario.ts';
import {scenarios} from '../../lab/table/scenarios.ts';
import {eventually, startCluster} from './cluster.ts';

/**
 * What the requests of the comparison with a real API server 1.34 (docs/lab.md) are answered with: the code, and the
 * words of a refusal or a warning. The real server answers so as well, but for what `test/lab/table/known.ts` names.
 */
const recorded = readFileSync(fileURLToPath(new URL('fixtures/table.txt', import.meta.url)), 'utf8').split('\n');

let cluster: KubernetesServer;
let target: Target;

beforeAll(async () => {
	cluster = await startCluster();
	target = targetOf('rehearsal', cluster.kubeconfig);
});
afterAll(() => cluster.stop());

/** What of a text is the same in every run and with every Node. */
const lasting = (text: string, namespace: string): string =>
	text
		.replaceAll(namespace, '{ns}')
		.replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/gu, 'UID')
		.replaceAll(/(error decoding body: ).*/gu, '$1…')
		.replaceAll('\n', ' ');

const told = ({title}: Call, {status, warning, body}: Reply, namespace: string): string => {
	const {kind, message} = dict(body);
	const words = kind === 'Status' && message !== undefined ? ` | ${String(message)}` : '';
	return lasting(`${title} | ${status}${words}${warning ? ` | ${warning}` : ''}`, namespace);
};

test.each(scenarios.map((scenario, index) => [scenario.name, scenario, `table-${index}`] as const))(
	'%s',
	async (name, scenario, namespace) => {
		await send(target, 'POST', '/api/v1/namespaces', {metadata: {name: namespace}});
		await eventually(() => cluster.store.get('serviceaccounts', namespace, 'default'));
		const replies = await play(target, scenario, namespace);
		const lines = scenario.calls.map((call, at) => `${name} | ${told(call, replies[at] as Reply, namespace)}`);
		expect(lines).toEqual(recorded.filter((line) => line.startsWith(`${name} | `)));
	},
);
