import type {Answers} from '../../answers/schema.ts';
import type {Problem, ProblemCode} from '../../base/problem.ts';

/** What keeps a node from an image that the answers name wrongly. */
const byReference: ReadonlySet<ProblemCode> = new Set([
	'image-not-found',
	'image-unauthorized',
	'image-name-invalid',
	'image-pull-failed',
]);

/** The same by where it lies, or by what it is. */
const byPlace: ReadonlySet<ProblemCode> = new Set([
	'image-registry-untrusted',
	'image-registry-certificate',
	'image-registry-plain-http',
	'image-registry-unreachable',
	'image-wrong-platform',
]);

const ofPushedImages: ReadonlySet<string> = new Set(['registry.host', 'registry.prefix']);

/**
 * Why the pod of client tools got no image, told of the answer that names the image where one does: where the installer pushes its own
 * images has nothing to do with it. Anything else is given back as it is.
 */
export const namingToolsImage = ({backup}: Answers, problem: Problem): Problem => {
	const isByReference = byReference.has(problem.code);
	if (backup.toolsImage === undefined || !(isByReference || byPlace.has(problem.code))) return problem;
	const others = (problem.answers ?? []).filter((answer) => !ofPushedImages.has(answer));
	return {
		...problem,
		answers: ['backup.toolsImage', ...others],
		...(isByReference && {
			fix: 'Name in backup.toolsImage an image that nodes can pull; without that answer it is the one of the bundle.',
		}),
	};
};
