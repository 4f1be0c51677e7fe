/** What names of the drill's databases and accounts begin with. Nothing else is ever made or dropped by it. */
export const scratchPrefix = 'zenml_drill_';

/** The name, when it is one of the drill's. @throws TypeError for a name that could not be the drill's: a fault of this program */
export const requireScratchName = (name: string): string => {
	if (!/^zenml_drill_[a-z0-9]{1,12}$/u.test(name)) throw new TypeError(`${name} is no name of a scratch database`);
	return name;
};
