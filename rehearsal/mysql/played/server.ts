import {randomBytes} from 'node:crypto';
import {once} from 'node:events';
import {type AddressInfo, createServer, type Socket} from 'node:net';
import {createSecureContext, type SecureContext} from 'node:tls';
import type {ServerTls} from '../../servers/index.ts';
import {type Catalogue, newCatalogue} from './catalogue.ts';
import {refusals, SqlError} from './errors.ts';
import {asksForTls, greetingPacket, readResponse, scrambleBytes} from './greeting.ts';
import {createLine, type Line} from './line.ts';
import {type Cache, createCache, whyNot} from './login.ts';
import {choose, playedVersion, runStatement, type Session} from './statements/index.ts';
import {errorPacket, okPacket, resultPackets} from './wire.ts';

type Options = {
	/** A free one unless told. */
	readonly port?: number;
	/** Password of `root`, at the first start. */
	readonly adminPassword: string;
	/** Turns TLS on. */
	readonly tls?: ServerTls | undefined;
	/** Offers TLS only while this holds; always unless told. */
	readonly offersTls?: () => boolean;
	/** What was kept before. */
	readonly load?: Catalogue | undefined;
	/** Told after every change of what is kept. */
	readonly onChange?: () => void;
	/** Hears of statements that the server does not know. */
	readonly log?: (line: string) => void;
};

/** A played server on 127.0.0.1. */
export type PlayedMysql = {
	readonly port: number;
	readonly snapshot: () => Catalogue;
	readonly stop: () => Promise<void>;
};

/** What all clients share. */
type House = {
	readonly catalogue: Catalogue;
	/** What TLS is made with, while it is offered. */
	readonly secured: () => {readonly context: SecureContext; readonly ca: string} | undefined;
	readonly cache: Cache;
	readonly sessions: Set<Session>;
	readonly onChange: () => void;
	readonly log: (line: string) => void;
};

const refuse = (line: Line, {code, state, message}: SqlError): void => line.write(errorPacket(code, state, message));

/** Greets a client and lets it in; undefined when it is not who it says, or goes away. */
const letIn = async (line: Line, id: number, house: House): Promise<Session | undefined> => {
	// No zero byte: clients read the scramble as a text that ends with one.
	const scramble = Buffer.from(randomBytes(scrambleBytes).map((byte) => (byte % 255) + 1));
	const {catalogue, cache, sessions} = house;
	const secured = house.secured();
	line.write(greetingPacket(playedVersion, id, scramble, {withTls: secured !== undefined}));
	let packet = await line.read();
	if (packet && secured && asksForTls(packet)) {
		line.secure(secured.context, secured.ca);
		packet = await line.read();
	}
	const response = packet && readResponse(packet);
	if (!response) return undefined;
	const error = await whyNot(line, response, {catalogue, scramble, cache});
	if (error) {
		refuse(line, error);
		return undefined;
	}
	const tls = line.protection() === 'plain' ? '' : 'TLSv1.3';
	const clients = () => [...sessions].map(({user, id: number}) => ({user, id: number}));
	const session: Session = {user: response.user, id, tls, database: undefined, catalogue, clients};
	if (response.database !== undefined) choose(session, response.database);
	line.write(okPacket());
	return session;
};

const commands = {quit: 1, chooseDatabase: 2, query: 3, ping: 14, prepare: 22, reset: 31} as const;

const runQuery = (line: Line, session: Session, statement: string, {onChange, log}: House): void => {
	try {
		const answer = runStatement(session, statement, onChange);
		line.write(...(typeof answer === 'number' ? [okPacket(answer)] : resultPackets(answer)));
	} catch (error) {
		// What is not known is told without its texts: a password may be among them.
		const isUnknown = error instanceof SqlError && error.code === 1064;
		if (isUnknown) log(`the played MySQL does not know: ${statement.replaceAll(/'[^']*'/gu, "'…'").slice(0, 200)}`);
		throw error;
	}
};

const obey = (line: Line, session: Session, packet: Buffer, house: House): void => {
	const text = packet.toString('utf8', 1);
	if (packet[0] === commands.query) runQuery(line, session, text, house);
	else if (packet[0] === commands.chooseDatabase) {
		choose(session, text);
		line.write(okPacket());
	} else if (packet[0] === commands.ping || packet[0] === commands.reset) line.write(okPacket());
	else throw packet[0] === commands.prepare ? refusals.notPrepared() : refusals.unknownCommand();
};

/** Does what a client says until it goes. */
const attend = async (line: Line, session: Session, house: House): Promise<void> => {
	for (;;) {
		line.beginAnew();
		const packet = await line.read();
		if (!packet || packet[0] === commands.quit) return;
		try {
			obey(line, session, packet, house);
		} catch (error) {
			if (!(error instanceof SqlError)) throw error;
			refuse(line, error);
		}
	}
};

const serve = async (socket: Socket, id: number, house: House): Promise<void> => {
	const line = createLine(socket);
	const session = await letIn(line, id, house).catch((error: unknown) => {
		if (error instanceof SqlError) refuse(line, error);
		return undefined;
	});
	if (session) {
		house.sessions.add(session);
		await attend(line, session, house).finally(() => house.sessions.delete(session));
	}
	line.close();
};

/**
 * Starts a played MySQL: the real wire protocol with TLS, accounts, passwords, privileges and `REQUIRE SSL`; of SQL
 * only what the installer's driver and the played product say.
 */
export const startPlayedMysql = async (options: Options): Promise<PlayedMysql> => {
	const {port = 0, adminPassword, tls, load, onChange = () => undefined, log = () => undefined} = options;
	const {offersTls = () => true} = options;
	const withTls = tls && {context: createSecureContext(tls), ca: tls.ca};
	const catalogue = load ?? newCatalogue(adminPassword);
	const sockets = new Set<Socket>();
	const house: House = {
		catalogue,
		secured: () => (offersTls() ? withTls : undefined),
		cache: createCache(),
		sessions: new Set(),
		onChange,
		log,
	};
	let count = 0;
	const server = createServer((socket) => {
		count += 1;
		sockets.add(socket.setNoDelay(true).on('close', () => sockets.delete(socket)));
		serve(socket, count, house).catch(() => socket.destroy());
	}).listen(port, '127.0.0.1');
	await once(server, 'listening');
	return {
		port: (server.address() as AddressInfo).port,
		snapshot: () => catalogue,
		stop: async () => {
			for (const socket of sockets) socket.destroy();
			if (server.listening) await new Promise((resolve) => server.close(resolve));
		},
	};
};
