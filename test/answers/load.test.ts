import {describe, expect, it} from 'vitest';
import {loadAnswers, loadDraft} from '../../source/answers/file/load.ts';
import {base, load, problemsOf, replaced, shortest, told} from './samples.ts';

describe('loading answers', () => {
	it('fills in the defaults of a short file and makes every path absolute', () => {
		const answers = load(shortest);
		expect(answers.tls).toEqual({
			certificate: '/srv/site/pki/tls.crt',
			key: '/home/ada/tls.key',
			ca: '/etc/pki/ca.crt',
			secretName: 'zenml-tls',
		});
		expect(answers.bundle.path).toBe('/srv/site/zenml-air-gapped-bundle');
		expect(answers.helm.binary).toBe('auto');
		expect(answers.workspaces[0]?.database).toEqual({
			name: 'zenml_workspace',
			username: 'zenml_workspace_user',
			password: 'generate',
		});
		expect(answers.ingress.annotations).toEqual({'nginx.ingress.kubernetes.io/proxy-body-size': '256m'});
	});

	it('resolves a file reference and a program with a slash, but not a program on the PATH', () => {
		const text = `${shortest}helm: {binary: ./bin/helm}\n`.replace(
			'host: registry.corp.internal:5000',
			'host: registry.corp.internal:5000\n  username: ada\n  password: file:~/registry.txt',
		);
		expect(load(text).helm.binary).toBe('/srv/site/bin/helm');
		expect(load(text).registry.password).toBe('file:/home/ada/registry.txt');
	});

	it('takes a key without a value as not given', () => {
		expect(load(`${shortest}ingress:\nnetwork:\n  waitMinutes: ~\n`).network.waitMinutes).toBe(60);
	});

	it('reads anchors and aliases', () => {
		const text = replaced(
			'    host: zenml-workspace.corp.internal\n',
			`    host: zenml-workspace.corp.internal
    resources: &size
      limits: {cpu: "3"}
  - name: second
    host: second.corp.internal
    namespace: second
    database: {name: second, username: second}
    resources: *size
`,
		);
		expect(load(text).workspaces[1]?.resources.limits.cpu).toBe('3');
	});

	it('reads YAML 1.2, in which yes is a text', () => {
		expect(told(problemsOf(`${shortest}network: {podChecks: yes}\n`))).toEqual([
			'14:22 answers-wrong-type network.podChecks must be true or false, not text',
		]);
	});
});

describe('the reference of an image', () => {
	const places = ['backup.toolsImage', 'workloadManager.runnerImage'] as const;
	const withImage = (place: string, image: string) => {
		const [parent, key] = place.split('.');
		return `${shortest}${parent}: {${key}: ${JSON.stringify(image)}}\n`;
	};
	const bad = [
		'; rm -rf /',
		'https://registry.corp/a:1',
		'registry.corp/A:1',
		'registry.corp/a@sha256:12',
		'-a',
		'a b',
	];
	const good = ['registry.corp:5000/zenml/tools:1.0', `registry.corp/a@sha256:${'0'.repeat(64)}`, 'tools:1'];

	it.each(places.flatMap((place) => bad.map((image) => [place, image] as const)))('%s: %s is none', (place, image) => {
		const [problem] = problemsOf(withImage(place, image));
		expect(problem).toMatchObject({code: 'answers-invalid-value', location: {line: 14}});
		expect(problem?.message).toContain('be the reference of an image');
	});

	it.each(places.flatMap((place) => good.map((image) => [place, image] as const)))('%s: %s is one', (place, image) => {
		expect(JSON.stringify(load(withImage(place, image)))).toContain(image);
	});
});

type Refusal = readonly [title: string, text: string, ...told: string[]];

const workspace = (lines: string): string => `${shortest}  - name: second\n    host: second.corp.internal\n${lines}`;

