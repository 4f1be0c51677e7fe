import {ProblemError} from '../base/problem.ts';
import type {ClusterPort, KubeObject} from '../cluster/types.ts';
import {type Journal, parseJournal, writeJournal} from '../engine/journal.ts';

/** Secret in the control plane's namespace that holds the journal, so that another jump host can go on. */
export const journalSecretName = 'zenml-airgap-state';

const key = 'state.json';

/** The journal that another host left in the cluster; undefined when there is none. */
export const readClusterJournal = async (
	cluster: ClusterPort,
	namespace: string,
	signal: AbortSignal,
): Promise<Journal | undefined> => {
	const secret = await cluster.get({apiVersion: 'v1', kind: 'Secret', namespace, name: journalSecretName}, signal);
	const encoded = (secret?.data as Readonly<Record<string, string>> | undefined)?.[key];
	return encoded === undefined
		? undefined
		: parseJournal(
				JSON.parse(Buffer.from(encoded, 'base64').toString('utf8')),
				`Secret ${namespace}/${journalSecretName}`,
			);
};

/** Writes the journal's copy in the cluster; the namespace must exist. */
export const writeClusterJournal = async (
	cluster: ClusterPort,
	namespace: string,
	journal: Journal,
	signal: AbortSignal,
): Promise<void> => {
	const secret: KubeObject = {
		apiVersion: 'v1',
		kind: 'Secret',
		metadata: {name: journalSecretName, namespace, labels: {'app.kubernetes.io/managed-by': 'zenml-airgap'}},
		type: 'Opaque',
		data: {[key]: Buffer.from(JSON.stringify(journal), 'utf8').toString('base64')},
	};
	await cluster.apply(secret, {signal, force: true});
};

export type JournalWriter = {
	/** Takes the newest journal; of several waiting ones only the last is written. */
	readonly put: (journal: Journal) => void;
	/** Waits until everything is on disk. */
	readonly flush: () => Promise<void>;
};

/**
 * Writes journals one after the other. A run that cannot keep its journal must stop: it could not be resumed as promised.
 * `onFailure` gets a ProblemError `state-unwritable`; `copy` is told of every journal that is on disk.
 */
export const createJournalWriter = (
	file: string,
	options: {readonly onFailure: (error: ProblemError) => void; readonly copy: (journal: Journal) => Promise<void>},
): JournalWriter => {
	let next: Journal | undefined;
	let busy: Promise<void> | undefined;
	const work = async (): Promise<void> => {
		while (next) {
			const journal = next;
			next = undefined;
			try {
				await writeJournal(file, journal);
			} catch (error) {
				const {code, message} = error as NodeJS.ErrnoException;
				options.onFailure(
					new ProblemError({
						code: 'state-unwritable',
						area: 'usage',
						message: `The state file ${file} cannot be written.`,
						cause: code === 'ENOSPC' ? 'The disk is full.' : `${code ?? ''} ${message}`.trim(),
						fix: 'Make room or mend the mode of its folder, or name another folder with --state-dir; then start again.',
						location: {file},
					}),
				);
				return;
			}
			await options.copy(journal);
		}
	};
	const start = (): void => {
		busy ??= work().finally(() => {
			busy = undefined;
			if (next) start();
		});
	};
	return {
		put: (journal) => {
			next = journal;
			start();
		},
		flush: async () => {
			while (busy) await busy;
		},
	};
};
