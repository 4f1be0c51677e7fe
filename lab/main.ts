// npm run lab [-- [--kubernetes MINOR] [--without-node] [up | status | able | down | exec COMMAND...]]: a real cluster, registry and databases without a way out.
import {spawn} from 'node:child_process';
import {existsSync, readdirSync} from 'node:fs';
import {mkdir, readFile, rm, writeFile} from 'node:fs/promises';
import {fileURLToPath} from 'node:url';
import {whatIsMissing} from './able.ts';
import {endAnchor, enter, findAnchor, startAnchor} from './anchor.ts';
import {factLines, readFacts} from './facts.ts';
import {partState} from './part.ts';
import {type LabPaths, labPaths} from './paths.ts';
import {LabError} from './report.ts';
import {prepare, type UpOptions, up} from './up.ts';

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

const partNames = (paths: LabPaths): readonly string[] =>
	existsSync(paths.run)
		? readdirSync(paths.run).flatMap((name) =>
				name.endsWith('.pid') && name !== 'anchor.pid' ? [name.slice(0, -4)] : [],
			)
		: [];

const inside = async (paths: LabPaths, args: readonly string[]): Promise<number> => {
	const [verb, minor = '', node] = args;
	if (verb === 'up') {
		const facts = await up(paths, {minor, node: node === 'true'}, say);
		process.stdout.write(`${factLines(facts).join('\n')}\n`);
		return 0;
	}
	let missing = 0;
	for (const name of partNames(paths)) {
		const {alive, log} = partState(paths, name);
		if (!alive) missing += 1;
		process.stdout.write(`${alive ? 'runs   ' : 'MISSING'}  ${name}  ${log}\n`);
	}
	const facts = await readFacts(paths);
	if (!facts)
		process.stdout.write('The lab has not come up completely: npm run lab goes on, npm run lab -- down ends it.\n');
	else process.stdout.write(`${factLines(facts).join('\n')}\n`);
	return missing > 0 || !facts ? 1 : 0;
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

const start = (paths: LabPaths, options: UpOptions): Promise<number> =>
	withLock(paths, async () => {
		// Outside: the lab itself has no way to a package source.
		await prepare(paths, options, say);
		const running = findAnchor(paths);
		if (running !== undefined) say('The lab is there: attaching, and starting what is missing.');
		const pid = running ?? (await startAnchor(paths));
		return selfInside(paths, pid, ['up', options.minor, `${options.node}`]);
	});

// Words before the command are the lab's own; what follows exec belongs to the command.
const optionsOf = (args: readonly string[]): {readonly options: UpOptions; readonly rest: readonly string[]} => {
	let options: UpOptions = {minor: '1.34', node: true};
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
		throw new LabError(`Unknown: ${verb}. Known: up, status, able, exec, down.`);
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