const refusals: readonly Refusal[] = [
	[
		'a missing answer, at the group that lacks it',
		replaced('  host: postgres.corp.internal', '  port: 5432'),
		'7:1 answers-missing database.host is missing',
	],
	[
		'a missing answer, at its empty key',
		replaced('host: postgres.corp.internal', 'host:'),
		'8:3 answers-missing database.host is missing',
	],
	[
		'a missing group, answer by answer',
		shortest.replace(/^tls:\n( {2}.*\n)*/mu, ''),
		'1:1 answers-missing tls.certificate is missing',
		'1:1 answers-missing tls.key is missing',
		'1:1 answers-missing tls.ca is missing',
	],
	[
		'a missing list',
		shortest.replace(/^workspaces:\n(?: {2}.*\n)*/mu, ''),
		'1:1 answers-missing workspaces is missing',
	],
	[
		'an empty list',
		shortest.replace(/^workspaces:\n(?: {2}.*\n)*/mu, 'workspaces: []\n'),
		'11:13 answers-invalid-value workspaces must have at least one entry',
	],
	[
		'an item without answers',
		shortest.replace(/^workspaces:\n(?: {2}.*\n)*/mu, 'workspaces:\n  -\n'),
		'12:3 answers-missing workspaces.0.name is missing',
		'12:3 answers-missing workspaces.0.host is missing',
	],
	[
		'an unknown key near a known one',
		`${shortest}ingress: {clasName: a}\n`,
		'14:11 answers-unknown-key ingress.clasName is not an answer; did you mean ingress.className?',
	],
	[
		'an unknown key with two letters exchanged',
		shortest.replace(/^registry:\n {2}host/mu, 'registry:\n  hots'),
		'1:1 answers-missing registry.host is missing',
		'2:3 answers-unknown-key registry.hots is not an answer; did you mean registry.host?',
	],
	[
		'an unknown key for an answer that another one needs, which is not told as lacking',
		shortest.replace(/^registry:\n/mu, 'registry:\n  usrname: ada\n  password: env:PASSWORD\n'),
		'2:3 answers-unknown-key registry.usrname is not an answer; did you mean registry.username?',
	],
	[
		'an unknown key of one letter, which is like any other',
		`${shortest}a: 1\n`,
		'14:1 answers-unknown-key a is not an answer',
	],
	[
		'a network that is too narrow',
		`${shortest}ingress: {proxyAddresses: "10.0.0.0/33"}\n`,
		'14:27 answers-invalid-value ingress.proxyAddresses must be addresses or networks such as 10.244.0.0/16, with commas between them',
	],
	[
		'everybody as a proxy',
		`${shortest}ingress: {proxyAddresses: "*"}\n`,
		'14:27 answers-invalid-value ingress.proxyAddresses must be addresses or networks such as 10.244.0.0/16, with commas between them',
	],
	[
		'a name server that is a name',
		`${shortest}network: {nameServer: foo}\n`,
		'14:23 answers-invalid-value network.nameServer must be an IP address, or address:port with an IPv6 address in brackets',
	],
	[
		'a name server with a port that is none',
		`${shortest}network: {nameServer: "10.0.0.1:70000"}\n`,
		'14:23 answers-invalid-value network.nameServer must have a port between 1 and 65535',
	],
	[
		'a name that rings the bell',
		`${shortest}organization: {name: "a\\a"}\n`,
		'14:22 answers-invalid-value organization.name must have no control characters',
	],
	[
		'a path with a line break',
		`${shortest}bundle: {path: "a\\nb"}\n`,
		'14:16 answers-invalid-value bundle.path must have no control characters',
	],
	[
		'an annotation that steers a terminal',
		`${shortest}ingress: {annotations: {a: "\\e[2J"}}\n`,
		'14:28 answers-invalid-value ingress.annotations.a must have no control characters but tabs and line breaks',
	],
	[
		'an unknown key in another spelling',
		`${shortest}work_load_manager: {}\n`,
		'14:1 answers-unknown-key work_load_manager is not an answer; did you mean workloadManager?',
	],
	[
		'an unknown key that belongs elsewhere',
		`${shortest}prefix: zenml\n`,
		'14:1 answers-unknown-key prefix is not an answer; did you mean registry.prefix or artifacts.s3.prefix or backup.schedule.s3.prefix?',
	],
	[
		'a dotted key',
		`${shortest}registry.prefix: zenml\n`,
		'14:1 answers-unknown-key registry.prefix is not an answer; did you mean registry.prefix?',
	],
	[
		'an unknown key that is like no other',
		`${shortest}colour: red\n`,
		'14:1 answers-unknown-key colour is not an answer',
	],
	[
		'an unknown key in a list',
		workspace('    databse: {}\n    namespace: n2\n    database: {name: d2, username: u2}\n'),
		'16:5 answers-unknown-key workspaces.1.databse is not an answer; did you mean workspaces.1.database?',
	],
	['a key that is given twice', `${shortest}registry: {}\n`, '14:1 answers-duplicate-key registry is given twice'],
	['a merge key', `${shortest}ingress: {<<: {className: a}}\n`, '14:11 answers-unknown-key ingress.… is not an answer'],
	[
		'a key that would change every object',
		`${shortest}__proto__: {x: 1}\n`,
		'14:1 answers-unknown-key This key is not a name',
	],
	['a map as key', `${shortest}? {a: b}\n: c\n`, '14:3 answers-unknown-key This key is not a name'],
	[
		'a quantity as number',
		replaced('  host: zenml-pro.corp.internal', '  host: zenml-pro.corp.internal\n  resources: {requests: {cpu: 2}}'),
		'11:31 answers-wrong-type controlPlane.resources.requests.cpu must be text, not a number',
	],
	[
		'a number as text',
		`${shortest}ingress: {httpsPort: "443"}\n`,
		'14:22 answers-wrong-type ingress.httpsPort must be a whole number, not text',
	],
	[
		'a number with a fraction',
		`${shortest}ingress: {httpsPort: 4.5}\n`,
		'14:22 answers-wrong-type ingress.httpsPort must be a whole number, not a number with a fraction',
	],
	[
		'a number out of its range',
		`${shortest}ingress: {httpsPort: 70000}\n`,
		'14:22 answers-invalid-value ingress.httpsPort must be between 1 and 65535',
	],
	[
		'a number below its least value',
		`${shortest}helm: {timeoutMinutes: 0}\n`,
		'14:24 answers-invalid-value helm.timeoutMinutes must be 1 or more',
	],
	...(
		[
			[
				'helm.timeoutMinutes',
				99_999,
				'1440 or less: that is a day; what is not ready by then needs somebody to look at it',
			],
			['network.waitMinutes', 99_999, '10080 or less: that is a week; a run that is started again goes on waiting'],
			['workloadManager.maxConcurrentRuns', 1001, '1000 or less: each run has a pod of its own'],
			[
				'workloadManager.jobBackoffLimit',
				101,
				'100 or less: before each try the cluster waits longer, up to six minutes',
			],
			['workloadManager.ttlSecondsAfterFinished', 2 ** 31, '2147483647 or less: Kubernetes takes no more'],
		] as const
	).map(([path, value, must]): [string, string, string] => {
		const [group = '', name = ''] = path.split('.');
		const column = group.length + name.length + 6;
		return [
			`more of ${path} than makes sense`,
			`${shortest}${group}: {${name}: ${value}}\n`,
			`14:${column} answers-invalid-value ${path} must be ${must}`,
		];
	}),
	[
		'a text in place of a group',
		`${shortest}ingress: nginx\n`,
		'14:10 answers-wrong-type ingress must be a map, not text',
	],
	[
		'a map in place of a list',
		shortest.replace(/^workspaces:\n(?: {2}.*\n)*/mu, 'workspaces: {name: a}\n'),
		'11:13 answers-wrong-type workspaces must be a list, not a map',
	],
	[
		'a text as item of a list',
		shortest.replace(/^workspaces:\n(?: {2}.*\n)*/mu, 'workspaces: [a]\n'),
		'11:14 answers-wrong-type workspaces.0 must be a map, not text',
	],
	[
		'a number in a map of texts',
		`${shortest}ingress:\n  annotations:\n    a/b: 1\n`,
		'16:10 answers-wrong-type ingress.annotations.a/b must be text, not a number',
	],
	[
		'a number in a map of maps',
		`${shortest}workloadManager: {podResources: {limits: {cpu: 1}}}\n`,
		'14:48 answers-wrong-type workloadManager.podResources.limits.cpu must be text, not a number',
	],
	[
		'a text in a map of maps',
		`${shortest}workloadManager: {podResources: {cpu: "1"}}\n`,
		'14:39 answers-wrong-type workloadManager.podResources.cpu must be a map, not text',
	],
	[
		'a bad quantity',
		`${shortest}workloadManager: {podResources: {limits: {cpu: lots}}}\n`,
		'14:48 answers-invalid-value workloadManager.podResources.limits.cpu must be a Kubernetes quantity such as 500m or 2Gi',
	],
	[
		'a bad variable name',
		replaced('- name: default', '- name: default\n    environment: {"A-B": x}'),
		'13:18 answers-invalid-value workspaces.0.environment has a key that is not a variable name',
	],
	[
		'a choice that does not exist',
		replaced('host: postgres.corp.internal', 'host: postgres.corp.internal\n  tls: verify-ful'),
		'9:8 answers-invalid-value database.tls must be one of verify-full, require, disable',
	],
	[
		'another engine',
		replaced('host: postgres.corp.internal', 'host: postgres.corp.internal\n  engine: oracle'),
		'9:11 answers-invalid-value database.engine must be one of mysql, postgresql',
	],
	[
		'another version',
		`version: 2\n${shortest}`,
		'1:10 answers-invalid-value version must be 1: the only version of the answer file this tool knows',
	],
	[
		'a host with a scheme',
		replaced('registry.corp.internal:5000', 'https://registry.corp.internal'),
		'2:9 answers-invalid-value registry.host must be host or host:port in lower case, without https://',
	],
	[
		'a host without a dot',
		replaced('host: zenml-pro.corp.internal', 'host: zenml'),
		'10:9 answers-invalid-value controlPlane.host must be a fully qualified host name in lower case, such as zenml-pro.internal.mycompany.com',
	],
	[
		'a database server with a port',
		replaced('postgres.corp.internal', '"postgres:5432"'),
		'8:9 answers-invalid-value database.host must be a host name in lower case or an IP address, without a port',
	],
	[
		'an address that is none',
		`${shortest}ingress: {address: 10.0.0.256}\n`,
		'14:20 answers-invalid-value ingress.address must be an IP address',
	],
	[
		'a secret written out',
		`${shortest}organization: {users: [{username: a, password: hunter2}]}\n`,
		'14:48 answers-literal-secret organization.users.0.password must be a reference to a secret, not the secret itself',
	],
	[
		'a secret that is a number',
		`${shortest}organization: {users: [{username: a, password: 1234}]}\n`,
		'14:48 answers-literal-secret organization.users.0.password must be a reference to a secret, not the secret itself',
	],
	[
		'a login without password',
		replaced('host: registry.corp.internal:5000', 'host: registry.corp.internal:5000\n  username: ada'),
		'1:1 answers-conflict registry.password is needed with registry.username',
	],
	[
		'a password without login',
		replaced('host: registry.corp.internal:5000', 'host: registry.corp.internal:5000\n  password: env:P'),
		'1:1 answers-conflict registry.username is needed with registry.password',
	],
	[
		'a password of an existing login that is to be generated',
		replaced('host: postgres.corp.internal', 'host: postgres.corp.internal\n  admin: {password: generate}'),
		'9:21 answers-conflict database.admin.password cannot be generated: this login exists already',
	],
	[
		'a request above a limit, in other units',
		replaced(
			'host: zenml-pro.corp.internal',
			'host: zenml-pro.corp.internal\n  resources: {requests: {memory: 4097Mi, cpu: 2000m}}',
		),
		'11:34 answers-conflict controlPlane.resources.requests.memory is more than controlPlane.resources.limits.memory; Kubernetes refuses such pods',
	],
	[
		'two workspaces with the same defaults, at the second one',
		workspace(''),
		'14:5 answers-conflict workspaces.1.namespace is the same namespace as workspaces.0.namespace: "zenml-workspace"; they must differ',
		'14:5 answers-conflict workspaces.1.database.name is the same database as workspaces.0.database.name: "zenml_workspace"; they must differ',
		'14:5 answers-conflict workspaces.1.database.username is the same database role as workspaces.0.database.username: "zenml_workspace_user"; they must differ',
	],
	[
		'the same host twice',
		replaced('zenml-workspace.corp', 'zenml-pro.corp'),
		'13:11 answers-conflict workspaces.0.host is the same host name as controlPlane.host: "zenml-pro.corp.internal"; they must differ',
	],
	[
		'a user named like the administrator',
		`${shortest}organization: {users: [{username: admin}]}\n`,
		'14:35 answers-conflict organization.users.0.username is the same user name as controlPlane.admin.username: "admin"; they must differ',
	],
	[
		'users whom MySQL takes for one',
		`${shortest}organization: {users: [{username: ada}, {username: ADA}, {username: \u00e1da}]}\n`,
		'14:52 answers-conflict organization.users.1.username is the same user name but for capitals and accents as organization.users.0.username: "ADA"; they must differ',
		'14:69 answers-conflict organization.users.2.username is the same user name but for capitals and accents as organization.users.0.username: "\u00e1da"; they must differ',
	],
	[
		'an administrator whose name has a space',
		replaced('host: zenml-pro.corp.internal', 'host: zenml-pro.corp.internal\n  admin: {username: my sql}'),
		'11:21 answers-invalid-value controlPlane.admin.username must not be empty nor have spaces or control characters',
	],
	[
		'a broken rule between answers even where another answer is wrong',
		`${replaced('zenml-workspace.corp', 'zenml-pro.corp')}ingress: {httpsPort: 0}\n`,
		'13:11 answers-conflict workspaces.0.host is the same host name as controlPlane.host: "zenml-pro.corp.internal"; they must differ',
		'14:22 answers-invalid-value ingress.httpsPort must be between 1 and 65535',
	],
	['a tab', `registry:\n\thost: a\n`, '2:1 answers-syntax The answer file is not valid YAML here'],
	['an open quote', `registry:\n  host: "a\n`, '3:1 answers-syntax The answer file is not valid YAML here'],
	['a second document', `${shortest}---\na: b\n`, '14:1 answers-syntax The answer file is not valid YAML here'],
	[
		'a tag',
		replaced('postgres.corp.internal', '!host postgres'),
		'8:9 answers-syntax The answer file is not valid YAML here',
	],
	[
		'an alias without anchor',
		replaced('postgres.corp.internal', '*nobody'),
		'8:9 answers-syntax The answer file is not valid YAML here',
	],
	['a file with one word', 'hunter2\n', '1:1 answers-wrong-type The answer file does not hold answers'],
	['a file with a list', '- a\n', '1:1 answers-wrong-type The answer file does not hold answers'],
];

