import {coverNote, type Said} from '../cover-note.ts';
import type {Asking, Pack} from '../pack.ts';
import {apple} from './apple.ts';
import {browsers} from './browsers.ts';
import {check} from './check.ts';
import {type CaGiven, fingerprintLines, registryFile} from './given.ts';
import {linuxScripts} from './linux.ts';
import {nodes} from './nodes.ts';
import {openShift} from './openshift.ts';
import {tools} from './tools.ts';
import {windows} from './windows.ts';

const title = 'CA certificate for every client';
const who = 'desktop team';

/** Two CAs side by side: which is whose, and how the other one is compared. */
const ofRegistry = (given: CaGiven): readonly Said[] => {
	const {registry, registryCa} = given;
	if (registryCa === undefined) return [];
	return [
		`The registry ${registry} has a certificate of another CA, "${registryCa.subject}" (valid until ${registryCa.until}), in ${registryFile(given)}. ca-nodes.sh, openshift-nodes.txt and the lines for Docker and Podman in tools.txt bring that one, and all others the internal CA. Its fingerprint (SHA-256):`,
		{exact: fingerprintLines(registryCa)},
	];
};

const cover = (given: CaGiven, asking: Asking) =>
	coverNote(
		{
			title,
			who,
			why: [
				`The servers of ZenML Pro have certificates of the internal CA "${given.subject}" (valid until ${given.until}). A machine that does not know this CA refuses them: browsers warn, Python clients and pipelines stop.`,
				'Where your machines trust this CA already, nothing is to be done but the check.',
			],
			what: [
				'1. Compare the fingerprint (SHA-256) with what the PKI team tells you by phone or in person; what stands here came on the same way as the certificate:',
				{exact: fingerprintLines(given)},
				'   sha256sum ca.cer prints the same digits in lower case.',
				'2. Bring the certificate to the machines of everybody who uses ZenML:',
				{
					exact: [
						'Windows          windows-gpo-intune.txt  (one machine: ca-windows.ps1, .cmd)',
						'macOS            macos-jamf.txt, ca.mobileconfig   (one: ca-macos.sh)',
						'Linux            ca-debian.sh, ca-rhel.sh, ca-suse.sh',
						'Browsers         browsers.txt',
						'Python           ca-python.sh',
						'Java             ca-java.sh',
						'git, pip, ...    tools.txt',
						'images           ca-image.Dockerfile',
						'Kubernetes nodes ca-nodes.sh, OpenShift openshift-nodes.txt (cluster admin)',
					],
				},
				...ofRegistry(given),
				'ca.crt is the certificate in PEM, ca.cer the same in DER. The scripts that install it hold it themselves, but for ca-windows.cmd, which reads ca.cer beside it; each stops when it is not the one with this fingerprint.',
			],
			check: [
				'Before the installation: the certificate stands in the store. The head of each script has the command for that, each text has it at "Check". After it, on one machine of each kind:',
				{exact: ['sh ca-check.sh']},
				'In PowerShell:',
				{exact: given.urls.map((url) => `Invoke-WebRequest -UseBasicParsing ${url}/`)},
			],
			undo: [
				'Each script that installs takes the word "remove", and no other. The texts have the way back at "Undo", tools.txt beside each line. Nothing else is changed by them.',
			],
		},
		asking,
	);

/** The papers with which the desktop team brings the CA to every client. */
export const caPack = (given: CaGiven, asking: Asking): Pack => ({
	id: 'ca',
	title,
	who,
	intro:
		'Browsers, Python clients and pipeline containers must trust the internal CA. The scripts hold the certificate and check its fingerprint.',
	sections: [
		cover(given, asking),
		{title: 'Certificate, PEM', fileName: 'ca.crt', lines: given.pem},
		{title: 'Certificate, DER', fileName: 'ca.cer', lines: given.base64, kind: 'base64'},
		...(given.registryCa === undefined
			? []
			: [{title: 'CA of the registry, PEM', fileName: registryFile(given), lines: given.registryCa.pem}]),
		...windows(given),
		...apple(given),
		...linuxScripts(given),
		...browsers(given),
		...tools(given),
		nodes(given),
		openShift(given),
		check(given),
	],
});
