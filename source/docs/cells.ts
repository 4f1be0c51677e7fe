import stringWidth from 'string-width';

const segmenter = new Intl.Segmenter();

/** Splits text into what a reader calls characters. */
export const graphemes = (text: string): readonly string[] =>
	Array.from(segmenter.segment(text), ({segment}) => segment);

/** Width of text in terminal cells. */
export const cells = (text: string): number => stringWidth(text);
