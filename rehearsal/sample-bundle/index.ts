/** A bundle in the layout of the vendor's guide, made up here, and the writers of its parts. */
export {configOf, type SampleImage, writeClassic, writeModern} from './archives.ts';
export {type PackedChart, packChart} from './chart-package.ts';
export {addFile, addFolder, digestFile, type Layer, pseudoRandom, writeTar} from './layers.ts';
export {makeSampleBundle} from './make.ts';
