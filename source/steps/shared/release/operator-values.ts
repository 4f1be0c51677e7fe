import {type Problem, ProblemError} from '../../../base/problem.ts';
import {
	mergeValues,
	operatorProblems,
	operatorWarnings,
	readOperatorValues,
	workspaceRoot,
} from '../../../charts/index.ts';
import type {World} from '../../world.ts';
import type {WantedRelease} from './wanted.ts';

type Values = Readonly<Record<string, unknown>>;

/** The values of the file, or why there are none. */
const readTheirs = async (
	{host}: World,
	place: {readonly file: string; readonly answer: string},
): Promise<{readonly theirs: Values; readonly problems: readonly Problem[]}> => {
	try {
		const text = await host.readValues(place.file, place.answer);
		return {theirs: readOperatorValues(text, place), problems: []};
	} catch (error) {
		if (error instanceof ProblemError) return {theirs: {}, problems: [error.problem]};
		throw error;
	}
};

/** Main section of the release's chart. */
export const rootOf = ({component, contents}: WantedRelease): string =>
	component === 'controlPlane' ? 'zenml' : workspaceRoot(contents);

/**
 * The release with the values of the operator's file over ours. What is wrong with them stands beside them and is refused by the audit, so
 * that one look finds it together with everything else.
 * @param file answer of the component; absent where there is none
 */
export const withOperatorValues = async (
	world: World,
	wanted: WantedRelease,
	file: string | undefined,
): Promise<WantedRelease> => {
	if (file === undefined) return wanted;
	const {component, values: ours} = wanted;
	const place = {file, answer: `${component}.helmValues`};
	const {theirs, problems} = await readTheirs(world, place);
	const values = mergeValues(ours, theirs);
	const beside = {ours, theirs, together: values, root: rootOf(wanted)};
	const found = operatorProblems(beside, place);
	const warnings = [...wanted.warnings, ...operatorWarnings(beside, place)];
	return {...wanted, values, warnings, operator: {...place, ours, theirs, problems: [...problems, ...found]}};
};
