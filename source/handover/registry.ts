import type {Answers} from '../answers/schema.ts';
import {shellWord} from '../base/shell.ts';
import {formatBytes} from '../base/units.ts';
import {coverNote, type Said} from './cover-note.ts';
import type {Asking, Pack} from './pack.ts';

const title = 'Place and accounts in the registry';
const who = 'registry admin';

/** What is pushed, where the bundle could be looked at. */
export type Carried = {
	/** `zenml/zenml-pro-api:0.13.18` */
	readonly images: readonly string[];
	readonly bytes: number;
};

const room = (carried: Carried | undefined): readonly Said[] =>
	carried === undefined
		? [
				'The images are those of the bundle, which was not looked at: a repository for each of a handful of images, some gigabytes for each version kept.',
			]
		: [
				`Images, ${formatBytes(carried.bytes)} together in compressed layers; as much again for each later version that is kept:`,
				{exact: carried.images},
			];

const accountOf = ({registry: {username}}: Answers): string =>
	username === undefined
		? 'The answers name no account: the registry has to take pushes from the jump host and pulls from the nodes without a login.'
		: `Account ${username}: may push and pull there, and reads what is there. A robot account will do; it must not expire between installation and upgrade. The same account is given to the nodes to pull with: the installer writes it as a pull secret into each namespace, and has no answer for a second one that only pulls.`;

/** The papers with which the registry admin makes room for the images. */
export const registryPack = (answers: Answers, carried: Carried | undefined, asking: Asking): Pack => {
	const {host, pushHost = host, prefix, username, plainHttp, ca: own} = answers.registry;
	const scheme = plainHttp ? 'http' : 'https';
	const place = prefix === '' ? host : `${host}/${prefix}`;
	// Without an answer the jump host's own trust store counts, for the installer and for curl.
	const ca = plainHttp || own === undefined ? '' : ` --cacert ${shellWord(own)}`;
	const trust = plainHttp
		? ''
		: `, which trusts the registry by ${own === undefined ? 'its own list of CAs' : 'the file that is named here'}`;
	const login = username === undefined ? '' : ` -u ${shellWord(username)}`;
	return {
		id: 'registry',
		title,
		who,
		intro: 'The installer pushes the images of the bundle to the internal registry; the nodes pull them from there.',
		sections: [
			coverNote(
				{
					title,
					who,
					why: [
						'The cluster has no way to the registries of the vendor. All images are pushed once, from a bundle that was carried over.',
					],
					what: [
						`1. Place: ${place}${prefix === '' ? '' : ` (in Harbor a project "${prefix.split('/')[0]}", in Artifactory or Nexus a Docker repository, in GitLab a group and project)`}. Repositories below it must be made by the first push, or by you beforehand.`,
						...room(carried),
						`2. ${accountOf(answers)}`,
						`3. The jump host pushes to ${pushHost}, the nodes pull from ${host}, both with the Docker Registry HTTP API V2.`,
						'4. No rule may replace tags, rewrite manifests or delete images by age while they are in use: the charts name them by tag, and a node may pull one again at any time. A scanner may look; it must not quarantine them before somebody has read its report.',
						`5. Send the operator ${username === undefined ? '' : 'the password or token, and '}the CA certificate of the registry if it is not the internal CA.`,
					],
					check: [
						`On the jump host${trust}:`,
						{
							exact: [...new Set([pushHost, host])].map(
								(one) =>
									`curl -sS${ca} -o /dev/null -w '%{http_code}\\n'${login} ${shellWord(`${scheme}://${one}/v2/`)}`,
							),
						},
						'200 is right. A registry that sends logins to a token server (GitLab, Harbor) answers 401 there: the operator tries the login to its end by "zenml-airgap plan --until prerequisites".',
					],
					undo: [
						`Delete the place${username === undefined ? '' : ' and the account'}. The cluster then cannot start a pod on a new node any more.`,
					],
				},
				asking,
			),
		],
	};
};
