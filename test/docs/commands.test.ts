import {rename} from 'node:fs/promises';
import path from 'node:path';
import {afterEach, beforeAll, expect, test} from 'vitest';
import {createAuthority} from '../../rehearsal/authority/index.ts';
import {commandLine} from '../../source/app/command-line.ts';
import {createStage, type Stage} from '../app/stage.ts';
import {madeBundle} from '../bundle/made.ts';
import {commandsInBlocks, commandsInText, pageTexts, simpleCommands, type Written, wordsForUs} from './commands.ts';

const pages = await pageTexts();
const inBlocks = [...pages].flatMap(([page, text]) => commandsInBlocks(page, text));
const inText = [...pages].flatMap(([page, text]) => commandsInText(page, text));

/** What the real command line says against some words; undefined where it takes them. Nothing is done. */
const complaint = async (words: readonly string[]): Promise<string | undefined> => {
	let said = '';
	let isAsked = false;
	const program = commandLine('0', () => (isAsked = true), {
		out: () => {
			isAsked = true;
		},
		err: (text) => {
			said += text;
		},
	});
	try {
		await program.parseAsync([...words], {from: 'user'});
	} catch (error) {
		return isAsked ? undefined : said || String(error);
	}
	return isAsked ? undefined : 'it asks for nothing';
};

const refused = async (all: readonly Written[]): Promise<readonly string[]> => {
	const lines: string[] = [];
	for (const {page, line, words} of all) {
		const said = await complaint(words);
		if (said !== undefined) lines.push(`${page}: ${line}: ${said.split('\n')[0]}`);
	}
	return lines;
};

test('lines are split as a shell splits them', () => {
	expect(simpleCommands(`A=1 zenml-airgap install --set 'a=b c' "d e" | head -1 # not this`)).toEqual([
		['A=1', 'zenml-airgap', 'install', '--set', 'a=b c', 'd e'],
		['head', '-1'],
	]);
	expect(simpleCommands('source <(zenml-airgap completion bash) && x > y 2>&1; z')).toEqual([
		['source'],
		['zenml-airgap', 'completion', 'bash'],
		['x'],
		['z'],
	]);
	expect(wordsForUs(['A=1', 'npm', 'start', '--', '--pace', 'fast'])).toEqual(['rehearse', '--pace', 'fast']);
	expect(wordsForUs(['kubectl', 'get', 'pods'])).toBeUndefined();
});

test('what the command line does not take is seen', async () => {
	expect(await complaint(['install', '--answers', 'a.yaml'])).toBeUndefined();
	expect(await complaint(['instal'])).toContain('unknown command "instal"');
	expect(await complaint(['install', '--anwsers', 'a.yaml'])).toContain('unknown option');
	expect(await complaint(['bundle', 'verify'])).toContain('missing required argument');
	expect(await complaint(['bundle', 'verify', 'a', 'b'])).toContain('too many arguments');
	expect(await complaint(['install', '--from', 'nowhere'])).toContain('invalid');
});

test('the command line takes every command in the blocks of the pages', async () => {
	expect(inBlocks.length).toBeGreaterThan(90);
	expect(await refused(inBlocks)).toEqual([]);
});

test('the command line knows every command in the text of the pages, which may name it without all its words', async () => {
	expect(inText.length).toBeGreaterThan(50);
	const unknown = (await refused(inText)).filter(
		(line) => !/error: (?:required option|missing required argument)/u.test(line),
	);
	expect(unknown).toEqual([]);
});

/** Commands that ask no server, write only where they are told to, and read nothing but what this test put there. */
const isSafe = ({words: [first, second], words}: Written): boolean =>
	words.includes('--help') ||
	['docs', 'explain', 'completion', '--version'].includes(first ?? '') ||
	first === 'answers' ||
	(first === 'bundle' && second === 'verify' && !words.includes('--public-key') && words.includes('PATH'));

/** Words that stand for something that the reader has. */
const givenWords: Readonly<Record<string, string>> = {
	CODE: 'registry-unauthorized',
	STEP: 'images',
	NAME: 'registry.host',
	TOPIC: 'install',
	FILE: 'answers.yaml',
};

let stage: Stage | undefined;
let authority: Awaited<ReturnType<typeof createAuthority>>;
beforeAll(async () => {
	authority = await createAuthority({name: 'Pages CA'});
});
afterEach(async () => stage?.remove());

const answers = `registry: {host: registry.corp.example}
tls: {certificate: tls.crt, key: tls.key, ca: ca.crt}
database: {host: mysql.corp.example}
controlPlane: {host: zenml-pro.corp.example}
workspaces: [{name: default, host: zenml-workspace.corp.example}]
`;

/** A folder with what a reader of the pages has: an answer file with its certificates, and a bundle. */
const furnished = async (line: string): Promise<Stage> => {
	const made = await createStage();
	if (!line.startsWith('answers init')) await made.write('answers.yaml', answers);
	const {cert, key} = await authority.issue({hosts: ['zenml-pro.corp.example', 'zenml-workspace.corp.example']});
	for (const [name, text] of Object.entries({'tls.crt': cert, 'tls.key': key, 'ca.crt': authority.caPem}))
		await made.write(name, text);
	if (line.includes('PATH')) await rename(await madeBundle(), path.join(made.folder, 'PATH'));
	return made;
};

const safe = [...inBlocks, ...inText]
	.filter(isSafe)
	.map(({words}) => words.map((word) => givenWords[word] ?? word).join(' '))
	.filter((line) => line !== 'answers validate' && line !== 'answers init');

test('commands of each kind that can be run are among those of the pages', () => {
	for (const kind of ['docs', 'explain', 'answers init', 'answers validate', 'answers show', 'bundle verify PATH'])
		expect(
			safe.some((line) => line.startsWith(kind)),
			kind,
		).toBe(true);
});

test.each([...new Set(safe)])('zenml-airgap %s ends well and tells something', async (line) => {
	stage = await furnished(line);
	const {code, out, err} = await stage.run(...line.split(' '));
	expect([code, line.startsWith('bundle') ? '' : err]).toEqual([0, '']);
	expect(out.length).toBeGreaterThan(20);
});
