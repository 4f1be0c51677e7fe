// The door of the one executable. It reads only the part that is asked for; the version needs none.
'use strict';
const {getAsset, getAssetKeys, getRawAsset} = require('node:sea');
const {writeSync} = require('node:fs');

const version = ZENML_AIRGAP_VERSION;

/** Runs a part of the program with the compiled code that the build made of it, where it could. */
const run = (name) => {
	const {Script} = require('node:vm');
	const text = getAsset(`${name}.cjs`, 'utf8');
	const cache = `${name}.cache`;
	const compiled = getAssetKeys().includes(cache) ? {cachedData: new Uint8Array(getRawAsset(cache))} : {};
	const script = new Script(text, {filename: `zenml-airgap/${name}.cjs`, ...compiled});
	script.runInThisContext()(require, require('node:url').pathToFileURL(process.execPath).href);
};

/** False where the words could not be written: the program itself has words for that. */
const wrote = (text) => {
	try {
		return writeSync(1, text) === text.length;
	} catch {
		return false;
	}
};

const [first = '', ...others] = process.argv.slice(2);
const isVersion = first === '--version' && others.length === 0;
if (!isVersion || !wrote(`${version}\n`)) run(first.startsWith('inner:') ? first.slice(6) : 'main');
