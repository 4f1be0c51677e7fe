import {hexOf} from '../../../oci/digest.ts';
import {bundleFiles, toolFolder} from '../../layout/index-file.ts';
import type {BundlePlan} from '../plan.ts';
import type {PlannedTool} from './tools.ts';

/**
 * `verify.sh`, for who may run no program of ours yet: five lines of POSIX sh. What `sha256sum` itself ends with decides, so that
 * nothing that is missing can be taken for whole.
 */
export const verifyScript = `#!/bin/sh
# Compares every file of this bundle with ${bundleFiles.checksums}: needs sh and sha256sum alone, changes nothing, ends with 0 or 5.
CDPATH= cd -- "$(dirname -- "$0")" || exit 5
found=$(LC_ALL=C sha256sum -c ${bundleFiles.checksums} 2>&1) && echo "Whole: every file is as it was packed." && exit 0
printf '%s\\n' "$found" | grep -v ': OK$'; echo "NOT WHOLE: carry what is named above again." >&2; exit 5
`;

/** How the program is started on the other side: what has to be done first, and what is typed then. */
type Start = {readonly first: readonly string[]; readonly call: string};

/** Executables of this tool, those for the most usual machine first. */
const executablesOf = ({tools}: BundlePlan): readonly PlannedTool[] =>
	tools
		.filter(({name, platform}) => name === 'zenml-airgap' && platform !== 'node')
		.toSorted((a, b) => Number(b.platform === 'linux/amd64') - Number(a.platform === 'linux/amd64'));

const startOf = (plan: BundlePlan): Start => {
	const [executable] = executablesOf(plan);
	const call = '"$HOME/zenml-airgap"';
	if (executable) return {call, first: [`install -m 755 ${executable.file.path} ${call}`]};
	const packed = plan.tools.find(({name}) => name === 'zenml-airgap');
	if (!packed) return {call: 'zenml-airgap', first: []};
	const folder = `$HOME/zenml-airgap-${packed.version}`;
	return {call: `node "${folder}/dist/cli.js"`, first: [`tar -xzf ${packed.file.path} -C "$HOME"`]};
};

/** What the first command is for, as people ask. */
const aboutStart = (plan: BundlePlan): readonly string[] => {
	if (executablesOf(plan).length > 0)
		return [
			'Programs cannot be started from some media (noexec); from your home they',
			'can. It needs no other program, and no root.',
		];
	if (plan.tools.some(({name}) => name === 'zenml-airgap'))
		return ['It needs Node 22.15 or newer on this host, and none lies here.'];
	return [];
};

const numbered = (plan: BundlePlan): readonly string[] => {
	const {first, call} = startOf(plan);
	const lost = 'The installer did not come along: bring zenml-airgap to this host another way.';
	const steps: readonly (readonly [command: string, ...about: string[]])[] = [
		['sh verify.sh', 'Did every file arrive as it was packed? Read these five lines before.'],
		...first.map((command): [string, ...string[]] => [command, ...aboutStart(plan)]),
		[
			`${call} bundle verify . --public-key KEY`,
			'Who packed it? KEY came to you another way, never on this medium. Without',
			'a key leave --public-key out: then it says again whether all is whole.',
		],
		[`${call} answers init "$HOME/answers.yaml"`, 'A file with every question. Fill it in.'],
		[
			`${call} plan --bundle . --answers "$HOME/answers.yaml"`,
			'Looks at cluster, registry and databases and changes nothing. After that',
			'the word install in the place of plan begins.',
		],
	];
	const lines = steps.flatMap(([command, ...about], index) => [
		`  ${index + 1}. ${command}`,
		...about.map((line) => `       ${line}`),
	]);
	return first.length === 0 ? [lost, '', ...lines] : lines;
};

/** What lies where; only what is there. */
const places = ({tools, papers, sboms, releaseNotes}: BundlePlan): readonly string[] => {
	const rows: readonly (readonly [there: boolean, name: string, about: string])[] = [
		[true, bundleFiles.manifest, 'images and charts with their digests, for people'],
		[true, bundleFiles.checksums, 'the checksum of every file'],
		[true, bundleFiles.verifyScript, 'compares them all, with sha256sum'],
		[true, 'images/ charts/', 'what is installed'],
		[releaseNotes !== undefined, bundleFiles.releaseNotes, 'what is new'],
		[sboms.length > 0, 'sbom/', 'what is inside the images'],
		[tools.some(({file}) => file.path.startsWith('bin/')), 'bin/', 'programs'],
		[papers.length > 0, `${toolFolder}/`, 'the installer zenml-airgap, one file, and its checksums;'],
		[papers.length > 0, '', 'LICENSES.txt and sbom.cdx.json: all that is inside it'],
		[
			papers.some(({path}) => path.startsWith(`${toolFolder}/docs/`)),
			`${toolFolder}/docs/`,
			'its documents; begin with index.md',
		],
	];
	return rows.filter(([there]) => there).map(([, name, about]) => `  ${name.padEnd(18)}${about}`);
};

const permission = (plan: BundlePlan): readonly string[] => {
	const executables = executablesOf(plan);
	const {papers} = plan;
	if (executables.length === 0) return [];
	return [
		'  Ask that one file may be run here, by an ordinary user and without root:',
		...executables.flatMap(({version, platform, file}) => [
			`    ${file.path}  (${version}, ${platform})`,
			`    SHA-256 ${hexOf(file.digest)}`,
		]),
		`  What is inside it: ${toolFolder}/sbom.cdx.json; its licences: ${toolFolder}/LICENSES.txt.`,
		...(papers.some(({path}) => path === `${toolFolder}/SHA256SUMS.minisig`)
			? [
					'  That it is the one that was published, with the key of its makers:',
					`    "$HOME/zenml-airgap" self-check --sums ${toolFolder}/SHA256SUMS --public-key RELEASE.pub`,
				]
			: []),
	];
};

/** `START-HERE.txt`: what this medium is and the first commands, for a reader who knows nothing of it and may run nothing yet. */
export const startHereText = (plan: BundlePlan): string => {
	const {controlPlane, workspaces} = plan.spec.versions;
	return [
		'START HERE: ZenML Pro for a cluster that has no way to the internet',
		'',
		`Control plane ${controlPlane}, workspaces ${workspaces.join(' and ')}.`,
		'Nothing on this medium starts by itself.',
		'',
		'What lies here',
		...places(plan),
		'',
		'The first commands, in this folder, on a Linux host that reaches the cluster',
		...numbered(plan),
		'',
		'If you may run no program here yet',
		'  Command 1 needs sh and sha256sum, which every Linux has. On macOS:',
		`    shasum -a 256 -c ${bundleFiles.checksums}`,
		'  On Windows, a file at a time, compared by eye:',
		'    certutil -hashfile FILE SHA256',
		...permission(plan),
		'',
	].join('\n');
};
