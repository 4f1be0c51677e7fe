import {createHelm} from '../../source/helm/index.ts';

// A program that upgrades a release and is killed meanwhile, or leaves at once with `exit`.
const [binary = '', home = '', graceMs = '', end = ''] = process.argv.slice(2);
const helm = createHelm({binary, home, environment: {PATH: process.env.PATH}, graceMs: Number(graceMs)});
if (end === 'exit') process.stdin.once('data', () => process.exit(130));
await helm.upgrade({
	release: 'zenml',
	namespace: 'z',
	component: 'workspaces.0',
	chart: '/zenml.tgz',
	values: {},
	timeoutMs: 60_000,
	description: 'by a test',
	isIdle: async () => true,
	onLine: (line) => process.stdout.write(`${line}\n`),
	signal: new AbortController().signal,
});
