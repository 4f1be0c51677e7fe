import type {Problem} from '../../base/problem.ts';
import {counted, cutTo, firstOf, oneLine} from '../../base/text.ts';
import {jumpsFit, nameOfPath, versionsFit} from '../../charts/index.ts';
import {stepProblems} from '../problems.ts';
import type {Path} from '../shared/applied/leaves.ts';
import type {Conflict} from '../shared/applied/three-way.ts';
import {downgradeOf} from '../shared/release/downgrade.ts';
import {labelOf, type WantedRelease} from '../shared/release/wanted.ts';
import type {World} from '../world.ts';
import type {Installed} from './installed.ts';

/** What is wrong with the way from here to there, and what is worth knowing. */
export type Verdict = {readonly problems: readonly Problem[]; readonly warnings: readonly string[]};

const notInstalled = ([controlPlane, ...workspaces]: readonly Installed[]): readonly Problem[] => {
	if (!controlPlane) return [];
	const {release, namespace} = controlPlane.component.answers;
	if (controlPlane.revisions.length === 0)
		return [stepProblems.problem('upgrade-not-installed', {case: 'nothing', release, namespace})];
	const missing = workspaces.filter(({revisions}) => revisions.length === 0).map(({component}) => component.label);
	if (missing.length === 0) return [];
	return [stepProblems.problem('upgrade-not-installed', {case: 'workspace', labels: firstOf(missing, 5)})];
};

const downgrades = ({answers}: World, all: readonly Installed[]): readonly Problem[] =>
	all.flatMap(({component, chart, revisions}) => {
		const {release: name, namespace} = component.answers;
		return downgradeOf(revisions, {name, namespace, chart}, answers) ?? [];
	});

/** The control plane goes first: for a while the new one has the workspaces that are installed now. */
const order = ([controlPlane, ...workspaces]: readonly Installed[]): readonly Problem[] => {
	if (!controlPlane) return [];
	const {name, version} = controlPlane.chart;
	const misfit = (one: string, chart: string, other: string): Problem | undefined =>
		versionsFit({name, version: one}, {name: chart, version: other}).problems[0];
	const unfit = workspaces.flatMap(({component, chart, version: live}) => {
		if (live === undefined) return [];
		const problem = misfit(version, chart.name, live);
		// What does not fit already is mended by going on.
		const isNew = controlPlane.version === undefined || !misfit(controlPlane.version, chart.name, live);
		return problem && isNew ? [{label: `${component.label} (${live})`, problem}] : [];
	});
	const [first] = unfit;
	if (!first) return [];
	const labels = firstOf(
		unfit.map(({label}) => label),
		5,
	);
	return [stepProblems.problem('upgrade-order', {labels, version, why: first.problem.cause})];
};

const jumps = ([controlPlane, ...workspaces]: readonly Installed[]): Verdict => {
	if (!controlPlane) return {problems: [], warnings: []};
	return jumpsFit(
		{live: controlPlane.version, wanted: controlPlane.chart.version},
		workspaces.flatMap(({component, chart, version}) => {
			const {release: name, namespace} = component.answers;
			return version === undefined ? [] : [{label: labelOf({name, namespace}), live: version, wanted: chart.version}];
		}),
	);
};

const canary = ({answers: {upgrade, workspaces}}: World): readonly Problem[] => {
	const {canary: name} = upgrade;
	if (name === undefined || workspaces.some((one) => one.name === name)) return [];
	const names = firstOf(
		workspaces.map((one) => one.name),
		10,
	);
	return [stepProblems.problem('upgrade-canary-unknown', {name, names})];
};

/** The rules of the path, from the vendor's prerequisites page and release notes: no downgrade, order, jumps. */
export const pathRules = (world: World, all: readonly Installed[]): Verdict => {
	const missing = notInstalled(all);
	if (missing.length > 0) return {problems: missing, warnings: []};
	const older = downgrades(world, all);
	const {problems, warnings} = jumps(all);
	const found = [...older, ...problems];
	return {problems: [...canary(world), ...(found.length > 0 ? found : order(all))], warnings};
};

const longest = 80;

/** Names of keys that may hold a secret: rather one value too many is hidden. */
const secretKey = /pass|secret|token|credential|key|cert|url|dsn/iu;

const isSecret = (path: Path): boolean => path.some((key) => secretKey.test(key));

/** A value as it is shown; nothing is shown of one that holds a secret. */
const shown = (value: unknown, isSecret: boolean): string => {
	if (value === undefined) return '(not there)';
	return isSecret ? '(a secret)' : cutTo(oneLine(JSON.stringify(value)), longest);
};

/** The problem that open conflicts are, with both sides as its evidence. */
export const conflictProblem = (wanted: WantedRelease, open: readonly Conflict[]): Problem | undefined => {
	if (open.length === 0) return undefined;
	const paths = open.map(({path}) => nameOfPath(path));
	return stepProblems.problem(
		'upgrade-conflict',
		{count: counted(open.length, 'value'), label: labelOf(wanted), paths: firstOf(paths, 8)},
		{
			evidence: open.map(
				(one) =>
					`${nameOfPath(one.path)}: set by hand ${shown(one.theirs, isSecret(one.path))}; wanted ${shown(one.ours, isSecret(one.path))}`,
			),
		},
	);
};
