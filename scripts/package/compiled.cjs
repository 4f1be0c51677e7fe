// node compiled.cjs NAME FOLDER: compiles FOLDER/NAME.cjs as the door does, and writes what V8 made of it to FOLDER/NAME.cache.
'use strict';
const {readFileSync, writeFileSync} = require('node:fs');
const path = require('node:path');
const {Script} = require('node:vm');

const [name = '', folder = ''] = process.argv.slice(2);
const text = readFileSync(path.join(folder, `${name}.cjs`), 'utf8');
const script = new Script(text, {filename: `zenml-airgap/${name}.cjs`});
writeFileSync(path.join(folder, `${name}.cache`), script.createCachedData());
