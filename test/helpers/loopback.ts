import {once} from 'node:events';
import net, {type AddressInfo, type Socket} from 'node:net';
import {onTestFinished} from 'vitest';

const listen = async (server: net.Server): Promise<number> => {
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return (server.address() as AddressInfo).port;
};

/** Lets a server listen on the loopback until the test ends, and then ends its connections too. @returns its port */
export const listening = async (server: net.Server): Promise<number> => {
	const sockets = new Set<Socket>();
	server.on('connection', (socket: Socket) => {
		sockets.add(socket);
		socket.once('close', () => sockets.delete(socket)).on('error', () => {});
	});
	onTestFinished(async () => {
		const closed = once(server, 'close');
		server.close();
		for (const socket of sockets) socket.destroy();
		await closed;
	});
	return listen(server);
};

/** A port of the loopback on which nothing listens. */
export const freePort = async (): Promise<number> => {
	const server = net.createServer();
	const port = await listen(server);
	server.close();
	await once(server, 'close');
	return port;
};
