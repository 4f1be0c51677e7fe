export {cacheFolder, debianFolder, debianPackages, debianRoot} from './debian.ts';
export {wordsOfFailure} from './failure.ts';
export {freePort, release, spawnKept} from './kept-server.ts';
export {
	give,
	giveTree,
	lastLogLines,
	refuseUnreachable,
	type ServerTls,
	writeOwned,
} from './owned-files.ts';
export {canTraverse, chooseOwner, type Owner} from './owner.ts';