describe('refusing answers', () => {
	it.each(refusals)('refuses %s', (_title, text, ...expected) => {
		expect(told(problemsOf(text))).toEqual(expected);
	});

	it.each(refusals)('says who must act, why and what to do about %s', (_title, text) => {
		for (const problem of problemsOf(text)) {
			expect(problem).toMatchObject({area: 'usage', who: 'operator', location: {file: 'site.yaml'}});
			expect(problem.cause).toMatch(/^\S.*\.$/u);
			expect(problem.fix).toMatch(/^\S/u);
		}
	});

	it('names the path of the answer, so that a form can open there', () => {
		expect(problemsOf(replaced('host: postgres.corp.internal', 'host:'))[0]?.answers).toEqual(['database.host']);
	});

	it('tells everything at once, in the order of the file', () => {
		expect(
			told(problemsOf('registry: {host: a_b, prefx: c}\ncontrolPlane: {replicas: x}\n')).map((line) =>
				line.split(' ').slice(0, 3).join(' '),
			),
		).toEqual([
			'1:1 answers-missing tls.certificate',
			'1:1 answers-missing tls.key',
			'1:1 answers-missing tls.ca',
			'1:1 answers-missing workspaces',
			'1:1 answers-missing database.host',
			'1:18 answers-invalid-value registry.host',
			'1:23 answers-unknown-key registry.prefx',
			'2:1 answers-missing controlPlane.host',
			'2:26 answers-wrong-type controlPlane.replicas',
		]);
	});

	it('asks for quotes around a quantity and shows it with them', () => {
		const [problem] = problemsOf(`${shortest}workloadManager: {podResources: {limits: {cpu: 2}}}\n`);
		expect(problem?.fix).toBe('Put it in quotes: cpu: "2"');
	});

	it('names the choice that was probably meant', () => {
		const [problem] = problemsOf(replaced('host: postgres.corp.internal', 'host: p\n  tls: verify-ful'));
		expect(problem?.fix).toBe('Write verify-full, require or disable. Did you mean verify-full?');
	});

	it('refuses an empty file by naming each answer that is needed', () => {
		expect(problemsOf('# nothing yet\n').map(({answers}) => answers?.[0])).toEqual([
			'registry.host',
			'tls.certificate',
			'tls.key',
			'tls.ca',
			'controlPlane.host',
			'workspaces',
			'database.host',
		]);
	});
});

