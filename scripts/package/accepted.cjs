// node accepted.cjs NAME FOLDER: ends with 1 where V8, started as the executable starts it, refuses FOLDER/NAME.cache: it would work, slowly.
'use strict';
const {readFileSync} = require('node:fs');
const path = require('node:path');
const {Script} = require('node:vm');

const [name = '', folder = ''] = process.argv.slice(2);
const text = readFileSync(path.join(folder, `${name}.cjs`), 'latin1');
const cachedData = readFileSync(path.join(folder, `${name}.cache`));
const {cachedDataRejected} = new Script(text, {filename: `zenml-airgap/${name}.cjs`, cachedData});
if (cachedDataRejected) {
	process.stderr.write(`V8 refuses the compiled form of ${name}\n`);
	process.exitCode = 1;
}
