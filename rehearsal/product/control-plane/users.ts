import {add, allOf, change} from '../database/tables.ts';
import {type Answer, HttpError, jsonBody} from '../messages.ts';
import {hashPassword} from './data.ts';
import {accountJson, below, missing, page, type Route, thereAlready, unknown} from './parts.ts';
import {type Account, accountOf, type Context, superuser} from './session.ts';

const createUser = async (context: Context): Promise<Answer> => {
	await superuser(context);
	const {sql, request} = context;
	const username = request.query.get('username');
	const password = request.query.get('password');
	if (!username || !password) throw missing('query', username ? 'password' : 'username');
	// The first account made over the API is a super-user whatever was asked.
	const isFirst = (await allOf<Account>(sql, 'account')).every(({reserved}) => reserved);
	const account = await add<Account>(sql, 'account', username, {
		username,
		password_hash: hashPassword(password),
		is_superuser: isFirst || request.query.get('is_superuser') === 'true',
		is_active: true,
		password_expired: true,
	});
	if (!account) throw thereAlready(`A user with the name '${username}' already exists.`);
	return {status: 200, json: accountJson(account)};
};

const listUsers = async (context: Context): Promise<Answer> => {
	await superuser(context);
	return page(context.request, (await allOf<Account>(context.sql, 'account')).map(accountJson));
};

const whoAmI = async (context: Context): Promise<Answer> => ({
	status: 200,
	json: accountJson(await accountOf(context)),
});

/** Of what may be changed about a user only the rights are played. */
const changeable = ['is_superuser', 'is_active'] as const;

const changeUser = async (context: Context): Promise<Answer> => {
	const caller = await superuser(context);
	const {sql, part, request} = context;
	const body = jsonBody(request);
	const account = (await allOf<Account>(sql, 'account')).find(({id}) => id === part('id'));
	if (!account) throw unknown(`No user with ID ${part('id')}`);
	const given = changeable.filter((name) => body[name] !== undefined);
	const wrong = given.find((name) => typeof body[name] !== 'boolean');
	if (wrong !== undefined)
		throw new HttpError(422, [{type: 'bool_type', loc: ['body', wrong], msg: 'Input should be a valid boolean'}]);
	// Whether the product lets people take their own rights is not known: the strict answer is the safe one.
	if (account.id === caller.id && given.some((name) => body[name] === false))
		throw new HttpError(400, ['IllegalOperationError', 'You cannot take your own rights away.']);
	const changed = {...account, ...Object.fromEntries(given.map((name) => [name, body[name]]))};
	await change(sql, 'account', changed);
	return {status: 200, json: accountJson(changed)};
};

/** Users of the installation (the vendor's page on user accounts). */
export const userRoutes: readonly Route[] = [
	{method: 'GET', path: /^\/users\/me$/u, handle: whoAmI},
	{method: 'GET', path: /^\/users$/u, handle: listUsers},
	{method: 'POST', path: /^\/users$/u, handle: createUser},
	{method: 'PATCH', path: below('/users'), handle: changeUser},
];
