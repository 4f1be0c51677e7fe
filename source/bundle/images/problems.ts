import type {Tree} from '../../archive/tree.ts';
import {declareProblems} from '../../base/problem-table.ts';
import {carryAgain} from '../../oci/problems.ts';
import type {FormFault} from './manifests/manifest-fault.ts';

const aboutLayer = '{file} contradicts itself about a layer.';
const aboutLayers = 'The lists of the layers of {image} in {file} do not agree.';
const saveAnew =
	'Save it anew: skopeo copy docker://NAME:VERSION docker-archive:FILE:NAME:VERSION. Carried in again, it stays as it is.';
const takeOut =
	'Take it out of the archive on the connected side; where the install needs it, save it there in another form.';

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
			manifest: {
				message: 'A manifest of {image} in {file} is not what its name says.',
				cause: 'Its name promises {named}, its bytes have {actual}: they were changed or lost on the way.',
			},
		},
	},
	/** A node unpacks each layer and holds it against the configuration: it would refuse what a registry takes. */
	'bundle-layers-differ': {
		area: 'bundle',
		message: aboutLayers,
		fix: saveAnew,
		cases: {
			count: {
				cause:
					'Its manifest lists {listed} layers, its configuration {configured}: the tool that saved it wrote a wrong list.',
			},
			order: {
				cause:
					'Its manifest has {listed} as layer {number}, its configuration {configured}: the tool that saved it wrote them in another order.',
			},
		},
	},
	/** Whole, but of a form that cannot be pushed: it does not help to carry it in again. */
	'bundle-image-unsupported': {
		area: 'bundle',
		message: '{image} in {file} cannot be used.',
		fix: takeOut,
		cases: {
			'no json': {cause: 'It is called a manifest, but is no JSON object.'},
			'schema 1': {
				cause: "Its manifest is of Docker's schema 1, which registries and container runtimes do not take any more.",
				fix: 'Pull it with a current Docker or skopeo, which turn it into schema 2, save that, and carry it in; or take it out.',
			},
			'artifact manifest': {
				cause: 'Its manifest is an artifact manifest, which OCI 1.1 took back before its release.',
			},
			digest: {
				cause: 'It names a part by {digest}; only sha256: digests are read, as most registries do.',
				fix: saveAnew,
			},
			deep: {cause: 'It is an index within more than {most} other indexes.', fix: saveAnew},
			many: {
				cause: 'It lists {count} images; {most} are the most that are read from one list.',
				fix: 'Save the images in several archives.',
			},
			'many layers': {cause: 'It lists {count} layers; {most} are the most that are read.'},
			form: {cause: 'It is neither an image nor an index of images; its media type: {mediaType}.'},
			large: {cause: 'Its manifest has {size} bytes; {most} is the most that makes sense.'},
			'foreign layers': {
				cause:
					'Its layer {digest} is a foreign layer, as Windows images have: tools that save an image leave it at its vendor.',
			},
			nothing: {
				message: '{file} holds no image.',
				cause: 'Its index.json lists nothing.',
				fix: 'Save the images anew: what wrote it had none to save.',
			},
			'no images': {
				message: '{file} holds no image.',
				cause: 'It holds only what no container can be started from: {left}.',
				fix: 'Save the image itself, by its name and version.',
			},
		},
	},
	'bundle-image-twice': {
		area: 'bundle',
		message: 'The bundle holds two different images called {image}.',
		fix: 'Remove the archive that does not belong to this release and try again.',
		cases: {
			archives: {cause: '{first} and {second} both hold it, with different contents.'},
			names: {
				message: '{file} holds two different images that would both be called {image}.',
				cause: 'They are {first} and {second}; only the last part of the path and the tag go on to the registry.',
				fix: 'Take one of the two out, or save it under another name or tag.',
			},
		},
	},
	'bundle-image-unnamed': {
		area: 'bundle',
		message: '{file} does not say which image it holds.',
		fix: 'Save the image again by name and version: docker save NAME:VERSION > FILE, not by its id.',
		nextSteps: ['`registry push` and `bundle create` take the name of an image without one: --name NAME:VERSION'],
		cases: {
			'by id': {cause: 'It was saved by image id, so it carries no name and no tag.'},
			'no tag': {cause: 'It is called {name}, which has no tag.'},
			'no annotation': {cause: 'Its index.json carries neither io.containerd.image.name nor a tag.'},
			'tag alone': {cause: 'Its index.json carries the tag {tag} alone, and {file} is not the name of an image.'},
			'no name in list': {cause: 'Its index.json lists {digest}, which manifest.json does not, and gives it no name.'},
		},
	},
	'bundle-image-name': {
		area: 'usage',
		message: '--name {name} cannot be used.',
		cases: {
			form: {cause: 'It is not a name and a tag.', fix: 'Give both, such as --name zenml-pro-api:0.13.18'},
			unused: {
				cause: 'Every image there carries a name of its own.',
				fix: 'Leave --name out: it is for an archive that carries none.',
			},
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
			'not whole': {
				cause:
					'Its index names {wanted}, but {blob} of it is not in the archive: it was not saved, or was lost on the way.',
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

/** An image, or a list of them, of a form that is not taken. @param image as the operator knows it */
export const unsupported = ({label: file}: Pick<Tree, 'label'>, image: string, fault: FormFault): Error =>
	imageProblems.error('bundle-image-unsupported', {...fault, image, file}, {location: {file}});

declare module '../../base/problem.ts' {
	interface ProblemTables {
		readonly bundleImages: typeof imageProblems.table;
	}
}
