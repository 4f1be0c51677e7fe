// node --hash-seed=1 --random-seed=1 compiled.cjs NAME FOLDER: compiles FOLDER/NAME.cjs as the door does, and writes what V8 made of it
// to FOLDER/NAME.cache, for the same code always the same bytes. Of the main part it has first drawn the first page, so that what every start needs is in it.
'use strict';
const {readFileSync, writeFileSync} = require('node:fs');
const path = require('node:path');
const {Readable, Writable} = require('node:stream');
const {pathToFileURL} = require('node:url');
const {setFlagsFromString} = require('node:v8');
const {Script} = require('node:vm');

// What V8 compiled must not be gone again before it is written, and what it does beside it, by the clock, leaves marks.
const meanwhile = ['flush-bytecode', 'sparkplug', 'maglev', 'turbofan'];
for (const flag of meanwhile) setFlagsFromString(`--no-${flag}`);

const [name = '', folder = ''] = process.argv.slice(2);
const text = readFileSync(path.join(folder, `${name}.cjs`), 'utf8');
const script = new Script(text, {filename: `zenml-airgap/${name}.cjs`});

const write = () => {
	// V8 takes the bytes where the flags are those that it starts with: these are their usual values.
	for (const flag of meanwhile) setFlagsFromString(`--${flag}`);
	for (const seed of ['hash-seed', 'random-seed']) setFlagsFromString(`--${seed}=0`);
	writeFileSync(path.join(folder, `${name}.cache`), script.createCachedData());
};

/** A terminal of 80x24 that is read by nobody. */
const pretendTerminal = (onDrawn) => {
	const stdin = Object.assign(new Readable({read: () => undefined}), {
		isTTY: true,
		setRawMode: () => stdin,
		ref: () => stdin,
		unref: () => stdin,
	});
	const stdout = Object.assign(
		new Writable({
			write: (chunk, _encoding, done) => {
				onDrawn(String(chunk));
				done();
			},
		}),
		{isTTY: true, columns: 80, rows: 24, getColorDepth: () => 8, hasColors: () => true},
	);
	for (const [stream, value] of Object.entries({stdin, stdout})) Object.defineProperty(process, stream, {value});
};

/** Colours and moves of the cursor (ECMA-48), which stand between the letters of a frame. */
const controls = new RegExp(`${String.fromCharCode(27)}\\[[0-?]*[ -/]*[@-~]`, 'g');

/** Draws the first page of `install`, then writes and ends. */
const drawFirst = () => {
	process.argv = [process.execPath, process.execPath, 'install', '--state-dir', path.join(folder, 'state')];
	let drawn = '';
	let over = false;
	pretendTerminal((chunk) => {
		drawn += chunk;
		if (over || !drawn.replaceAll(controls, '').includes('Ctrl-C quit')) return;
		over = true;
		write();
		process.exit(0);
	});
	process.once('exit', () => {
		if (over) return;
		process.stderr.write(`The first page was not drawn, but: ${drawn.replaceAll(controls, '').slice(-1000)}\n`);
		process.exitCode = 1;
	});
	script.runInThisContext()(require, pathToFileURL(process.execPath).href);
};

if (name === 'main') drawFirst();
else write();
