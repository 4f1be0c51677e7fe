// Builds dist/ (or --out DIR): the program as few ES modules, so that it starts fast, and the charts of the rehearsal beside them.
import {cp, mkdir, rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {build} from 'esbuild';
import {chartsFolder, define, entries, root, scheduledScript, shared} from './bundling.mjs';

const at = process.argv.indexOf('--out');
const dist = at < 0 ? path.join(root, 'dist') : path.resolve(process.argv[at + 1]);

await rm(dist, {recursive: true, force: true});
await mkdir(dist, {recursive: true});
await build({
	...shared,
	entryPoints: {...entries, 'compile-cache': path.join(root, 'source/app/base/compile-cache.ts')},
	outdir: dist,
	splitting: true,
	format: 'esm',
	target: 'node22.15',
	define: {...define, __filename: '__moduleFile'},
	// Some libraries are CommonJS inside: they call require, or ask for their own file name, at run time.
	banner: {
		js: "import {createRequire as __createRequire} from 'node:module';const require = __createRequire(import.meta.url), __moduleFile = import.meta.filename;",
	},
});
await cp(chartsFolder, path.join(dist, 'charts'), {recursive: true});
await cp(scheduledScript, path.join(dist, 'scheduled-backup.sh'));
// A door of its own: it tells an old Node in words, and turns the compile cache on before the first large module is read. A cache
// that the environment names and others can write to is left by starting anew in the same process, for Node cannot turn one off.
await writeFile(
	path.join(dist, 'cli.js'),
	`#!/usr/bin/env node
import module from 'node:module';
// Node opens its debugger on a SIGUSR1 that nobody hears. The program's own listener comes with it.
process.on('SIGUSR1', () => undefined);
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 15)) {
	console.error('zenml-airgap needs Node 22.15 or newer; this is ' + process.version + '. Start it with a newer one: /path/to/node ' + process.argv[1]);
	process.exit(2);
}
const {compileCacheFolder, mustLeaveNamedCache} = await import('./compile-cache.js');
if (mustLeaveNamedCache(process.env)) {
	const {NODE_COMPILE_CACHE, ...others} = process.env;
	process.execve(process.execPath, [process.argv0, ...process.execArgv, ...process.argv.slice(1)], {...others, NODE_DISABLE_COMPILE_CACHE: '1'});
}
const cache = compileCacheFolder(process.env);
if (cache !== undefined) module.enableCompileCache(cache);
await import('./main.js');
`,
	{mode: 0o755},
);
