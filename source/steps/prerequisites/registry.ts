import {ProblemError} from '../../base/problem.ts';
import type {Bundle} from '../../bundle/types.ts';
import {parseReference} from '../../oci/reference.ts';
import {stepProblems} from '../problems.ts';
import type {Check, Seen} from '../shared/checks.ts';
import {repositoryOf} from '../shared/names.ts';
import type {World} from '../world.ts';

/**
 * The operator's own runner image is there, as no step pushes it. One of another registry cannot be looked up with this login.
 * @throws ProblemError `runner-image-missing`, `image-reference-invalid`
 */
const seeRunnerImage = async ({registry: port, answers, signal}: World): Promise<Partial<Seen>> => {
	const {enabled, buildRunnerImage, runnerImage: image} = answers.workloadManager;
	if (!enabled || buildRunnerImage || image === undefined) return {};
	const {host, repository, digest, tag = 'latest'} = parseReference(image);
	if (host !== answers.registry.host.toLowerCase())
		return {
			warnings: [`The runner image lies at ${host}: whether it is there, and nodes may pull it, was not checked.`],
		};
	const found = await port.manifestDigest(repository, digest ?? tag, signal);
	if (found === undefined) throw stepProblems.error('runner-image-missing', {image});
	return {};
};

/** Where ZenML would push the runner images that it builds: the folder is that of the answers, the last name stands for those it gives. */
const builtRunner = 'zenml-runner';

/** Images that ZenML builds are pushed beside those of the bundle. @throws ProblemError that names the answer which needs it */
const tryRunnerPush = async ({registry: port, answers, signal}: World): Promise<void> => {
	const {enabled, buildRunnerImage} = answers.workloadManager;
	if (!enabled || !buildRunnerImage) return;
	try {
		await port.checkPush(repositoryOf(answers, builtRunner), signal);
	} catch (error) {
		if (!(error instanceof ProblemError)) throw error;
		const more = ['workloadManager.buildRunnerImage', ...(error.problem.answers ?? [])];
		throw error.with({answers: [...new Set(more)]});
	}
};

/** The registry takes the login, and lets it push where the images of the bundle go. @throws ProblemError */
export const tryPush = async ({registry: port, answers, signal}: World, {images}: Bundle): Promise<void> => {
	const [first] = images;
	if (first) await port.checkPush(repositoryOf(answers, first.name), signal);
};

/** The registry takes the login, and lets it push. */
export const registry: Check = {
	label: 'Registry',
	asks: 'registry',
	run: async (world) => {
		const {registry: port, bundle, signal} = world;
		await port.ping(signal);
		await tryPush(world, await bundle.open(signal));
		await tryRunnerPush(world);
		return {note: `${port.host}, login and push right`, ...(await seeRunnerImage(world))};
	},
};
