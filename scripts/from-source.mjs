// node scripts/from-source.mjs FILE [ARGUMENTS]: sets up the libraries, then runs a TypeScript file of this project with this terminal.
import {spawn} from 'node:child_process';
import {constants} from 'node:os';
import path from 'node:path';
import {ensureLibraries, findNode, root} from './setup.mjs';

const [file = '', ...words] = process.argv.slice(2);
await ensureLibraries();
// As in a shell: what the program is found by includes the libraries' own programs, Node 24 among them.
const bin = path.join(root, 'node_modules', '.bin');
const child = spawn(
	findNode(),
	['--import', path.join(root, 'node_modules', 'tsx', 'dist', 'loader.mjs'), path.join(root, file), ...words],
	{stdio: 'inherit', env: {...process.env, PATH: `${bin}${path.delimiter}${process.env.PATH ?? ''}`}},
);
// A signal of the terminal reaches both; one that was sent to this process alone is handed on. The child decides what it means.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'])
	process.on(signal, () => signal !== 'SIGINT' && child.kill(signal));
child.once('error', (error) => {
	process.stderr.write(`${error.message}\n`);
	process.exitCode = 1;
});
child.once('exit', (code, signal) => {
	process.exitCode = signal ? 128 + constants.signals[signal] : (code ?? 1);
});
