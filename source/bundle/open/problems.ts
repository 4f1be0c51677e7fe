import {declareProblems} from '../../base/problem-table.ts';

const carry = 'Carry the missing files in from the connected side, or make the bundle anew there.';
const carryBoth = 'Carry bundle.json and SHA256SUMS in again from the connected side.';
const binary =
	'Transfer the bundle again in binary mode (ftp: binary; unzip without -a), best as one tar file, and do not open its files in an editor.';
const otherRelease = 'A file was lost on the way, or manifest.txt belongs to another release. The bundle holds {held}.';

/** Problems of a bundle that was found, but is not whole or not as its lists say. */
export const openProblems = declareProblems({
	'bundle-manifest-damaged': {
		area: 'bundle',
		message: '{file} is too large.',
		cause: 'It has {size} bytes; a page of text was expected.',
		fix: 'Replace it with the one that was made with the bundle.',
	},
	/** Better refused than called unchanged: nobody would know that a list is there and was not looked at. */
	'bundle-checksums-unreadable': {
		area: 'bundle',
		message: '{file} is not understood as a list of checksums.',
		fix: 'Make it anew on the connected side, in the bundle: sha256sum images/* charts/* > SHA256SUMS',
		nextSteps: [
			'Lists of sha256sum, sha512sum, md5sum, of BSD, openssl dgst, Get-FileHash and certutil are read.',
			'Where it is no list of checksums, give it another name.',
		],
		cases: {
			line: {cause: 'Line {line} is of no form that is known: {text}'},
			cut: {
				cause: 'Line {line} does not name its file to the end, as PowerShell cuts long paths in a table: {text}',
				fix: 'Make it anew on the connected side, in the bundle: Get-FileHash images/*, charts/* | Format-List | Out-File SHA256SUMS',
			},
			empty: {cause: 'It holds no checksum.'},
		},
	},
	'bundle-image-missing': {
		area: 'bundle',
		fix: carry,
		cases: {
			required: {
				message: 'The bundle lacks images that every install needs: {names}.',
				cause: 'The archives below images/ hold {held}.',
			},
			listed: {message: 'manifest.txt lists images that the bundle does not hold: {names}.', cause: otherRelease},
		},
	},
	'bundle-image-ambiguous': {
		area: 'bundle',
		message: 'The bundle holds several versions of {names}.',
		cause: 'It holds {held}; which one to install is not said anywhere.',
		fix: 'Leave one version in images/ and try again.',
	},
	'bundle-chart-missing': {
		area: 'bundle',
		fix: carry,
		cases: {
			required: {
				message: 'The bundle lacks the Helm chart {name}.',
				cause: 'charts/ holds {held}.',
				nextSteps: ['helm pull oci://public.ecr.aws/zenml/{name} --version VERSION'],
			},
			listed: {message: 'manifest.txt lists charts that the bundle does not hold: {names}.', cause: otherRelease},
		},
	},
	'bundle-chart-ambiguous': {
		area: 'bundle',
		message: 'The bundle holds several versions of the Helm chart {name}.',
		cause: 'It holds {held}.',
		fix: 'Leave one version in charts/ and try again.',
	},
	'bundle-file-missing': {
		area: 'bundle',
		cases: {
			listed: {
				message: 'manifest.txt lists files that the bundle does not hold: {names}.',
				cause:
					'A file was lost on the way, or manifest.txt belongs to another release. The bundle holds {held} other files.',
				fix: carry,
			},
			'in index': {
				message: 'The bundle lacks files: {names}.',
				cause: 'bundle.json lists them; what was carried in is not all.',
				fix: 'Carry the missing files in from the connected side.',
			},
			one: {
				message: '{file} is not there.',
				cause: 'It is listed, but is not in the bundle: it was lost on the way.',
				fix: 'Carry {file} in from the connected side.',
			},
			'no sums': {
				message: 'The bundle lacks a file: SHA256SUMS.',
				cause: 'There is a bundle.json, which never comes without it.',
				fix: 'Carry SHA256SUMS in from the connected side.',
			},
		},
	},
	'bundle-file-extra': {
		area: 'bundle',
		cases: {
			files: {
				message: 'The bundle holds {count} that it should not: {names}.',
				cause: 'bundle.json lists every file of the bundle, and not these.',
				fix: 'Find out where they came from, then move them out of the bundle.',
			},
			image: {
				message: 'The bundle holds an image that it does not list: {image}.',
				cause: 'It is in the image layout, but not in bundle.json: it was put in after the bundle was made.',
				fix: 'Carry the bundle in again from the connected side.',
			},
		},
	},
	'bundle-file-size': {
		area: 'bundle',
		message: 'Files of the bundle have another size: {names}.',
		cause: '{file} should have {size} bytes and has {held}: it was cut short, changed or replaced.',
		fix: 'Carry {names} in again from the connected side.',
	},
	'bundle-index-newer': {
		area: 'bundle',
		message: 'The bundle was made by a newer tool than this one.',
		cause: 'bundle.json was written by {maker} in format {version}; this tool reads format 1.',
		fix: 'Use the newer tool; a bundle may hold it below tool/ or bin/.',
	},
	'bundle-index-damaged': {
		area: 'bundle',
		fix: carryBoth,
		cases: {
			large: {message: '{file} is too large.', cause: 'It has {size} bytes.'},
			'no json': {message: '{file} cannot be used.', cause: 'It is not JSON, or it was cut short.'},
			value: {message: '{file} cannot be used.', cause: 'In {place}: {fault}.'},
			sums: {
				message: '{file} cannot be used.',
				cause: 'It has a line that is not 64 hex digits, two spaces and a path, or a file comes twice.',
			},
			'text mode': {
				message: '{file} has other line ends than it was made with.',
				cause:
					'They are those of Windows: it was transferred in text mode, or saved by an editor. A transfer in text mode changes archives and charts as well.',
				fix: binary,
			},
			'another encoding': {
				message: '{file} is in another encoding than it was made in.',
				cause: 'It is UTF-16: it was written anew by PowerShell or an editor on its way.',
				fix: carryBoth,
			},
		},
	},
	'bundle-index-mismatch': {
		area: 'bundle',
		cases: {
			sums: {
				message: 'bundle.json and SHA256SUMS do not agree about {names}.',
				cause:
					'SHA256SUMS has the right checksum of bundle.json, so it was itself changed, or belongs to another bundle.',
				fix: carryBoth,
			},
			contents: {
				message: 'bundle.json lists what the bundle does not hold: {names}.',
				cause: 'All files are there, but the image layout or a chart holds something else than they should.',
				fix: 'Run `zenml-airgap bundle verify --all` on it, and make the bundle anew if that finds nothing.',
			},
		},
	},
});

declare module '../../base/problem.ts' {
	interface ProblemTables {
		readonly bundleOpen: typeof openProblems.table;
	}
}
