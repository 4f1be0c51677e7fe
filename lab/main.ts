// npm run lab [-- [--kubernetes MINOR] [--without-node] [up | status | able | packages | down | exec COMMAND...]]: a real cluster, registry and databases without a way out.
import {spawn} from 'node:child_process';
import {existsSync} from 'node:fs';
import {mkdir, readFile, rm, writeFile} from 'node:fs/promises';
import {fileURLToPath} from 'node:url';
import {whatIsMissing} from './able.ts';
import {endAnchor, enter, findAnchor, startAnchor} from './anchor.ts';
import {choose, type LabChoice, partNames, readChoice, writeChoice} from './choice.ts';
import {debianPrograms} from './debian.ts';
import {factLines, readFacts} from './facts.ts';
import {partState} from './part.ts';
import {type LabPaths, labPaths} from './paths.ts';
import {LabError} from './report.ts';
import {prepare, up} from './up.ts';

const say = (line: string): void => void process.stderr.write(`${line}\n`);

// The machine's own trust settings would hide that the lab's CA is unknown.
const foreign =
	/^(SSL_CERT_FILE|SSL_CERT_DIR|NODE_EXTRA_CA_CERTS|CURL_CA_BUNDLE|REQUESTS_CA_BUNDLE|.*_proxy|.*_PROXY)$/u;
const insideEnv = (paths: LabPaths): NodeJS.ProcessEnv => ({
	...Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name))),
	ZENML_AIRGAP_LAB: paths.facts,
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

// Only one command may build or start at a time; a lock whose owner is gone does not count.
const withLock = async (paths: LabPaths, work: () => Promise<number>): Promise<number> => {
	const file = `${paths.run}.lock`;
	await mkdir(paths.cache, {recursive: true});
	try {
		await writeFile(file, `${process.pid}`, {flag: 'wx'});
	} catch {
		const owner = Number(await readFile(file, 'utf8').catch(() => '0'));
		if (owner > 0 && existsSync(`/proc/${owner}`))
			throw new LabError(`Process ${owner} is starting or ending the lab right now: wait for it.`);
		await writeFile(file, `${process.pid}`);
	}
	try {
		return await work();
	} finally {
		await rm(file, {force: true});
	}
};

const start = (paths: LabPaths, asked: Partial<LabChoice>): Promise<number> =>
	withLock(paths, async () => {
		const running = findAnchor(paths);
		const choice = choose(asked, running === undefined ? undefined : await readChoice(paths));
		if (running !== undefined) say('The lab is there: attaching, and starting what is missing.');
		// Outside: the lab itself has no way to a package source.
		await prepare(paths, choice, say);
		const pid = running ?? (await startAnchor(paths));
		await writeChoice(paths, choice);
		return selfInside(paths, pid, ['up', choice.minor, `${choice.node}`]);
	});

// Words before the command are the lab's own; what follows exec belongs to the command.
const optionsOf = (
	args: readonly string[],
): {readonly options: Partial<LabChoice>; readonly rest: readonly string[]} => {
	let options: Partial<LabChoice> = {};
	const rest = [...args];
	for (let first = rest[0]; first?.startsWith('--') && first !== '--'; first = rest[0]) {
		rest.shift();
		if (first === '--kubernetes') options = {...options, minor: rest.shift() ?? ''};
		else if (first === '--without-node') options = {...options, node: false};
		else throw new LabError(`Unknown option ${first}. Known: --kubernetes MINOR, --without-node.`);
	}
	return {options, rest};
};

const main = async (args: readonly string[]): Promise<number> => {
	const paths = labPaths(process.env);
	if (args[0] === '--inside') return inside(paths, args.slice(1));
	if (args[0] !== 'able' && (process.platform !== 'linux' || process.getuid?.() !== 0))
		throw new LabError('The lab needs Linux and root: it makes namespaces and runs containers.');
	const {options, rest} = optionsOf(args);
	const [verb = 'up', ...more] = rest;
	if (verb === 'up') return start(paths, options);
	if (verb === 'able') {
		const missing = await whatIsMissing(paths);
		for (const reason of missing) process.stdout.write(`${reason}\n`);
		return missing.length === 0 ? 0 : 3;
	}
	if (verb === 'packages') {
		process.stdout.write(`${(await debianPrograms(paths)).root}\n`);
		return 0;
	}
	if (verb === 'down') {
		const left = await withLock(paths, async () => {
			const remains = await endAnchor(paths);
			for (const one of remains) say(`left behind: ${one}`);
			return remains.length;
		});
		say(left === 0 ? 'The lab is gone.' : 'The lab is gone but for the above.');
		return left === 0 ? 0 : 1;
	}
	const pid = findAnchor(paths);
	if (verb !== 'status' && verb !== 'exec')
		throw new LabError(`Unknown: ${verb}. Known: up, status, able, packages, exec, down.`);
	if (pid === undefined) throw new LabError('The lab is not up: npm run lab');
	if (verb === 'status') return selfInside(paths, pid, ['status']);
	const command = more[0] === '--' ? more.slice(1) : more;
	if (command.length === 0) throw new LabError('exec needs a command: npm run lab -- exec COMMAND');
	return runInside(paths, pid, command);
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
