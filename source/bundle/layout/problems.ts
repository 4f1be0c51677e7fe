import {declareProblems} from '../../base/problem-table.ts';
import {carryAgain} from '../../oci/problems.ts';

const partsAgain = {
	fix: 'Bring {parts} over again and put them beside {list}; the other parts can stay.',
	nextSteps: ['In {folder}: sha256sum -c {bundle}.sha256'],
	answers: ['bundle.path'],
} as const;

/** Problems of finding the files of a bundle, wherever it lies. */
export const layoutProblems = declareProblems({
	'bundle-layout': {
		area: 'bundle',
		message: '{path} is not an air-gap bundle.',
		fix: "Give the folder (or the tar of it) that step 1.3 of the vendor's air-gap guide describes.",
		nextSteps: ['It holds images/*.tar, charts/*.tgz and manifest.txt.'],
		answers: ['bundle.path'],
		cases: {
			folder: {cause: 'There is no file below images/ in it.'},
			tar: {cause: 'It is a tar file, but there is no file below images/ in it.'},
			names: {
				message: 'The names of the files in {path} were changed on the way.',
				cause:
					'{name} is cut or in capitals, as on a disc of plain ISO 9660; lists and images are found by their names.',
				fix: 'Write the disc anew with Rock Ridge (xorriso -as mkisofs -R), or put the bundle on it as one tar file, or in parts: what lies in a tar keeps its name.',
				nextSteps: ['A disc that has Rock Ridge shows the names when it is mounted without norock.'],
			},
			'too many files': {cause: 'It holds more than {most} files.'},
		},
	},
	'bundle-ambiguous': {
		area: 'bundle',
		message: '{path} holds several bundles.',
		cause: 'They are {names}; which one is meant is not said.',
		fix: 'Give the folder of the one you mean, such as {first}.',
		answers: ['bundle.path'],
	},
	'bundle-no-images': {
		area: 'bundle',
		message: 'There is no image in {path}.',
		cause: 'It holds neither archives of images (.tar, .tar.gz, .tar.zst) nor an OCI layout.',
		fix: 'Give a bundle, a folder of archives, one archive of docker save, or a folder with an OCI layout.',
		answers: ['bundle.path'],
	},
	'bundle-unfinished': {
		area: 'bundle',
		message: 'The bundle {path} is not finished.',
		cause:
			'`bundle create` was stopped while it made it, or is still at work: bundle.json.part is there, which it takes away last.',
		fix: 'On the connected side start the same `bundle create` again: it goes on with what is there. Carry the bundle over when it says that it is whole.',
		answers: ['bundle.path'],
	},
	'bundle-foreign': {
		area: 'bundle',
		message: '{path} holds what no list of checksums can speak for: {names}.',
		answers: ['bundle.path'],
		cases: {
			folder: {
				cause:
					'A bundle holds files, in folders at most {depth} deep; these are pipes, devices, sockets or folders below that.',
				fix: 'Find out who put them there. Where the rest is trusted, take them away and try again.',
			},
			link: {
				message: '{path} holds links to folders that are not followed: {names}.',
				cause: 'Each leads to a folder that it lies in itself, or out of the bundle.',
				fix: 'Put the folder in the place of its link, or take the link away, and try again. Links to single archives may stay.',
			},
			tar: {
				cause:
					'A packed bundle holds files and folders below {root} and nothing else; these are links, devices or lie beside it.',
				fix: 'Get it again from the one who made it. Of a folder with links in it make the tar with: tar --dereference --hard-dereference -cf',
			},
		},
	},
	'bundle-parts-damaged': {
		area: 'bundle',
		message: "{file} is not the list of a bundle's parts.",
		fix: 'Carry {file} in again: `bundle split` wrote it beside the parts on the connected side.',
		answers: ['bundle.path'],
		cases: {
			large: {cause: 'It has {size} bytes; some kilobytes were expected.'},
			'no json': {cause: 'It is not JSON; it may be cut short.'},
			value: {cause: 'In {place}: {fault}.'},
		},
	},
	'bundle-parts-ambiguous': {
		area: 'bundle',
		message: '{path} holds the parts of several bundles.',
		cause: 'It holds {lists}; which one to install is not said.',
		fix: 'Give the list of the one you mean, such as {first}.',
		answers: ['bundle.path'],
	},
	'bundle-part-missing': {
		area: 'bundle',
		cases: {
			some: {
				...partsAgain,
				message: 'The bundle {bundle} lacks parts: {parts}.',
				cause: '{list} lists {count} parts; {found} of them are in {folder}.',
			},
			'no list': {
				message: 'The list of the parts of {bundle} is not there.',
				cause: '{folder} holds {parts}, but not {list}, which says which parts there are and what each should be.',
				fix: 'Carry {list} in from the connected side and put it beside the parts.',
				answers: ['bundle.path'],
			},
			one: {
				message: '{file} is not there.',
				cause: 'It is not in {folder}.',
				fix: 'Carry {file} in from the connected side, put it beside the others and try again.',
			},
		},
	},
	'bundle-part-size': {
		area: 'bundle',
		cases: {
			some: {
				...partsAgain,
				message: 'Parts of the bundle {bundle} have the wrong size: {sizes}.',
				cause: 'Copying ended too early, or they are parts of another bundle.',
			},
			one: {
				...carryAgain,
				message: '{file} has another size.',
				cause: 'It has {held} bytes instead of {size}: copying ended too early, or it is a part of another bundle.',
			},
		},
	},
	'bundle-inventory-invalid': {
		area: 'bundle',
		message: '{file} is no inventory of a registry.',
		fix: 'Take the inventory anew where the registry can be reached, and carry that file over.',
		nextSteps: ['zenml-airgap registry inventory --registry HOST/PREFIX --out FILE'],
		cases: {
			large: {cause: 'It has {size} bytes; an inventory has at most {most}.'},
			'no json': {cause: 'It is not JSON, or it was cut short.'},
			newer: {cause: 'It has format version {version}; this tool reads version 1. A newer tool wrote it.'},
			value: {cause: 'In {place}: {fault}.'},
		},
	},
});

declare module '../../base/problem.ts' {
	interface ProblemTables {
		readonly bundleLayout: typeof layoutProblems.table;
	}
}
