import {execa} from 'execa';
import type {Answers} from '../../source/answers/schema.ts';

/** Removes a release behind the tool's back, as anybody with helm can; one that is not there is no error. */
export const uninstall = async (answers: Answers, name: string, namespace: string): Promise<void> => {
	const {kubeconfig = '', context} = answers.kubernetes;
	const cluster = ['--kubeconfig', kubeconfig, ...(context === undefined ? [] : ['--kube-context', context])];
	await execa(answers.helm.binary, [
		'uninstall',
		name,
		'--wait',
		'--ignore-not-found',
		'--namespace',
		namespace,
		...cluster,
	]);
};
