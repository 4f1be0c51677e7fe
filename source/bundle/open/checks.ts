import {ProblemError, ProblemsError} from '../../base/problem.ts';
import {type Image, imageKey} from '../../oci/image.ts';
import {imageNameOf} from '../../oci/reference.ts';
import type {BundleManifest} from '../layout/types.ts';
import type {Chart} from '../types.ts';
import {openProblems} from './problems.ts';
import {isChecksumList} from './read-manifest.ts';

/** The images of the vendor's air-gap guide, step 1.1; the client image `zenml` is what pipelines are built from. */
export const requiredImages = ['zenml-pro-api', 'zenml-pro-dashboard', 'zenml-pro-server', 'zenml'] as const;

/** Chart names as in their Chart.yaml: `oci://public.ecr.aws/zenml/zenml-pro` and `…/zenml` (guide, step 1.2). */
export const chartNames = {controlPlane: 'zenml-pro', workspace: 'zenml'} as const;

const inManifest = {location: {file: 'manifest.txt'}} as const;

const imagesText = (images: readonly Image[]): string => images.map(imageKey).join(', ') || 'none';

/** As Helm names packages. */
const chartKey = ({name, version}: Chart): string => `${name}-${version}`;

const saveCommand = (name: string): string =>
	`docker save …/${name}:VERSION > ${name === 'zenml' ? 'zenml-client' : name}.tar`;

/** @throws ProblemError `bundle-image-missing`, `bundle-image-ambiguous` */
export const requireImages = (images: readonly Image[]): void => {
	const absent = requiredImages.filter((name) => !images.some((image) => image.name === name));
	if (absent.length > 0) {
		const given = {case: 'required', names: absent.join(', '), held: imagesText(images)} as const;
		throw openProblems.error('bundle-image-missing', given, {nextSteps: absent.map(saveCommand)});
	}
	// Several client images (Python versions) are useful; several servers leave open which one to install.
	const several = requiredImages.filter(
		(name) => name !== 'zenml' && images.filter((image) => image.name === name).length > 1,
	);
	if (several.length === 0) return;
	const held = imagesText(images.filter(({name}) => several.some((other) => other === name)));
	throw openProblems.error('bundle-image-ambiguous', {names: several.join(', '), held});
};

/** The one chart of that name. @throws ProblemError `bundle-chart-missing`, `bundle-chart-ambiguous` */
export const pickChart = (charts: readonly Chart[], name: string): Chart => {
	const [chart, ...others] = charts.filter((candidate) => candidate.name === name);
	if (!chart) {
		const held = charts.map((other) => `${other.name} ${other.version}`).join(', ') || 'no chart';
		throw openProblems.error('bundle-chart-missing', {case: 'required', name, held});
	}
	if (others.length === 0) return chart;
	const held = [chart, ...others].map(({version}) => version).join(', ');
	throw openProblems.error('bundle-chart-ambiguous', {name, held});
};

/** Whether a line of manifest.txt speaks of this image: same name and, where it gives one, same tag. */
const speaksOf = (listed: string, image: Image): boolean => {
	const named = imageNameOf(listed);
	return named !== undefined && imageKey(named) === imageKey(image);
};

/** What lies in a bundle; `files` are the paths of all its files. */
type Held = {readonly images: readonly Image[]; readonly charts: readonly Chart[]; readonly files: readonly string[]};

const problemsIn = (error: unknown): ProblemsError['problems'] => {
	if (error instanceof ProblemsError) return error.problems;
	if (error instanceof ProblemError) return [error.problem];
	throw error;
};

/** Makes all checks, so that one refusal does not hide the next. @throws the refusal, or ProblemsError of several */
export const requireAll = (...checks: readonly (() => void)[]): void => {
	const errors = checks.flatMap((check) => {
		try {
			check();
			return [];
		} catch (error) {
			return [error];
		}
	});
	if (errors.length === 1) throw errors[0];
	if (errors.length > 1) throw new ProblemsError(errors.flatMap(problemsIn));
};

const requireListedImages = (manifest: BundleManifest, {images}: Held): void => {
	const lostImages = manifest.images.filter((line) => !images.some((image) => speaksOf(line, image)));
	if (lostImages.length > 0) {
		const given = {case: 'listed', names: lostImages.join(', '), held: imagesText(images)} as const;
		throw openProblems.error('bundle-image-missing', given, inManifest);
	}
};

const requireListedCharts = (manifest: BundleManifest, {charts}: Held): void => {
	const lostCharts = manifest.charts.filter((line) => !charts.some((chart) => chartKey(chart) === line));
	if (lostCharts.length > 0) {
		const held = charts.map(chartKey).join(', ') || 'none';
		const given = {case: 'listed', names: lostCharts.join(', '), held} as const;
		throw openProblems.error('bundle-chart-missing', given, inManifest);
	}
};

const requireListedFiles = (manifest: BundleManifest, {files}: Held): void => {
	const lostFiles = [...manifest.checksums.keys()].filter((path) => !files.includes(path));
	if (lostFiles.length === 0) return;
	const given = {case: 'listed', names: lostFiles.join(', '), held: files.length} as const;
	throw openProblems.error('bundle-file-missing', given, inManifest);
};

const unlistedImages = (manifest: BundleManifest, {images}: Held): readonly string[] => {
	if (manifest.images.length === 0) return ['manifest.txt lists no images that could be compared.'];
	return images
		.filter((image) => !manifest.images.some((line) => speaksOf(line, image)))
		.map((image) => `${image.archive} holds ${imageKey(image)}, which manifest.txt does not list.`);
};

/** How many files without a checksum are named. */
const mostWarnings = 20;

const filesWithoutSum = ({checksums}: BundleManifest, {files}: Held): readonly string[] => {
	if (checksums.size === 0) {
		return ['There are no checksums: layers are checked against their own digests, charts not at all.'];
	}
	return files
		.filter((path) => /^(images|charts)\//u.test(path) && !checksums.has(path) && !isChecksumList(path))
		.slice(0, mostWarnings)
		.map((path) => `${path} has no checksum.`);
};

/**
 * Compares the bundle with what its manifest documents.
 * @returns what could not be verified, in the operator's words
 * @throws ProblemError `bundle-image-missing`, `bundle-chart-missing`, `bundle-file-missing`: listed but not there; ProblemsError of several
 */
export const compareManifest = (manifest: BundleManifest | undefined, held: Held): readonly string[] => {
	if (!manifest) {
		return ['There is no manifest.txt: it could not be verified that the bundle is complete and unchanged.'];
	}
	requireAll(
		() => requireListedImages(manifest, held),
		() => requireListedCharts(manifest, held),
		() => requireListedFiles(manifest, held),
	);
	return [...unlistedImages(manifest, held), ...filesWithoutSum(manifest, held)];
};
