import type {X509Certificate} from 'node:crypto';
import type {Problem} from '../base/problem.ts';
import {counted} from '../base/text.ts';
import {formatMoment} from '../base/units.ts';
import {factsOf} from './certificate.ts';
import {type PemFile, placeOf} from './pem/file.ts';
import {networkProblems} from './problems.ts';

const day = 24 * 60 * 60 * 1000;
const soonDays = 30;

/** Certificates of one file. */
export type Held = {readonly certificates: readonly X509Certificate[]; readonly file: PemFile};

/** Certificates of a file that are over or yet to come. @param now ms since the epoch */
export const outOfDate = ({certificates, file}: Held, now: number): readonly Problem[] =>
	certificates.flatMap((certificate) => {
		const {subject, notBefore, notAfter} = factsOf(certificate);
		const given = {subject, file: file.path};
		if (now > notAfter)
			return [networkProblems.problem('tls-expired', {...given, until: formatMoment(notAfter)}, placeOf(file))];
		if (now >= notBefore) return [];
		const dates = {from: formatMoment(notBefore), now: formatMoment(now)};
		return [networkProblems.problem('tls-not-yet-valid', {...given, ...dates}, placeOf(file))];
	});

/** The same of certificates that nothing needs, as warnings. */
export const outOfDateUnneeded = (held: Held, now: number): readonly string[] =>
	outOfDate(held, now).map(({message, cause}) => `${message} ${cause} Nothing needs it; it can be taken out.`);

/** Warnings of certificates of a file that are over soon. */
export const endingSoon = ({certificates, file}: Held, now: number): readonly string[] =>
	certificates.map(factsOf).flatMap(({subject, notBefore, notAfter}) => {
		const days = Math.floor((notAfter - now) / day);
		const isSoon = now >= notBefore && now <= notAfter && notAfter - now < soonDays * day;
		return isSoon
			? [
					`The certificate "${subject}" in ${file.path} expires in ${counted(days, 'day')}, on ${formatMoment(notAfter)}.`,
				]
			: [];
	});
