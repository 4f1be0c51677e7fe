import {declareProblems} from '../../base/problem-table.ts';
import {unused} from '../problems/words.ts';
import {refuserOf} from '../refuse.ts';

const byProxy = {
	who: 'network team',
	message: unused,
	fix: 'Check HTTPS_PROXY and NO_PROXY, and that the proxy lets {host} through.',
	nextSteps: ['curl -v {root}/v2/'],
} as const;
const otherSize = {
	fix: 'Try again. If it comes back, the registry or a proxy before it changes what passes.',
} as const;

/** Problems of pulling alone: logins that others keep, proxies, and what lies at a registry. */
export const pullProblems = declareProblems({
	'registry-login-file': {
		area: 'registry',
		message: 'The file {file} with the logins of registries cannot be used.',
		fix: 'Mend the file, or name a folder with another config.json by DOCKER_CONFIG.',
		cases: {
			long: {cause: 'It is longer than any file of logins.'},
			missing: {cause: 'REGISTRY_AUTH_FILE names it, but it does not exist.'},
			unreadable: {cause: 'It cannot be read. {words}'},
			// Without the parser's words: they quote the text, which holds logins.
			'no JSON': {cause: 'It is not JSON.'},
			'other form': {cause: 'It is not built like a file of logins: look at {place}.'},
			entry: {
				message: 'The login for {host} in {file} cannot be used.',
				cause: 'Its field auth is not base64 of user:password.',
				fix: 'Log in to {host} anew, or take the entry out.',
			},
		},
	},
	// No word that the helper said, on whichever output: a broken one prints tokens in any form. How to hear it is told.
	'registry-credential-helper': {
		area: 'registry',
		message: 'The credential helper docker-credential-{helper} gave no login for {server}.',
		fix: 'Run the helper by hand to see what it says; mend it, or take it out of the configuration file and log in anew.',
		nextSteps: ['echo {server} | docker-credential-{helper} get >/dev/null'],
		cases: {
			'no name': {cause: 'That is not the name of a helper: it has no path and no spaces.'},
			'not in PATH': {cause: 'There is no such program in the PATH.'},
			'not started': {cause: 'It could not be started. {words}'},
			late: {cause: 'It did not answer within {seconds} s.'},
			'long answer': {cause: 'Its answer is longer than any login.'},
			'other answer': {cause: 'Its answer is not JSON with Username and Secret.'},
			failed: {cause: 'It ended with exit code {exitCode}.'},
			killed: {cause: 'It was ended by {signal}.'},
		},
	},
	'registry-proxy': {
		area: 'registry',
		cases: {
			'no proxy': {
				message: 'The variable {variable} names a proxy that cannot be used.',
				cause: 'It is not http://HOST:PORT or https://HOST:PORT; proxies of SOCKS are not supported.',
				fix: 'Correct {variable}, or take it out of the environment.',
			},
			refused: {...byProxy, cause: 'The proxy {proxy} did not open a way to {host}.'},
			'refused with status': {
				...byProxy,
				cause: 'The proxy {proxy} did not open a way to {host}: it answers {status}.',
			},
			unreachable: {...byProxy, cause: '{words} The environment names the proxy {proxy}.'},
		},
	},
	'registry-storage-refused': {
		area: 'registry',
		who: 'network team',
		message: unused,
		cause: 'It sends the download on to {host}, which answers {status}.',
		fix: 'Check that this machine may reach {host}; a proxy may let the registry through, but not its storage.',
	},
	'registry-blob-size': {
		area: 'registry',
		message: unused,
		cases: {
			others: {
				...otherSize,
				cause: '{digest} has {size} bytes by its manifest. Bytes from {from} on were asked for; it sends others.',
			},
			more: {...otherSize, cause: '{digest} has {size} bytes by its manifest. It sends more.'},
			fewer: {...otherSize, cause: '{digest} has {size} bytes by its manifest. It sends {sent}.'},
			none: {...otherSize, cause: '{digest} has {size} bytes by its manifest. It has no bytes from {from} on.'},
		},
	},
	'image-blob-missing': {
		area: 'registry',
		message: unused,
		cause:
			'A manifest names the layer {digest}, but the registry does not have it: it was cleaned up, or the image was pushed in part.',
		fix: 'Have the image pushed to that registry again, or pull it from another one.',
	},
	'image-not-found': {
		area: 'registry',
		message: unused,
		fix: 'Check the name and the version.',
		cases: {
			'no repository': {cause: 'There is no repository {repository} on it, or this login may not see it.'},
			'other tags': {
				cause: 'The repository {repository} is there, but not this {kind}. It has, among others: {tags}.',
			},
			neither: {cause: 'There is no {kind} {reference} in {repository}, or no such repository.'},
		},
	},
	'image-schema-1': {
		area: 'registry',
		message: unused,
		cause:
			'It is kept there as a Docker image of schema 1, a form that was given up in 2017 and has no digests of its own.',
		fix: 'Have the image pushed again by a current client, or use a newer version of it.',
	},
	'image-manifest-ambiguous': {
		area: 'registry',
		message: unused,
		cause: 'Its manifest is an index and an image at once.',
		fix: 'Do not use this image.',
	},
	'image-manifest-unknown': {
		area: 'registry',
		message: unused,
		cause: 'What lies there is no container image: its type is {type}.',
		fix: 'Check the reference; a chart or another artifact may lie under that name.',
	},
	'image-manifest-parts': {
		area: 'registry',
		message: unused,
		cause: 'Its manifest does not name its parts by sha256 and size.',
		fix: 'Have the image pushed again by a current client, or use another one.',
	},
});

declare module '../../base/problem.ts' {
	interface ProblemTables {
		readonly pull: typeof pullProblems.table;
	}
}

/** A refusal by the table of pulls. */
export const refusePull = refuserOf(pullProblems);
