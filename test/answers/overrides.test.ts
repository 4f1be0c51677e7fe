import {describe, expect, it} from 'vitest';
import {loadAnswers, loadDraft} from '../../source/answers/file/load.ts';
import {type Override, parseOverrides} from '../../source/answers/file/overrides.ts';
import {base, load, problemsOf, shortest, told} from './samples.ts';

/** What `--set` with these arguments stands for. */
const setting = (...args: readonly string[]): readonly Override[] => parseOverrides(args).overrides;
const set = (path: string, value: string) => load(shortest, setting(`${path}=${value}`));

describe('setting answers on the command line', () => {
	it('splits at the first equals sign', () => {
		expect(parseOverrides(['a.b=c=d', 'a.b=']).overrides).toEqual([
			{path: 'a.b', value: 'c=d', source: '--set a.b'},
			{path: 'a.b', value: '', source: '--set a.b'},
		]);
	});

	it('refuses an argument without a path by its number, without repeating it', () => {
		const {overrides, problems} = parseOverrides(['a=b', 'CANARY', '=CANARY']);
		expect(overrides).toEqual([{path: 'a', value: 'b', source: '--set a'}]);
		expect(told(problems)).toEqual([
			'answers-set-syntax --set number 2: is not path=value',
			'answers-set-syntax --set number 3: is not path=value',
		]);
		expect(JSON.stringify(problems)).not.toContain('CANARY');
	});

	it('wins over the file, in the order given', () => {
		const answers = load(shortest, setting('database.host=one', 'database.host=two'));
		expect(answers.database.host).toBe('two');
	});

	it.each([
		['controlPlane.replicas', '3', (a: ReturnType<typeof load>) => a.controlPlane.replicas, 3],
		[
			'controlPlane.resources.limits.cpu',
			'3',
			(a: ReturnType<typeof load>) => a.controlPlane.resources.limits.cpu,
			'3',
		],
		['network.podChecks', 'false', (a: ReturnType<typeof load>) => a.network.podChecks, false],
		['registry.prefix', '', (a: ReturnType<typeof load>) => a.registry.prefix, ''],
		['registry.prefix', 'null', (a: ReturnType<typeof load>) => a.registry.prefix, 'zenml'],
		['kubernetes.context', '"null"', (a: ReturnType<typeof load>) => a.kubernetes.context, 'null'],
		['kubernetes.context', '17', (a: ReturnType<typeof load>) => a.kubernetes.context, '17'],
		['workspaces.0.name', 'first', (a: ReturnType<typeof load>) => a.workspaces[0]?.name, 'first'],
		['workspaces.0.environment.A_B', '1', (a: ReturnType<typeof load>) => a.workspaces[0]?.environment, {A_B: '1'}],
		[
			'ingress.annotations.example.com/size',
			'5',
			(a: ReturnType<typeof load>) => a.ingress.annotations,
			{'example.com/size': '5'},
		],
		[
			'workloadManager.podResources.requests.cpu',
			'1',
			(a: ReturnType<typeof load>) => a.workloadManager.podResources,
			{requests: {cpu: '1'}},
		],
		[
			'workloadManager.nodeSelector',
			'a=b, c.d/e=f',
			(a: ReturnType<typeof load>) => a.workloadManager.nodeSelector,
			{a: 'b', 'c.d/e': 'f'},
		],
		[
			'database.admin.password',
			'env:PGPASSWORD',
			(a: ReturnType<typeof load>) => a.database.admin,
			{password: 'env:PGPASSWORD'},
		],
	])('sets %s to %s', (path, value, get, expected) => {
		expect(get(set(path, value))).toEqual(expected);
	});

	it('resolves its paths against the folder of the operator, not that of the file', () => {
		const {answers} = loadAnswers({
			text: shortest,
			...base,
			overrides: setting('tls.key=k.pem'),
			overrideDirectory: '/home/ada/here',
		});
		expect(answers.tls.key).toBe('/home/ada/here/k.pem');
		expect(answers.tls.certificate).toBe('/srv/site/pki/tls.crt');
	});

	it('can give every answer without any file', () => {
		const overrides = Object.entries({
			'registry.host': 'r',
			'tls.certificate': 'c',
			'tls.key': 'k',
			'tls.ca': 'a',
			'database.host': 'd',
			'controlPlane.host': 'a.bc',
			'workspaces.0.name': 'w',
			'workspaces.0.host': 'w.bc',
		}).map(([path, value]) => `${path}=${value}`);
		expect(load('', setting(...overrides)).workspaces[0]?.host).toBe('w.bc');
	});

	it.each([
		['registry.hots', 'a', 'answers-unknown-key --set registry.hots: is not an answer; did you mean registry.host?'],
		[
			'workspaces.0.hots',
			'a',
			'answers-unknown-key --set workspaces.0.hots: is not an answer; did you mean workspaces.0.host?',
		],
		['colour', 'red', 'answers-unknown-key --set colour: is not an answer'],
		['registry', 'a', 'answers-unknown-key --set registry: is a group of answers, not one answer'],
		[
			'workspaces.x.name',
			'a',
			'answers-unknown-key --set workspaces.x.name: is not an answer; did you mean workspaces.0.name?',
		],
		[
			'workspaces.999999999.name',
			'a',
			'answers-set-syntax --set workspaces.999999999.name: names an item that would leave a hole in the list',
		],
		[
			'controlPlane.replicas',
			'many',
			'answers-wrong-type --set controlPlane.replicas must be a whole number, not text',
		],
		['database.tls', 'off', 'answers-invalid-value --set database.tls must be one of verify-full, require, disable'],
		[
			'registry.host',
			'https://r',
			'answers-invalid-value --set registry.host must be host or host:port in lower case, without https://',
		],
		[
			'controlPlane.admin.password',
			'CANARY',
			'answers-literal-secret --set controlPlane.admin.password: must be a reference to a secret, not the secret itself',
		],
	])('refuses %s=%s and names the argument', (path, value, expected) => {
		const problems = problemsOf(shortest, setting(`${path}=${value}`));
		expect(told(problems)).toEqual([expected]);
		expect(JSON.stringify(problems)).not.toContain('CANARY');
	});

	it('shows nothing behind the first sign that no path has', () => {
		const problems = problemsOf(shortest, setting('registry.password:CANARY=x'));
		expect(JSON.stringify(problems)).not.toContain('CANARY');
	});

	it('never puts a refused secret into a draft', () => {
		const loaded = loadDraft({text: shortest, ...base, overrides: setting('registry.password=CANARY')});
		expect(loaded.problems).toHaveLength(1);
		expect(JSON.stringify(loaded)).not.toContain('CANARY');
	});

	it('says what a number is, where the quotes are not what is wrong', () => {
		const [problem] = problemsOf(shortest, setting('controlPlane.replicas=1e9'));
		expect(problem).toMatchObject({code: 'answers-wrong-type', fix: 'Write a whole number. For example: 1'});
		const [quoted] = problemsOf(`${shortest}helm: {timeoutMinutes: "3"}\n`);
		expect(quoted?.fix).toBe('Write a whole number, without quotes. For example: 15');
	});
});
