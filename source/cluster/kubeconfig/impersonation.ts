import type {UserEntry} from './entries.ts';

/** A key of `as-user-extra` as a part of a header's name: what it may not hold is percent-encoded (client-go `headerKeyEscape`). */
const headerKey = (key: string): string =>
	[...Buffer.from(key, 'utf8')]
		.map((byte) => {
			const character = String.fromCharCode(byte);
			return /[A-Za-z0-9!#$&'*+.^_`|~-]/u.test(character)
				? character
				: `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
		})
		.join('');

/**
 * Headers that ask for the rights of somebody else (Kubernetes "User impersonation", client-go `ImpersonatingRoundTripper`): none
 * where the kubeconfig names nobody.
 */
export const impersonation = (user: UserEntry): Readonly<Record<string, string | readonly string[]>> => {
	const {as, 'as-uid': uid, 'as-groups': groups = [], 'as-user-extra': extra = {}} = user;
	if (!as && !uid && groups.length === 0 && Object.keys(extra).length === 0) return {};
	return {
		...(as ? {'Impersonate-User': as} : {}),
		...(uid ? {'Impersonate-Uid': uid} : {}),
		...(groups.length > 0 ? {'Impersonate-Group': groups} : {}),
		...Object.fromEntries(
			Object.entries(extra).map(([key, values]) => [`Impersonate-Extra-${headerKey(key)}`, values]),
		),
	};
};