describe('files that are no answer files', () => {
	it('refuses more than 1 MiB before reading it', () => {
		expect(told(problemsOf('#'.repeat(1024 * 1024 + 1)))).toEqual([
			'1:1 answers-too-large The answer file has more than 1 MiB',
		]);
	});

	it('refuses aliases that stand for each other many times over', () => {
		const levels = Array.from(
			{length: 9},
			(_, level) => `l${level + 1}: &l${level + 1} [${Array.from({length: 9}, () => `*l${level}`).join(', ')}]`,
		);
		const [problem, ...rest] = problemsOf(`l0: &l0 [a]\n${levels.join('\n')}\n`);
		expect(rest).toEqual([]);
		expect(problem).toMatchObject({code: 'answers-too-large', message: 'The answer file has more than 100 aliases'});
	});

	it('refuses an alias that stands for what it is in', () => {
		const [problem] = problemsOf('registry: &a\n  host: *a\n');
		expect(problem?.code).toBe('answers-too-large');
	});

	it.each([40, 4000])('refuses %i levels of lists', (depth) => {
		const [problem] = problemsOf(`a: ${'['.repeat(depth)}${']'.repeat(depth)}\n`);
		expect(problem).toMatchObject({code: 'answers-too-large', message: 'The answer file has too many levels'});
	});

	it('refuses more values than any site has', () => {
		const [problem] = problemsOf(`a: [${'1,'.repeat(30_000)}]\n`);
		expect(problem).toMatchObject({code: 'answers-too-large'});
	});
});

