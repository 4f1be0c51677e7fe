import type {ProblemTable} from '../../base/problem-table.ts';

const answers = ['kubernetes.kubeconfig', 'kubernetes.context'] as const;

/**
 * What can be wrong with the file itself (a wrong answer), and with the login that a sound file leads to (a
 * prerequisite).
 */
export const kubeconfigTable = {
	'kubeconfig-missing': {
		area: 'usage',
		message: 'There is no kubeconfig at {places}.',
		fix: 'Name the kubeconfig file of this cluster: --kubeconfig FILE, or the answer kubernetes.kubeconfig.',
		answers: ['kubernetes.kubeconfig'],
		cases: {
			answers: {cause: 'That path comes from the answers, and no file is there.'},
			variable: {cause: 'That path comes from $KUBECONFIG, and no file is there.'},
			'default place': {cause: 'That path comes from the default place, and no file is there.'},
		},
	},
	'kubeconfig-unreadable': {
		area: 'usage',
		message: 'The kubeconfig {file} cannot be read.',
		cause: 'The operating system does not let it be read. {why}',
		fix: 'Give this user the right to read the file, or choose another one.',
		answers,
	},
	'kubeconfig-invalid': {
		area: 'usage',
		answers,
		cases: {
			yaml: {
				message: 'The kubeconfig {file} is not valid.',
				cause: 'It is no YAML: {words}',
				fix: 'Correct the file, or ask the cluster admin for a new one.',
			},
			form: {
				message: 'The kubeconfig {file} is not valid.',
				cause: 'It has not the form of a kubeconfig: {place}: {words}.',
				fix: 'Correct the file, or ask the cluster admin for a new one.',
			},
			certificate: {
				message: 'The client certificate in {place} is not a certificate.',
				cause: 'It cannot be read as one: {words}.',
				fix: 'Ask the cluster admin for a new kubeconfig.',
			},
			authority: {
				message: 'The certificate-authority in {place} is not a certificate.',
				cause: 'It cannot be read as one: {words}.',
				fix: 'Ask the cluster admin for a new kubeconfig.',
			},
			key: {
				message: 'The client key in {place} is not a private key.',
				cause: 'It cannot be read as one: {words}.',
				fix: 'Ask the cluster admin for a new kubeconfig.',
			},
			'no pair': {
				message:
					'The cluster at {server} cannot be asked: client key and certificate do not belong together (asked to {deed}).',
				cause: 'client-key and client-certificate of the kubeconfig are not a pair.',
				fix: 'Get a new kubeconfig.',
			},
		},
	},
	'kubeconfig-no-context': {
		area: 'usage',
		answers: ['kubernetes.context', 'kubernetes.kubeconfig'],
		cases: {
			absent: {
				message: 'The kubeconfig {file} has no context "{context}".',
				cause: 'Its contexts are: {contexts}.',
				fix: 'Choose one of its contexts: --context NAME, or the answer kubernetes.context.',
			},
			'none chosen': {
				message: 'The kubeconfig {file} has no current context.',
				cause: 'Its contexts are: {contexts}.',
				fix: 'Choose one of its contexts: --context NAME, or the answer kubernetes.context.',
			},
			'none at all': {
				message: 'The kubeconfig {file} has no context that could be used.',
				cause: 'It has no contexts at all.',
				fix: 'Use a kubeconfig that has a context.',
			},
		},
	},
	'kubeconfig-incomplete': {
		area: 'usage',
		message: 'The context "{context}" of {file} has no usable {what}.',
		fix: 'Choose another context, or ask the cluster admin for a complete kubeconfig.',
		answers,
		cases: {
			'not named': {cause: 'It names no {what}.'},
			'not defined': {cause: 'It names the {what} "{name}", which the kubeconfig does not define.'},
			'not usable': {cause: 'The {what} "{name}" is not complete: {words}.'},
		},
	},
	'kubeconfig-file-missing': {
		area: 'usage',
		message: 'The kubeconfig {file} needs the file {needed}, which cannot be read.',
		cause: 'Its key {key} names that file. {why}',
		fix: 'Put the file there, or use a kubeconfig that holds its certificates itself.',
		answers,
	},
	'kubeconfig-certificate-expired': {
		area: 'prerequisites',
		who: 'cluster admin',
		message: 'The client certificate of the kubeconfig {file} has expired.',
		cause: 'It was valid until {end}; this host says it is {now}.',
		fix: 'Get a renewed kubeconfig from the cluster admin; if the date of this host is wrong, correct it.',
		answers,
	},
	'kubeconfig-exec-missing': {
		area: 'prerequisites',
		message: 'The kubeconfig {file} logs in with the program "{command}", which is not on this host.',
		cause: 'Its user gets credentials from an exec plug-in, and that program is neither at this path nor on $PATH.',
		fix: 'Install that program, or use a kubeconfig with a token or client certificate.',
		answers,
	},
	'kubeconfig-login-failed': {
		area: 'prerequisites',
		message: 'The context "{context}" of the kubeconfig {file} cannot log in.',
		fix: 'Log in as this cluster demands, then try again; or use a kubeconfig with a token or client certificate.',
		answers,
		cases: {
			'plug-in': {cause: 'The exec plug-in "{command}" failed.'},
			interactive: {
				cause:
					'The exec plug-in "{command}" must talk to somebody (interactiveMode: Always), and neither this program nor helm gives it a terminal.',
			},
			credentials: {cause: 'Its credentials cannot be used.'},
		},
	},
} as const satisfies ProblemTable;
