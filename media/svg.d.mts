/** Size of a pane in cells, and what the picture is called for those who cannot see it. */
type PictureOptions = {readonly columns: number; readonly rows: number; readonly title: string};

/** The picture of a pane, captured as lines with SGR sequences. @throws Error for a sequence that the program does not use */
export declare function toSvg(capture: string, options: PictureOptions): string;

/** A moving picture: each capture is seen for so many seconds; it begins again at its end. @throws Error like `toSvg` */
export declare function toMovingSvg(
	frames: readonly {readonly capture: string; readonly seconds: number}[],
	options: PictureOptions,
): string;
