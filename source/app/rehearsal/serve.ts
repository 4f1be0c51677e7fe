import path from 'node:path';
import type {FaultOrder} from '../../../rehearsal/index.ts';
import {showAnswers} from '../../answers/file/show.ts';
import {writeWhole} from '../../base/files.ts';
import {printable} from '../../base/printable.ts';
import {shellWord} from '../../base/shell.ts';
import type {FoundAnswers} from '../answers/inputs.ts';
import {completeAnswers} from '../answers/inputs.ts';
import type {Context} from '../base/context.ts';
import {asCalled, type Program} from '../base/kept/own-commands.ts';
import {answerOrders} from './orders.ts';

/** A world that is kept up, and what is needed to reach it. */
type Served = {
	readonly stateDirectory: string;
	/** The folder is that of every rehearsal of this user. */
	readonly isUsual: boolean;
	readonly directory: string;
	/** The answers of this world, for the installer. */
	readonly answers: FoundAnswers;
	readonly told: readonly string[];
	/** The words that start this program from another shell. */
	readonly program: Program;
	readonly switchFault: (order: FaultOrder) => Promise<readonly string[]>;
	/** Settles when the process of the world is gone, with what is told then. */
	readonly ended: Promise<Error>;
};

/** What whoever wants to reach the world is told. */
const howTo = ({stateDirectory, directory, isUsual, program}: Served, file: string): readonly string[] => {
	const place = isUsual ? '' : ` --state-dir ${shellWord(stateDirectory)}`;
	const words = `--answers ${shellWord(file)} --state-dir ${shellWord(stateDirectory)}`;
	return [
		'',
		'The world is up. From another shell:',
		`  zenml-airgap install ${words}`,
		`  zenml-airgap plan ${words}`,
		'  verify, upgrade, backup and the others take the same words',
		`  zenml-airgap status --state-dir ${shellWord(stateDirectory)}`,
		`  kubectl --kubeconfig ${shellWord(path.join(directory, 'kubeconfig'))} get pods -A`,
		`  zenml-airgap rehearse fault pod-crash-loop on${place}`,
		'It listens on 127.0.0.1 only. Ctrl-C here ends it; what is in it stays for the next time.',
	].map((line) => asCalled(line, {answers: [], state: [], program}));
};

/** Until a signal comes. @throws what is told when the process of the world ends */
const untilSignal = async ({signal}: Context, ended: Promise<Error>): Promise<void> => {
	const asked = new Promise<undefined>((done) => {
		if (signal.aborted) done(undefined);
		signal.addEventListener('abort', () => done(undefined), {once: true});
	});
	const error = await Promise.race([asked, ended]);
	if (error && !signal.aborted) throw error;
};

/**
 * Keeps a world up until a signal comes or its process ends. Writes its answers beside it, says how it is reached, and switches faults
 * when another process asks for it.
 * @throws ProblemError `rehearsal-host-ended`
 */
export const serveWorld = async (context: Context, served: Served): Promise<void> => {
	const file = path.join(served.directory, 'answers.yaml');
	await writeWhole(file, showAnswers(completeAnswers(served.answers)));
	const {tellRows} = await import('../base/wrap.ts');
	const tell = tellRows(context);
	for (const line of [...served.told, ...howTo(served, file)]) tell(`${printable(line)}\n`);
	const orders = await answerOrders(served.stateDirectory, {
		act: async (order) => {
			const lines = await served.switchFault(order);
			for (const line of lines) tell(`${printable(line)}\n`);
			return lines;
		},
	});
	try {
		await untilSignal(context, served.ended);
	} finally {
		await orders.stop();
	}
	tell('The rehearsal ends; its world stays for the next time.\n');
};
