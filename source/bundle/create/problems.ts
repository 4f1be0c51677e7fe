import {declareProblems} from '../../base/problem-table.ts';

/** Problems of making a bundle on the connected side: of its spec, of what goes in, and of the folder that it goes to. */
export const createProblems = declareProblems({
	'bundle-spec-syntax': {
		area: 'usage',
		message: 'The spec cannot be read.',
		fix: 'Mend it; `bundle create --example` prints one that is right.',
		cases: {
			'too large': {cause: 'It is larger than 1 MiB.'},
			'too deep': {cause: 'Its brackets, lists or maps are nested too deeply.'},
			aliases: {cause: 'It has more aliases than make sense.'},
			YAML: {cause: 'YAML: {words}'},
		},
	},
	'bundle-spec-unknown-key': {
		area: 'usage',
		message: 'The spec has a key that means nothing: {key}.',
		cause: 'Only the keys that `bundle create --example` shows are read.',
		fix: 'Mend its spelling, or take it out.',
	},
	'bundle-spec-value': {
		area: 'usage',
		message: '{key} cannot have that value: it {must}.',
		cases: {
			spec: {
				cause: 'The spec gives it another one.',
				fix: 'Mend it; `bundle create --example` shows every key with its meaning.',
			},
			flag: {
				cause: 'The command line gives it another one.',
				fix: 'Mend it; `zenml-airgap bundle create --help` shows what each flag takes.',
			},
		},
	},
	'bundle-spec-version-missing': {
		area: 'usage',
		message: 'It is not said which versions go into the bundle: {missing}.',
		cause: 'A bundle is made for exact versions, never for the newest ones of the day.',
		fix: 'Give them in a spec or by flags. The vendor names the versions that fit each other.',
		nextSteps: ['zenml-airgap bundle create --example > bundle-spec.yaml'],
	},
	'bundle-create-reference': {
		area: 'bundle',
		message: '{image} cannot be pulled: it is not an image with a tag.',
		nextSteps: ['An image is named HOST/PATH:TAG; a digest may follow: HOST/PATH:TAG@sha256:...'],
		cases: {
			'no reference': {cause: 'It comes from {from}. {words}', fix: 'Correct the reference. {advice}'},
			'no tag': {
				cause: 'It comes from {from}. It has no tag.',
				fix: 'Write its tag: that is what the internal registry will have.',
			},
		},
	},
	'bundle-create-manifest': {
		area: 'bundle',
		message: '{image} cannot be put into the bundle.',
		fix: 'Check the reference; it must be an image of the OCI or Docker v2 form.',
		nextSteps: ['A registry that still serves schema 1 has to be asked for the image by a newer client, or upgraded.'],
		cases: {
			'another form': {cause: 'Its manifest is of another form: {mediaType}.'},
			'configuration too large': {cause: 'Its configuration claims {bytes} bytes.'},
			'another configuration': {cause: 'The configuration that the registry sent is not {digest}.'},
			'no platform': {cause: 'Its configuration names no platform; it is no container image.'},
			contradiction: {
				message: 'The manifests of {image} and {other} contradict each other.',
				cause: 'One says that {digest} has {size} bytes, the other {otherSize}.',
				fix: 'One of the two registries or archives holds a damaged manifest; pull that image from another place.',
				nextSteps: [],
			},
		},
	},
	'bundle-create-platform': {
		area: 'bundle',
		message: '{image} is not there for {absent}.',
		fix: 'Choose platforms that every image has (`platforms` in the spec, or --platform), or another image.',
		cases: {
			others: {cause: 'It is there for {has}.'},
			none: {cause: 'It is there for no platform at all.'},
		},
	},
	'bundle-create-name-twice': {
		area: 'bundle',
		message: 'Two images would have one name in the internal registry: {name}.',
		cause: 'They are {one} and {other}; only the last part of the path and the tag go on.',
		fix: 'Leave one out, or give one another tag.',
	},
	'bundle-create-archives-differ': {
		area: 'bundle',
		message: 'The archives of --from hold two different images called {image}.',
		cause: 'They are for {one}, and for {other}; their contents differ.',
		fix: 'Leave one of the archives out. Several platforms of an image must lie in one archive, or come from a registry.',
	},
	'bundle-create-chart': {
		area: 'bundle',
		cases: {
			values: {
				message: 'The chart {name} {version} cannot be used.',
				cause: 'Its values.yaml is not YAML.',
				fix: 'Ask who publishes it for a whole one.',
			},
			'another chart': {
				message: 'At {location} lies another chart than {name} {version}.',
				cause: 'Its Chart.yaml says {actualName} {actualVersion}.',
				fix: 'Check the place of the chart in the spec (charts), and the version.',
			},
		},
	},
	'bundle-create-unlisted': {
		area: 'bundle',
		message: 'Charts name images that the spec does not list: {images}.',
		cause: 'Pods of the install would pull them, and behind the gap there is no other place to pull from.',
		fix: 'List them under extraImages, or under ignoredImages what is knowingly left out.',
	},
	'bundle-create-unrendered': {
		area: 'bundle',
		message: 'The chart {name} {version} cannot be rendered, so that nobody knows which images it names.',
		cause: 'It does not render with its default values, nor with addresses and logins made up for it.',
		fix: 'Find out its images by hand, list them under extraImages, and set unlistedImages to add.',
	},
	'bundle-create-sbom': {
		area: 'bundle',
		cases: {
			attached: {
				message: 'An SBOM that is attached to {image} cannot be put into the bundle.',
				cause: 'What its registry holds under {digest} is no artifact manifest.',
				fix: 'Tell who attached it; meanwhile set attachedSboms: false, and name SBOMs as files.',
			},
			'another image': {
				message: 'The SBOM {file} cannot be put into the bundle.',
				cause: 'It is said to be of {image}, which is not in the bundle.',
				fix: 'Name the image as the plan prints it: NAME:TAG.',
			},
			'another format': {
				message: 'The SBOM {file} cannot be put into the bundle.',
				cause: 'It is neither CycloneDX (JSON, XML) nor SPDX (JSON, tag-value).',
				fix: 'Make it in one of these formats.',
			},
		},
	},
	'bundle-create-helm': {
		area: 'bundle',
		message: 'This helm cannot go into the bundle.',
		cause: '{file} is a script, or a program of another system than Linux.',
		fix: 'Name a Linux helm for the jump host (tools, then helm), or leave it out: helm: false.',
	},
	'bundle-create-program': {
		area: 'bundle',
		message: '{folder} does not hold the built program.',
		cause: 'There is no cli.js in it.',
		fix: 'Build it (npm run build) and name the folder dist, or leave it out: tools, then program: false.',
	},
	'bundle-create-tool': {
		area: 'bundle',
		message: 'This executable of zenml-airgap cannot go into the bundle.',
		fix: 'Name an executable in the folder that a release came in, or that folder: with --with-tool, or in the spec (tools, then executables).',
		cases: {
			'no program': {
				cause: '{file} is a script, or a program of another system than Linux, or is not called as it was released.',
			},
			'no executable': {cause: 'The checksums in {folder} name no Linux program.'},
			'paper missing': {
				cause:
					'{name} is not in {folder}. An executable is carried with its checksums, licences and bill of materials.',
			},
			'sums unreadable': {cause: '{file} is no list of checksums: {reason}'},
			'not listed': {cause: 'The checksums beside it do not name {file}.'},
			'another sum': {cause: '{file} is not the file that was released: its checksum is another one.'},
			'another SBOM': {cause: '{file} is not the bill of materials of zenml-airgap.'},
			'two releases': {cause: 'They lie in two folders, {folder} and {other}, so they may be of two releases.'},
		},
	},
	'bundle-create-changed': {
		area: 'bundle',
		message: '{file} was changed while the bundle was made.',
		cause: 'Its bytes are not those that the lists of the bundle name.',
		fix: 'Let it be, and try again.',
	},
	'bundle-create-digest': {
		area: 'bundle',
		message: 'A blob of {image} is not what its manifest says: {digest}.',
		fix: 'Start it again. If it comes back, a proxy changes what passes, or the registry or archive holds damaged bytes.',
		cases: {
			'too long': {cause: 'More than its {size} bytes came.'},
			'too short': {cause: 'It ended after {received} of {size} bytes.'},
			'other bytes': {cause: 'All its bytes came, but their SHA-256 is another one.'},
		},
	},
	'bundle-create-foreign-files': {
		area: 'bundle',
		message: '{folder} holds {count} that this tool did not put there.',
		cause: 'A bundle holds nothing but what its lists name: {files}.',
		fix: 'Take them away, or name another folder with --out.',
	},
});

declare module '../../base/problem.ts' {
	interface ProblemTables {
		readonly bundleCreate: typeof createProblems.table;
	}
}
