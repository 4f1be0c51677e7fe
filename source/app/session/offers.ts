import {opendir} from 'node:fs/promises';
import {type Draft, getAt} from '../../answers/draft.ts';
import {nodeAt} from '../../answers/fields.ts';
import {type OfferKind, offerKindOf, pathIn} from '../../answers/form/offers.ts';
import {resolvePath} from '../../answers/resolve-paths.ts';
import {errnoOf, errnoWords} from '../../base/errno.ts';
import {printable} from '../../base/printable.ts';
import {messagesOf} from '../../base/problem.ts';
import {byText} from '../../base/text.ts';
import type {ClusterPort} from '../../cluster/types.ts';
import type {Offered} from '../../ui/state/session.ts';
import type {Context} from '../base/context.ts';
import {childEnvironment} from '../run/child-environment.ts';

/** Longest look for what can be offered, ms. */
const offerMs = 5000;

/** Most entries of a folder that are read, and most names that are offered. */
const mostRead = 2000;
const mostOffered = 200;

const textAt = (draft: Draft, at: string): string | undefined => {
	const value = getAt(draft, at);
	return typeof value === 'string' && value !== '' ? value : undefined;
};

/** What lies in a folder, as it is written behind `base`; folders with a slash. None is gone into. */
const filesIn = async ({workingDirectory, homeDirectory}: Context, base: string, signal: AbortSignal) => {
	const folder = resolvePath(pathIn(base) || '.', {baseDirectory: workingDirectory, homeDirectory});
	const found: string[] = [];
	let read = 0;
	for await (const entry of await opendir(folder)) {
		signal.throwIfAborted();
		read += 1;
		found.push(`${base}${entry.name}${entry.isDirectory() ? '/' : ''}`);
		if (read >= mostRead) break;
	}
	return found;
};

const clusterOf = async (context: Context, draft: Draft): Promise<ClusterPort> => {
	const {createCluster} = await import('../../cluster/cluster.ts');
	const [kubeconfig, named] = [textAt(draft, 'kubernetes.kubeconfig'), textAt(draft, 'kubernetes.context')];
	return createCluster({
		...(kubeconfig !== undefined && {kubeconfig}),
		...(named !== undefined && {context: named}),
		homeDirectory: context.homeDirectory,
		environment: childEnvironment(context.environment, draft),
		onSecret: context.redactor.register,
	});
};

const classesOf = async (
	context: Context,
	draft: Draft,
	kind: 'IngressClass' | 'StorageClass',
	signal: AbortSignal,
) => {
	const group = kind === 'IngressClass' ? 'networking.k8s.io' : 'storage.k8s.io';
	const found = await (await clusterOf(context, draft)).list({apiVersion: `${group}/v1`, kind}, signal);
	return found.map(({metadata}) => metadata.name);
};

const contextsOf = async ({environment, homeDirectory}: Context, draft: Draft): Promise<readonly string[]> => {
	const {contextNames} = await import('../../cluster/kubeconfig/load.ts');
	const kubeconfig = textAt(draft, 'kubernetes.kubeconfig');
	return contextNames({...(kubeconfig !== undefined && {kubeconfig}), environment, homeDirectory});
};

/** What an answer is looked for with: the kind of the question, the answers so far, and what the text begins with. */
type Offering = {readonly kind: OfferKind; readonly draft: Draft; readonly base: string};

const allOf = async (
	context: Context,
	{kind, draft, base}: Offering,
	signal: AbortSignal,
): Promise<readonly string[]> => {
	switch (kind) {
		case 'contexts':
			return contextsOf(context, draft);
		case 'ingress classes':
			return classesOf(context, draft, 'IngressClass', signal);
		case 'storage classes':
			return classesOf(context, draft, 'StorageClass', signal);
		case 'files':
			return filesIn(context, base, signal);
	}
};

const offersOf = async (context: Context, offering: Offering, signal: AbortSignal): Promise<Offered> => {
	const late = AbortSignal.timeout(offerMs);
	const bounded = AbortSignal.any([signal, context.signal, late]);
	try {
		const ended = new Promise<never>((_, reject) => {
			bounded.addEventListener('abort', () => reject(bounded.reason), {once: true});
		});
		const all = await Promise.race([allOf({...context, signal: bounded}, offering, bounded), ended]);
		const shown = all.filter((one) => one !== '' && printable(one) === one);
		return {all: shown.sort(byText).slice(0, mostOffered)};
	} catch (error) {
		if (late.aborted) return {all: [], why: `no answer within ${offerMs / 1000} s`};
		const why = errnoOf(error) === undefined ? messagesOf(error) : errnoWords(error, 'read');
		return {all: [], why: printable(why)};
	}
};

/**
 * Answers that can be offered at a question: contexts of the kubeconfig, classes of the cluster, files. Changes nothing and takes 5 s at
 * most. Names that cannot be shown as they are, are not offered. Never throws: what cannot be read is told.
 */
export const offerAnswer = async (
	context: Context,
	draft: Draft,
	{path, base}: {readonly path: string; readonly base: string},
	signal: AbortSignal,
): Promise<Offered> => {
	const node = nodeAt(path);
	const kind = node?.kind === 'field' ? offerKindOf({path, kind: node.type}, base) : undefined;
	return kind === undefined ? {all: []} : offersOf(context, {kind, draft, base}, signal);
};
