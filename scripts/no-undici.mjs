// The Kubernetes library brings undici for requests that we make ourselves. Its newest versions do not load on the oldest Node
// that this program takes, so that the program would end there at its first look at a kubeconfig.
const missing = () => {
	throw new Error('undici is not part of this program');
};
export class Agent {
	constructor() {
		missing();
	}
}
export class ProxyAgent extends Agent {}
export const fetch = missing;
export const FormData = undefined;
