import {existsSync} from 'node:fs';
import {readdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import {expect, test} from 'vitest';
import {projectFolder} from '../../scripts/docs-pages.ts';

const pages = [
	'README.md',
	'CHANGELOG.md',
	'rehearsal/README.md',
	...(await readdir(path.join(projectFolder, 'docs'))).map((name) => `docs/${name}`),
];

const anchorOf = (heading: string): string =>
	heading
		.toLowerCase()
		.replaceAll(/[^\p{L}\p{N} _-]/gu, '')
		.replaceAll(' ', '-');

test.each(pages.filter((name) => name.endsWith('.md')))(
	'every link on %s leads to a file and heading that exist',
	async (name) => {
		const text = await readFile(path.join(projectFolder, name), 'utf8');
		const targets = [...text.matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/gu)].map(([, target]) => target ?? '');
		for (const target of targets) {
			const [file = '', anchor] = target.split('#');
			const found = file === '' ? path.join(projectFolder, name) : path.join(projectFolder, path.dirname(name), file);
			expect(existsSync(found), `${target} on ${name}`).toBe(true);
			if (anchor === undefined) continue;
			const headings = [...(await readFile(found, 'utf8')).matchAll(/^#+ (.+)$/gmu)].map(([, heading]) =>
				anchorOf(heading ?? ''),
			);
			expect(headings, `${target} on ${name}`).toContain(anchor);
		}
	},
);
