import {readdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import {expect, test} from 'vitest';
import {projectFolder} from '../../scripts/docs-pages.ts';

const media = path.join(projectFolder, 'media');
const pictures = (await readdir(media)).filter((name) => name.endsWith('.svg'));
const docs = (await readdir(path.join(projectFolder, 'docs'))).filter((name) => name.endsWith('.md'));
const pages = await Promise.all(
	['README.md', ...docs.map((name) => `docs/${name}`)].map((name) => readFile(path.join(projectFolder, name), 'utf8')),
);

test('README shows the recording and both commands before its first heading', () => {
	const [first = ''] = (pages[0] ?? '').split('\n## ');
	expect(first).toContain('](media/recording.svg)');
	expect(first).toMatch(/^zenml-airgap bundle create /mu);
	expect(first).toMatch(/^zenml-airgap install /mu);
});

test.each(pictures)('the picture %s is on a page, light and dark, and small enough to be carried', async (name) => {
	const picture = await readFile(path.join(media, name), 'utf8');
	expect(pages.some((page) => page.includes(`media/${name})`))).toBe(true);
	expect(picture).toContain('@media (prefers-color-scheme:dark)');
	expect(Buffer.byteLength(picture)).toBeLessThan(400_000);
});

test.each(pictures)('the picture %s has no folder of whoever made it, and fetches nothing', async (name) => {
	const picture = await readFile(path.join(media, name), 'utf8');
	const folders = [...picture.matchAll(/\/(?:root|home|Users|tmp|var|opt|work)\/[^\s<"]*/gu)].map(([folder]) => folder);
	expect(folders.filter((folder) => !/^\/var\/t(?:mp\/zenml-airgap|…)/u.test(folder))).toEqual([]);
	expect(picture).not.toMatch(/<script|href=|url\(/u);
});
