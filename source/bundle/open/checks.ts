import {bundleProblem} from '../../archive/problems.ts';
import type {Image} from '../../oci/image.ts';
import {imageNameOf} from '../../oci/reference.ts';
import type {BundleManifest} from '../layout/types.ts';
import type {Chart} from '../types.ts';

/** The images of the vendor's air-gap guide, step 1.1; the client image `zenml` is what pipelines are built from. */
export const requiredImages = ['zenml-pro-api', 'zenml-pro-dashboard', 'zenml-pro-server', 'zenml'] as const;

/** Chart names as in their Chart.yaml: `oci://public.ecr.aws/zenml/zenml-pro` and `…/zenml` (guide, step 1.2). */
export const chartNames = {controlPlane: 'zenml-pro', workspace: 'zenml'} as const;

const carry = 'Carry the missing files in from the connected side, or make the bundle anew there.';

/** An image twice under one name and tag is one image; two different ones under one name and tag are a mistake. */
export const mergeImages = (images: readonly Image[]): readonly Image[] => {
	const merged = new Map<string, Image>();
	for (const image of images) {
		const key = `${image.name}:${image.tag}`;
		const other = merged.get(key);
		if (other && other.manifest.digest !== image.manifest.digest && other.blobs[0]?.digest !== image.blobs[0]?.digest) {
			throw bundleProblem({
				code: 'bundle-image-twice',
				message: `The bundle holds two different images called ${key}.`,
				cause: `${other.archive} and ${image.archive} both hold it, with different contents.`,
				fix: 'Remove the archive that does not belong to this release and start again.',
			});
		}
		if (!other) merged.set(key, image);
	}
	return [...merged.values()];
};

/** @throws ProblemError `bundle-image-missing`, `bundle-image-ambiguous` */
export const requireImages = (images: readonly Image[]): void => {
	const names = images.map(({name}) => name);
	const absent = requiredImages.filter((name) => !names.includes(name));
	if (absent.length > 0) {
		throw bundleProblem({
			code: 'bundle-image-missing',
			message: `The bundle lacks ${absent.length === 1 ? 'an image' : 'images'}: ${absent.join(', ')}.`,
			cause: `The archives below images/ hold ${names.length === 0 ? 'no image' : images.map(({name, tag}) => `${name}:${tag}`).join(', ')}.`,
			fix: carry,
			nextSteps: absent.map(
				(name) => `docker save …/${name}:VERSION > ${name === 'zenml' ? 'zenml-client' : name}.tar`,
			),
		});
	}
	// Several client images (Python versions) are useful; several servers leave open which one to install.
	const double = requiredImages.filter(
		(name) => name !== 'zenml' && names.filter((other) => other === name).length > 1,
	);
	if (double.length > 0) {
		const tags = images
			.filter(({name}) => double.some((other) => other === name))
			.map(({name, tag}) => `${name}:${tag}`);
		throw bundleProblem({
			code: 'bundle-image-ambiguous',
			message: `The bundle holds several versions of ${double.join(', ')}.`,
			cause: `It holds ${tags.join(', ')}; which one to install is not said anywhere.`,
			fix: 'Leave one version in images/ and start again.',
		});
	}
};

/** The one chart of that name. @throws ProblemError `bundle-chart-missing`, `bundle-chart-ambiguous` */
export const pickChart = (charts: readonly Chart[], name: string): Chart => {
	const [chart, ...others] = charts.filter((candidate) => candidate.name === name);
	if (!chart) {
		throw bundleProblem({
			code: 'bundle-chart-missing',
			message: `The bundle lacks the Helm chart ${name}.`,
			cause: `charts/ holds ${charts.length === 0 ? 'no chart' : charts.map((other) => `${other.name} ${other.version}`).join(', ')}.`,
			fix: carry,
			nextSteps: [`helm pull oci://public.ecr.aws/zenml/${name} --version VERSION`],
		});
	}
	if (others.length > 0) {
		throw bundleProblem({
			code: 'bundle-chart-ambiguous',
			message: `The bundle holds several versions of the Helm chart ${name}.`,
			cause: `It holds ${[chart, ...others].map(({version}) => version).join(', ')}.`,
			fix: 'Leave one version in charts/ and start again.',
		});
	}
	return chart;
};

/** Whether a line of manifest.txt speaks of this image: same name and, where it gives one, same tag. */
const speaksOf = (listed: string, image: Image): boolean => {
	const reference = imageNameOf(listed);
	return reference !== undefined && reference.name === image.name && reference.tag === image.tag;
};

/**
 * Compares the bundle with what its manifest documents.
 * @param files paths of all files of the bundle
 * @returns what could not be verified, in the operator's words
 * @throws ProblemError `bundle-image-missing`, `bundle-chart-missing`, `bundle-file-missing`: listed but not there
 */
export const compareManifest = (
	manifest: BundleManifest | undefined,
	found: {readonly images: readonly Image[]; readonly charts: readonly Chart[]; readonly files: readonly string[]},
): readonly string[] => {
	if (!manifest) {
		return ['There is no manifest.txt: it could not be verified that the bundle is complete and unchanged.'];
	}
	const {images, charts, files} = found;
	const listed = (code: string, what: string, missing: readonly string[], has: string) =>
		bundleProblem({
			code,
			message: `manifest.txt lists ${what} that the bundle does not hold: ${missing.join(', ')}.`,
			cause: `A file was lost on the way, or manifest.txt belongs to another release. The bundle holds ${has || 'none'}.`,
			fix: carry,
			location: {file: 'manifest.txt'},
		});
	const lostImages = manifest.images.filter((line) => !images.some((image) => speaksOf(line, image)));
	if (lostImages.length > 0) {
		const has = images.map(({name, tag}) => `${name}:${tag}`).join(', ');
		throw listed('bundle-image-missing', 'images', lostImages, has);
	}
	const lostCharts = manifest.charts.filter((line) => !charts.some(({name, version}) => `${name}-${version}` === line));
	if (lostCharts.length > 0) {
		const has = charts.map(({name, version}) => `${name}-${version}`).join(', ');
		throw listed('bundle-chart-missing', 'charts', lostCharts, has);
	}
	const lostFiles = [...manifest.checksums.keys()].filter((path) => !files.includes(path));
	if (lostFiles.length > 0) throw listed('bundle-file-missing', 'files', lostFiles, `${files.length} other files`);

	const warnings: string[] = [];
	if (manifest.images.length === 0) warnings.push('manifest.txt lists no images that could be compared.');
	else {
		for (const image of images.filter((one) => !manifest.images.some((line) => speaksOf(line, one)))) {
			warnings.push(`${image.archive} holds ${image.name}:${image.tag}, which manifest.txt does not list.`);
		}
	}
	if (manifest.checksums.size === 0) {
		warnings.push('There are no checksums: layers are checked against their own digests, charts not at all.');
	} else {
		const open = files.filter((path) => /^(images|charts)\//u.test(path) && !manifest.checksums.has(path));
		for (const path of open.slice(0, 20)) {
			if (!/sha256sums?(\.txt)?$/iu.test(path)) warnings.push(`${path} has no checksum.`);
		}
	}
	return warnings;
};
