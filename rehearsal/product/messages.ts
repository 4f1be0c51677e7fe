/** A request as the servers behind the ingress see it. Header names are lower case. */
export type Request = {
	readonly method: string;
	readonly path: string;
	readonly query: URLSearchParams;
	readonly headers: Readonly<Record<string, string | undefined>>;
	readonly body: string;
};

/** An answer; `json` and `html` exclude each other. */
export type Answer = {
	readonly status: number;
	readonly json?: unknown;
	readonly html?: string;
	readonly text?: string;
};

/** A refusal in the form of FastAPI: `{"detail": …}`. */
export class HttpError extends Error {
	readonly status: number;
	readonly detail: unknown;
	constructor(status: number, detail: unknown) {
		super(String(detail));
		this.name = 'HttpError';
		this.status = status;
		this.detail = detail;
	}
}

/** The members of a JSON body. @throws HttpError 422 when it is no JSON object. */
export const jsonBody = ({body}: Request): Readonly<Record<string, unknown>> => {
	try {
		const value: unknown = JSON.parse(body);
		if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
	} catch {
		// Told below, together with JSON that is no object.
	}
	throw new HttpError(422, [{type: 'json_invalid', loc: ['body'], msg: 'JSON decode error'}]);
};

/** What that page loads. */
export const dashboardScript = '/assets/index.js';

/** The start page of a dashboard: the same for every path, as a single-page application answers. */
export const dashboardPage = (title: string, version: string): string =>
	`<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>${title}</title><meta name="version" content="${version}"></head>` +
	`<body><div id="root"></div><script type="module" src="${dashboardScript}"></script></body></html>\n`;
