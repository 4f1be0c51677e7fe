import type {Countersigned} from '../../../backup/types.ts';
import {toProblem} from '../../../base/problem.ts';
import {counted} from '../../../base/text.ts';
import type {Context} from '../../base/context.ts';
import type {Work} from '../command.ts';
import {progressLines} from '../progress.ts';
import type {BackupSite} from './folder.ts';
import type {BackupOptions} from './options.ts';

/** What `backup sign` is given. */
export type SignOptions = BackupOptions & {readonly id: string};

/** The sum of the manifest as a pod told it to the cluster, and in words whether one did. */
type Vouched = {readonly sum: string | undefined; readonly words: string};

/** A cluster that is gone must not keep anybody from signing a backup of it. @throws the signal's reason */
const vouchedFor = async ({signal}: Context, site: BackupSite, id: string): Promise<Vouched> => {
	try {
		const report = (await site.reports()).good.find((one) => one.id === id);
		if (report) return {sum: report.manifest, words: `its manifest is the one that pod ${report.pod} told of`};
		return {sum: undefined, words: 'NOT compared with the cluster: no pod is left that told of it'};
	} catch (error) {
		signal.throwIfAborted();
		return {sum: undefined, words: `NOT compared with the cluster: ${toProblem(error).message}`};
	}
};

const textOf = ({manifest, signer, isNew}: Countersigned, {words}: Vouched): string =>
	[
		`Backup ${manifest.id}: ${counted(manifest.parts.length, 'file')}, each as it was written`,
		`Made by the cluster: ${words}`,
		`Signed by: key ${signer.keyId}, ${isNew ? 'just now' : 'before; nothing was changed'}`,
		'',
	].join('\n');

/** `backup sign`: every file of a scheduled backup is compared with its sum, and the sums are signed by the key of this host. */
export const signWork: Work<SignOptions> = async (context, {id, ...options}) => {
	const {siteOf} = await import('./folder.ts');
	const {createBackups} = await import('../../../backup/backups.ts');
	const site = await siteOf(context, options);
	const vouched = await vouchedFor(context, site, id);
	const lines = progressLines(context);
	try {
		const signed = await createBackups(site.settings).countersign(
			id,
			vouched.sum,
			context.signal,
			({file, done, total}) => lines.move(`read ${file}`, done, total),
		);
		lines.end();
		const {signer, isNew, folder} = signed;
		context.out(
			options.json
				? `${JSON.stringify({id, folder, signer, isNew, vouched: vouched.sum !== undefined})}\n`
				: textOf(signed, vouched),
		);
		return 0;
	} finally {
		lines.end();
	}
};