describe('secrets in answer files', () => {
	const canary = 'CANARY';
	it.each([
		['as a password', `registry: {host: r, username: u, password: ${canary}}`],
		['as a number beside it', `registry: {host: r, username: u, password: [${canary}]}`],
		['inside a map', `registry: {host: r, password: {${canary}: x, ${canary}: y}}`],
		['without a space after the colon', `registry: {password:${canary}}`],
		['without a space after the colon in a block', `registry:\n  host: a\n  password:${canary}\n`],
		['with a colon in it', `registry:\n  password: a: ${canary}\n`],
		['in a host', `registry: {host: "https://u:${canary}@r"}`],
		['in a misspelt key', `registry: {passwort: ${canary}}`],
		['as the key of a variable', `workspaces: [{environment: {"A=${canary}": 5}}]`],
		['as the key of a variable, twice', `workspaces: [{environment: {"A=${canary}": x, "A=${canary}": y}}]`],
		['in a list of variables', `workspaces: [{environment: ["A=${canary}"]}]`],
		['as a variable that is a list', `workspaces: [{environment: {A: [${canary}]}}]`],
		['as an alias', `registry: {password: *${canary}}`],
		['as a tag', `registry: {password: !${canary} x}`],
		['in an open quote', `registry: {password: "${canary}\n`],
		['after a bad escape', `registry: {password: "\\z${canary}"}`],
		['as the whole file', canary],
		['as the name of the database admin', `database: {admin: ${canary}}`],
	])('never repeats a secret written %s', (_title, text) => {
		const problems = problemsOf(text);
		expect(problems.length).toBeGreaterThan(0);
		expect(JSON.stringify(problems)).not.toContain(canary);
		expect(JSON.stringify(loadDraft({text, ...base}).problems)).not.toContain(canary);
	});

	it('keeps a secret that is written out from the draft', () => {
		const loaded = loadDraft({text: `registry: {host: r, username: u, password: CANARY, "x:CANARY": CANARY}`, ...base});
		expect(JSON.stringify(loaded)).not.toContain('CANARY');
		expect(loaded.draft).toEqual({registry: {host: 'r', username: 'u'}});
	});
});

