import type {StoreTarget} from './types.ts';

/** The reason as libpq words it; codes of five signs are those of the server (PostgreSQL, "Error Codes"). */
const libpqReason = (error: unknown): string => {
	const {message, code = ''} = error as {message?: string; code?: string};
	if (code === 'ECONNREFUSED') return 'Connection refused';
	return /^[0-9A-Z]{5}$/u.test(code) ? `FATAL:  ${message}` : String(message);
};

/** The error as PyMySQL words it: what the server says with its number, or 2003 when it cannot be reached. */
const pymysqlReason = ({config}: StoreTarget, error: unknown): string => {
	const {
		message,
		errno,
		code = '',
		sqlMessage,
	} = error as Record<'message' | 'code' | 'sqlMessage', string> & {
		errno?: number;
	};
	if (sqlMessage !== undefined && errno !== undefined) return `(${errno}, "${sqlMessage}")`;
	const cannot = `Can't connect to MySQL server on '${config.host}'`;
	if (code === 'ECONNREFUSED') return `(2003, "${cannot} ([Errno 111] Connection refused)")`;
	if (/certificate|self.signed/iu.test(String(message)))
		return `(2003, "${cannot} ([SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: ${message} (_ssl.c:1006))")`;
	return `(2003, "${cannot} (${message})")`;
};

const packages = '/usr/local/lib/python3.12/site-packages';

/** Where an error passes through on its way up; the real one has some hundreds of lines of it. */
const frames: readonly (readonly [file: string, line: number, name: string, code: string])[] = [
	['sqlalchemy/engine/base.py', 146, '__init__', 'self._dbapi_connection = engine.raw_connection()'],
	['sqlalchemy/engine/base.py', 3302, 'raw_connection', 'return self.pool.connect()'],
	['sqlalchemy/pool/base.py', 449, 'connect', 'return _ConnectionFairy._checkout(self)'],
	['sqlalchemy/pool/base.py', 1263, '_checkout', 'fairy = _ConnectionRecord.checkout(pool)'],
	['sqlalchemy/pool/impl.py', 179, '_do_get', 'with util.safe_reraise():'],
	['sqlalchemy/util/langhelpers.py', 146, '__exit__', 'raise exc_value.with_traceback(exc_tb)'],
	['sqlalchemy/engine/create.py', 661, 'connect', 'return dialect.connect(*cargs, **cparams)'],
	['sqlalchemy/engine/default.py', 629, 'connect', 'return self.loaded_dbapi.connect(*cargs, **cparams)'],
];

const rounds = 16;
const red = '\u001B[31m';
const plain = '\u001B[0m';

/** Python's own words on the way that an error took: 270 lines, as long as those of the real server. */
export const longTraceback = (last: string): readonly string[] => [
	'Traceback (most recent call last):',
	...Array.from({length: rounds}, () =>
		frames.flatMap(([file, line, name, code]) => [
			`  File "${packages}/${file}", line ${line}, in ${name}`,
			`    ${code}`,
		]),
	).flat(),
	last,
];

/** Coloured even without a terminal, unless the server is told otherwise. */
export const coloured = (environment: Readonly<Record<string, string>>, line: string): string =>
	environment.ZENML_LOGGING_COLORS_DISABLED?.toLowerCase() === 'true' ? line : `${red}${line}${plain}`;

/**
 * What pydantic shows of the values that it could not take: the first 25 and the last 24 signs of their text, so that
 * the end of a password, which comes last, stands in the log.
 */
const inputValue = ({config, driver}: StoreTarget): string => {
	const whole = `{'type': 'sql', 'auth_mode': 'password', 'url': '${driver}://${config.user}@${config.host}', 'password': '${config.password ?? ''}'}`;
	return `${whole.slice(0, 25)}...${whole.slice(-24)}`;
};

/** pydantic's complaint about the configuration of the store. */
const complaint = (target: StoreTarget, why: string): readonly string[] => [
	'pydantic_core._pydantic_core.ValidationError: 1 validation error for SqlZenStoreConfiguration',
	`  Value error, ${why} [type=value_error, input_value=${inputValue(target)}, input_type=dict]`,
	'    For further information visit https://errors.pydantic.dev/2.11/v/value_error',
];

const errorsPage = '(Background on this error at: https://sqlalche.me/e/20/e3q8)';

/** The error of a database as the drivers of Python under SQLAlchemy print it at the end of a traceback. */
export const databaseTraceback = (target: StoreTarget, error: unknown): readonly string[] => {
	const {host, port} = target.config;
	if (target.driver === 'mysql') {
		const last = `sqlalchemy.exc.OperationalError: (pymysql.err.OperationalError) ${pymysqlReason(target, error)}`;
		return [...longTraceback(last), errorsPage, ...complaint(target, 'the store cannot be initialized')];
	}
	const what = `connection to server at "${host}", port ${port} failed: ${libpqReason(error)}`;
	return [...longTraceback(`sqlalchemy.exc.OperationalError: (psycopg2.OperationalError) ${what}`), errorsPage];
};

/** What a workspace says of a URL that is not MySQL's (`sql_zen_store.py`, SqlZenStoreConfiguration). */
export const driverComplaint = (target: StoreTarget): readonly string[] => [
	...longTraceback(`ValueError: Invalid SQL driver value \`${target.driver}\`: must be one of 'mysql', 'sqlite'.`),
	'',
	'During handling of the above exception, another exception occurred:',
	'',
	...complaint(target, `Invalid SQL driver value \`${target.driver}\`.`),
];
