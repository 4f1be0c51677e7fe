// npm run lab: a real cluster, registries and databases without a way out. Its verbs and options: words.ts.
import {spawn} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import {whatIsMissing} from './able.ts';
import {endAnchor, enter, findAnchor, startAnchor} from './anchor.ts';
import {choose, type LabChoice, partNames, readChoice, writeChoice} from './choice.ts';
import {factLines, readFacts} from './facts.ts';
import {kubeconfigFile} from './kubeconfig.ts';
import {kubernetesMinors} from './kubernetes-build.ts';
import {partState} from './part.ts';
import {type LabPaths, labPaths} from './paths.ts';
import {withLock} from './processes.ts';
import {LabError} from './report.ts';
import {fetchPackages, prepare, up} from './up.ts';
import {readWords, usage} from './words.ts';

const say = (line: string): void => void process.stderr.write(`${line}\n`);

// The machine's own trust settings would hide that the lab's CA is unknown.
const foreign =
	/^(SSL_CERT_FILE|SSL_CERT_DIR|NODE_EXTRA_CA_CERTS|CURL_CA_BUNDLE|REQUESTS_CA_BUNDLE|.*_proxy|.*_PROXY)$/u;
const insideEnv = (paths: LabPaths): NodeJS.ProcessEnv => ({
	...Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name))),
	ZENML_AIRGAP_LAB: paths.facts,
	KUBECONFIG: kubeconfigFile(paths, 'admin'),
	// npx would ask for the name of the npm registry once a day, and nobody in here may ask for a name outside.
	npm_config_update_notifier: 'false',
});

/** Runs a command inside the lab with this terminal and hands back its exit code. */
const runInside = (paths: LabPaths, pid: number, command: readonly string[]): Promise<number> =>
	new Promise((done, reject) => {
		const [program = '', ...args] = [...enter(pid), 'env', '-C', process.cwd(), ...command];
		const child = spawn(program, args, {stdio: 'inherit', env: insideEnv(paths)});
		// The terminal sends Ctrl-C to both; the command decides what it means.
		for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
			process.on(signal, () => void (signal !== 'SIGINT' && child.kill(signal)));
		child.once('error', reject);
		child.once('exit', (code, signal) => done(signal ? 1 : (code ?? 1)));
	});

const inside = async (paths: LabPaths, args: readonly string[]): Promise<number> => {
	const [verb, minor = '', node] = args;
	if (verb === 'up') {
		const facts = await up(paths, {minor, node: node === 'true'}, say);
		process.stdout.write(`${factLines(facts).join('\n')}\n`);
		return 0;
	}
	const choice = await readChoice(paths);
	const states = choice ? partNames(choice).map((name) => partState(paths, name)) : [];
	for (const {name, pid, alive, log} of states) {
		const mark = alive ? 'runs   ' : pid === undefined ? 'NOT YET' : 'MISSING';
		process.stdout.write(`${mark}  ${name}  ${pid === undefined ? 'was never started' : log}\n`);
	}
	const facts = await readFacts(paths);
	if (facts) process.stdout.write(`${factLines(facts).join('\n')}\n`);
	const missing = states.filter(({alive}) => !alive).map(({name}) => name);
	if (facts && missing.length === 0) return 0;
	say(`The lab is half up${missing.length > 0 ? `, missing: ${missing.join(', ')}` : ''}.`);
	const [first] = states.filter(({alive, pid}) => !alive && pid !== undefined);
	if (first) say(`Why: tail ${first.log}`);
	say('npm run lab starts what is missing, npm run lab -- down ends it.');
	return 1;
};

const selfInside = (paths: LabPaths, pid: number, args: readonly string[]): Promise<number> =>
	runInside(paths, pid, [process.execPath, ...process.execArgv, fileURLToPath(import.meta.url), '--inside', ...args]);

const lockOf = (paths: LabPaths): string => `${paths.run}.lock`;

const start = (paths: LabPaths, asked: Partial<LabChoice>): Promise<number> =>
	withLock(lockOf(paths), async () => {
		const running = findAnchor(paths);
		const choice = choose(asked, running === undefined ? undefined : await readChoice(paths), await kubernetesMinors());
		if (running !== undefined) say('The lab is there: attaching, and starting what is missing.');
		// Outside: the lab itself has no way to a package source.
		await prepare(paths, choice, say);
		const pid = running ?? (await startAnchor(paths));
		await writeChoice(paths, choice);
		return selfInside(paths, pid, ['up', choice.minor, `${choice.node}`]);
	});

const end = async (paths: LabPaths): Promise<number> => {
	const remains = await endAnchor(paths);
	for (const one of remains) say(`left behind: ${one}`);
	say(remains.length === 0 ? 'The lab is gone.' : 'The lab is gone but for the above.');
	return remains.length === 0 ? 0 : 1;
};

const main = async (args: readonly string[]): Promise<number> => {
	const paths = labPaths(process.env);
	if (args[0] === '--inside') return inside(paths, args.slice(1));
	const {verb, asked, command} = readWords(args);
	if (verb === 'help') {
		process.stdout.write(usage);
		return 0;
	}
	// It shares folders and cgroups with the outside: a down in here would take the lab away from under itself.
	if (process.env.ZENML_AIRGAP_LAB)
		throw new LabError('You are inside the lab (ZENML_AIRGAP_LAB is set): leave it first.');
	if (verb === 'able') {
		const missing = await whatIsMissing(paths);
		for (const reason of missing) process.stdout.write(`${reason}\n`);
		return missing.length === 0 ? 0 : 3;
	}
	if (process.platform !== 'linux' || process.getuid?.() !== 0)
		throw new LabError('The lab needs Linux and root: it makes namespaces and runs containers.');
	if (verb === 'up') return start(paths, asked);
	if (verb === 'packages') {
		process.stdout.write(`${(await fetchPackages(paths)).root}\n`);
		return 0;
	}
	if (verb === 'down') return withLock(lockOf(paths), () => end(paths));
	const pid = findAnchor(paths);
	if (pid === undefined) throw new LabError('The lab is not up: npm run lab');
	return verb === 'status' ? selfInside(paths, pid, ['status']) : runInside(paths, pid, command);
};

// A reader that has seen enough, such as head, is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
	if (error.code !== 'EPIPE') throw error;
	process.exit(0);
});

main(process.argv.slice(2)).then(
	(code) => {
		process.exitCode = code;
	},
	(error: unknown) => {
		say(error instanceof LabError ? error.message : String(error instanceof Error ? error.stack : error));
		if (error instanceof LabError && error.log) say(`Log: ${error.log}`);
		process.exitCode = 1;
	},
);
