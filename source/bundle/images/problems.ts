import {declareProblems} from '../../base/problem-table.ts';
import {carryAgain} from '../../oci/problems.ts';

const aboutLayer = '{file} contradicts itself about a layer.';

/** Problems of the images in a bundle. */
export const imageProblems = declareProblems({
	'bundle-digest-mismatch': {
		area: 'bundle',
		...carryAgain,
		cases: {
			configuration: {
				message: 'The image configuration in {file} is not what its name says.',
				cause: 'Its name promises {named}, its bytes have {actual}.',
			},
			'layer list': {
				message: aboutLayer,
				cause: 'The layer list says {listed} where the image configuration says {configured}.',
			},
			'packed layer': {
				message: aboutLayer,
				cause: '{layer} unpacks to {actual}, the image configuration says {configured}.',
			},
			size: {
				message: '{file} contradicts itself about {digest}.',
				cause: 'The manifest says {said} bytes, the archive holds {held}.',
			},
		},
	},
	'bundle-image-unnamed': {
		area: 'bundle',
		message: '{file} does not say which image it holds.',
		fix: 'Save the image again by name and version: docker save NAME:VERSION > FILE, not by its id.',
		cases: {
			'by id': {cause: 'It was saved by image id, so it carries no name and no tag.'},
			'no tag': {cause: 'It is called {name}, which has no tag.'},
			'no annotation': {cause: 'Its index.json carries neither io.containerd.image.name nor a tag.'},
		},
	},
	'bundle-platform-missing': {
		area: 'bundle',
		message: '{file} does not hold {image} for {wanted}.',
		fix: 'Set bundle.platform to a platform that it holds ({have}) if the nodes are of that kind; else have a bundle made with {wanted}.',
		nextSteps: [
			"kubectl get nodes -o custom-columns='NODE:.metadata.name,OS:.status.nodeInfo.operatingSystem,ARCHITECTURE:.status.nodeInfo.architecture'",
		],
		answers: ['bundle.platform', 'bundle.path'],
		cases: {
			'other platforms': {cause: 'It holds it for {have} only.'},
			'index not whole': {
				cause:
					'Its index names {wanted}, whose manifest or layers are not in the archive; without them the index cannot be pushed.',
			},
		},
	},
	'compress-no-space': {
		area: 'bundle',
		message: 'There is not enough space in {folder} to compress the layers.',
		fix: 'Free some space there, or push the layers as they are: set bundle.compress to none.',
		nextSteps: ['df -h {folder}'],
		answers: ['bundle.compress'],
		cases: {
			before: {cause: 'Up to {needed} are needed, {free} are free.'},
			meanwhile: {cause: 'The disk was full after {written} of a layer.'},
		},
	},
	'compress-unwritable': {
		area: 'bundle',
		message: 'The folder {folder} for compressed layers cannot be made.',
		cause: 'Making it fails: {words}',
		fix: 'Name another folder with --state-dir, or push the layers as they are: set bundle.compress to none.',
		answers: ['bundle.compress'],
	},
});

declare module '../../base/problem.ts' {
	interface ProblemTables {
		readonly bundleImages: typeof imageProblems.table;
	}
}