describe('loading a draft', () => {
	it('gives what is there, what is wrong and what is missing', () => {
		const text = `registry: {host: A_B}\ntls: {key: k.pem, secretName: 7}\nhelm: {binary: helm}\n`;
		const {draft, given, problems, missing} = loadDraft({text, ...base});
		expect(draft).toEqual({registry: {host: 'A_B'}, tls: {key: '/srv/site/k.pem'}, helm: {binary: 'helm'}});
		expect(given).toEqual(['registry.host', 'tls.key', 'helm.binary']);
		expect(problems.map(({code, answers}) => [code, answers])).toEqual([
			['answers-invalid-value', ['registry.host']],
			['answers-wrong-type', ['tls.secretName']],
		]);
		expect(missing).toEqual(['tls.certificate', 'tls.ca', 'controlPlane.host', 'workspaces', 'database.host']);
	});

	it('gives an empty draft for a text that is no YAML, and says so', () => {
		const {draft, problems} = loadDraft({text: 'a: "', ...base});
		expect(draft).toEqual({});
		expect(problems).toHaveLength(1);
	});

	it('starts a default path where the paths of the file start, also for who asks for the rest elsewhere', () => {
		const input = {text: shortest, ...base};
		const elsewhere = {...input, overrideDirectory: '/tmp'};
		expect(loadAnswers(elsewhere).answers.bundle.path).toBe('/srv/site/zenml-air-gapped-bundle');
		expect(loadDraft(elsewhere).draft).toMatchObject({bundle: {path: '/srv/site/zenml-air-gapped-bundle'}});
		expect(loadDraft(elsewhere).draft).not.toHaveProperty('helm');
		expect(loadDraft(elsewhere).given).not.toContain('bundle.path');
		expect(loadDraft(input).draft).not.toHaveProperty('bundle');
	});
});
