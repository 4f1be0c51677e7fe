/** What the command line says of what goes in. */
export type SpecFlags = {
	/** The file. */
	readonly spec?: string;
	readonly controlPlane?: string;
	readonly workspace: readonly string[];
	readonly vendor?: 'ecr' | 'gar';
	readonly platform: readonly string[];
	readonly image: readonly string[];
	/** References of client tools, `mysql=` or `postgresql=` before them where the name does not tell. */
	readonly clientTools: readonly string[];
	/** Refuse images that charts name but nothing lists. */
	readonly strict: boolean;
	readonly releaseNotes?: string;
	/** Executables of this tool, or the folder of a release. */
	readonly withTool: readonly string[];
};

/** What the command line says. */
export type CreateFlags = SpecFlags & {
	/** Archives made by hand. */
	readonly from: readonly string[];
	/** What an image of these archives is called that carries no name. */
	readonly name?: string;
	/** The helm that pulls the charts: a name on the search path, or a file. */
	readonly helm: string;
	/** The folder of the bundle. */
	readonly out: string;
	readonly dryRun: boolean;
	readonly json: boolean;
	/** Blobs at the same time. */
	readonly concurrency: number;
	/** Folder of the config.json with logins. */
	readonly dockerConfig?: string;
	readonly example: boolean;
};
